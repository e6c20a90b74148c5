"""What publishing needs of a contract's document (ODCS, as recorded): what to hide, what to say."""

from collections.abc import Mapping
from typing import Any

from meshwright.model.contract import ContractColumn


def hidden_columns(document: Mapping[str, Any], port: str) -> frozenset[str]:
    """Return the columns of which a contract (an ODCS document) lets no value be kept."""
    objects = [o for o in document.get("schema") or () if isinstance(o, dict)]
    named = [o for o in objects if port in (o.get("name"), o.get("physicalName"))]
    chosen = named[:1] or objects
    columns = [c for o in chosen for c in o.get("properties") or () if isinstance(c, dict)]
    return frozenset(
        str(column.get("physicalName") or column.get("name"))
        for column in columns
        if _is_classified(column)
    )


def _is_classified(column: Mapping[str, Any]) -> bool:
    tags = tuple(map(str, column.get("tags") or ()))
    said = ContractColumn("", classification=str(column.get("classification") or ""), tags=tags)
    inside = [*(column.get("properties") or ()), column.get("items")]
    return said.is_classified or any(_is_classified(c) for c in inside if isinstance(c, dict))


def description_of(document: Mapping[str, Any]) -> str:
    """Return the purpose that a contract states; '' when it states none."""
    said = document.get("description")
    if isinstance(said, dict):
        said = said.get("purpose")
    return said if isinstance(said, str) else ""
