"""Read the roles of a contract: who approves access to what it promises."""

import re
from collections.abc import Mapping

from meshwright.documents.column_rules import entries
from meshwright.model.access_request import ContractRole
from meshwright.model.json_value import Json

_BETWEEN = re.compile(r"[,;\n]")


def read_roles(raw: Json | None) -> tuple[ContractRole, ...]:
    """Return the roles; ODCS writes the approvers of a level as one text, in which commas stand between."""
    return tuple(_role(item) for _, item in entries(raw, ()))


def _role(item: Mapping[str, Json]) -> ContractRole:
    return ContractRole(
        name=str(item.get("role") or ""),
        access=str(item.get("access") or ""),
        first=_names(item.get("firstLevelApprovers")),
        second=_names(item.get("secondLevelApprovers")),
    )


def _names(value: Json | None) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else _BETWEEN.split(str(value or ""))
    return tuple(name for name in (str(one).strip() for one in listed) if name)
