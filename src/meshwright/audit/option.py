"""One option of `logicalTypeOptions`, and what every rule about one needs."""

from dataclasses import dataclass

from meshwright.audit.plan import Bound, Probe, Rows
from meshwright.audit.values import Value
from meshwright.model.contract import ContractColumn

Compiled = tuple[str, Probe]  # the expectation in words, and how it is measured


class Unfit(Exception):
    """An option that cannot be judged on this column; the message says why."""


@dataclass(frozen=True, slots=True)
class Option:
    """An option as declared, of the column, field or item that it is about."""

    column: ContractColumn
    value: Value
    name: str
    setting: object


def rows(
    value: Value,
    predicate: str,
    *,
    bound: Bound | None = None,
    by_value: bool = False,
    dear: bool = False,
) -> Rows:
    """Make a probe of a predicate about one value."""
    plain = value.is_column
    return Rows(
        value.row_predicate(predicate),
        value.column if plain else "",
        bound=bound if plain else None,
        by_value=by_value and plain,
        is_dear=dear,
    )


def expect(value: Value, names: frozenset[str], words: str) -> None:
    if value.type.name not in names:
        raise Unfit(f"needs {words}, staged as {value.type}")


def whole(name: str, setting: object) -> int:
    if isinstance(setting, int) and not isinstance(setting, bool) and setting >= 0:
        return setting
    raise Unfit(f"`{name}` needs a whole number, not `{setting}`")
