"""Small meshes for the unit tests of rules: rows of metadata of which only what matters is written.

A row without `address` is none; `product`, `domain`, `port` and `name` follow from it where they are not
written, and any other column is empty.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from meshwright.govern.rules.tables import Table


@dataclass(frozen=True, slots=True)
class Expected:
    """One violation that a test expects; a message is compared only where one is written."""

    address: str
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """How what a rule gave differs from what was expected."""

    missing: tuple[Expected, ...]
    unexpected: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.unexpected)


def whole_row(table: Table, given: Mapping[str, object]) -> dict[str, object]:
    """Return a row with every column of its table."""
    derived = _derived(table, str(given.get("address") or ""))
    return {
        column.name: given.get(column.name, derived.get(column.name, column.default))
        for column in table.columns
    }


def _derived(table: Table, address: str) -> dict[str, object]:
    parts = address.split(".")
    said: dict[str, object] = {"address": address, "domain": parts[0], "product": ""}
    if len(parts) > 1:
        said["product"] = ".".join(parts[:2])
    if len(parts) > 2:
        said["port"] = ".".join(parts[:3])
        said["dataset"] = ".".join(parts[:3])
    if len(parts) > 3:
        said["column_name"] = ".".join(parts[3:])
    if table.name != "domains":
        said["name"] = ".".join(parts[3:]) if len(parts) > 3 else parts[-1]
    if table.name in ("service_levels", "quality_rules", "tests", "metrics"):
        said.pop("name", None)  # theirs is not the last name of the address
    return said


def compare(expected: Iterable[Expected], got: Iterable[tuple[str, str]]) -> Difference:
    """Return what is missing and what is unexpected; each row answers one expectation."""
    left = list(got)
    missing = []
    # those that say their message first, so that one that does not takes no row of theirs
    for one in sorted(expected, key=lambda each: (each.message is None, each.address)):
        row = next((r for r in left if r[0] == one.address and one.message in (None, r[1])), None)
        if row is None:
            missing.append(one)
        else:
            left.remove(row)
    return Difference(tuple(missing), tuple(left))
