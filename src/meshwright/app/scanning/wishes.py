"""Which types a source without types of its own should be read as, for a contract to be judged fairly.

A CSV file does not say whether `00501` is a number. Where what was inferred breaks the contract and the
contract's own type would not, the column is read as that, and the values that are none are counted.
"""

from collections.abc import Mapping, Sequence

from meshwright.audit.type_rules import judge_logical, judge_physical, parse_physical, staged_type
from meshwright.audit.values import Value
from meshwright.model.contract import ContractColumn, ContractObject
from meshwright.model.table import Column
from meshwright.model.types import SqlType

_OF_LOGICAL = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}
_READABLE = frozenset((*_OF_LOGICAL.values(), "INTEGER", "SMALLINT", "TINYINT", "DECIMAL", "FLOAT",
                       "TIMESTAMP WITH TIME ZONE"))  # fmt: skip


def wished_types(described: ContractObject, inferred: Sequence[Column]) -> Mapping[str, str]:
    """Return the columns that should be read as another type than the one inferred."""
    found = {column.name: column.type for column in inferred}
    wishes = {
        column.name: _wish(column, found[column.name])
        for column in described.columns
        if column.name in found
    }
    return {name: kind for name, kind in wishes.items() if kind}


def _wish(column: ContractColumn, inferred: str) -> str:
    if _keeps(column, inferred):
        return ""
    physical = parse_physical(column.physical_type) if column.physical_type else None
    candidates = [str(physical)] if physical is not None and physical.name in _READABLE else []
    candidates += [_OF_LOGICAL[column.logical_type]] if column.logical_type in _OF_LOGICAL else []
    for candidate in candidates:
        plain = "VARCHAR" if candidate.startswith("VARCHAR") else candidate
        if _keeps(column, plain):
            return plain
    return ""


def _keeps(column: ContractColumn, kind: str) -> bool:
    """Say whether a column of this type meets what the contract says of its type."""
    staged: SqlType = staged_type(kind)
    value = Value.of_column(column.name, staged)
    if column.logical_type:
        has_format = bool(column.options.get("format"))
        judged = judge_logical(
            column.logical_type, column.physical_type, value, has_format=has_format
        )
        if judged.status == "failed":
            return False
    promised = parse_physical(column.physical_type) if column.physical_type else None
    return promised is None or judge_physical(promised, staged).status != "failed"
