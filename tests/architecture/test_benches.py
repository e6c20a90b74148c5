"""What the benches import of ours is there: they run rarely, and break unseen."""

import ast
import importlib
from pathlib import Path

import pytest

BENCHES = sorted((Path(__file__).parents[2] / "bench").glob("*.py"))


def imported(path: Path) -> list[tuple[str, str]]:
    """Return the modules of ours that a file imports from, with each name."""
    found = ast.walk(ast.parse(path.read_text("utf-8")))
    return [
        (str(one.module), alias.name)
        for one in found
        if isinstance(one, ast.ImportFrom) and (one.module or "").startswith("meshwright")
        for alias in one.names
    ]


@pytest.mark.parametrize("path", BENCHES, ids=lambda path: path.stem)
def test_what_a_bench_imports_is_there(path: Path):
    for module, name in imported(path):
        holder = importlib.import_module(module)
        assert hasattr(holder, name) or importlib.import_module(f"{module}.{name}")
