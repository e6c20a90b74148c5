"""The JSON schemas of our own files, for editors."""

import json
from pathlib import Path

from meshwright.documents import schemas


def schema_names() -> list[str]:
    """Return the names of the schemas."""
    return sorted(schemas.names())


def read_schema(name: str) -> object:
    """Return one schema as JSON; raise `UsageError` (`schema-unknown`)."""
    return json.loads(schemas.text(name))


def write_schemas(folder: str) -> list[str]:
    """Write every schema into a folder and return the paths."""
    written = []
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name in schema_names():
        path = Path(folder) / f"{name}.schema.json"
        path.write_text(json.dumps(read_schema(name), indent=2) + "\n", "utf-8")
        written.append(str(path))
    return written
