"""What the contract of a port tells of it, in the words of its owner."""

import json
from collections.abc import Mapping

from meshwright.model.json_value import Json
from meshwright.spi.state_store import Reader


def described(
    reader: Reader, product: str, port: str, digest: str
) -> tuple[str, Mapping[str, str]]:
    """Return the description of a port, and those of its columns by name; of the contract of a digest."""
    rows = reader.rows(
        "SELECT document FROM contracts WHERE product = ? AND port = ? AND digest = ?",
        (product, port, digest),
    )
    document = _mapping(json.loads(str(rows[0][0]))) if rows else {}
    objects = [_mapping(one) for one in _list(document.get("schema"))]
    named = [one for one in objects if port in (one.get("name"), one.get("physicalName"))]
    one = named[0] if named else objects[0] if len(objects) == 1 else {}
    purpose = _mapping(document.get("description")).get("purpose")
    columns = [_mapping(column) for column in _list(one.get("properties"))]
    return str(one.get("description") or purpose or ""), {
        str(column.get("physicalName") or column.get("name")): str(column["description"])
        for column in columns
        if column.get("description")
    }


def _mapping(value: object) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Json]:
    return list(value) if isinstance(value, list | tuple) else []
