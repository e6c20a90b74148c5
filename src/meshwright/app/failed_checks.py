"""The checks that a build failed, with the rows that they point at for those who may see rows.

What must stay true: rows of a build are for the product's owners; what failed, and how often, is for all.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from meshwright.app.finishing import storage_of
from meshwright.app.identity.verbs import may_see_rows
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.spi.state_store import Reader

_FAILED = (
    "SELECT port, check_id, kind, column_name, severity, status, failed_rows, total_rows, value,"
    " expectation, reason FROM checks WHERE build = ? AND product = ? AND status IN ('failed', 'errored')"
    " ORDER BY severity <> 'error', port, check_id"
)


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows that a check points at, as text; `columns` name their values."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class FailedOutcome:
    """One check of a build that failed. `examples`: None where there are none, or not for who asks."""

    port: str
    check: str
    kind: str
    column: str
    severity: str
    status: str
    failed_rows: int | None
    total_rows: int | None
    value: float | None
    expectation: str
    reason: str
    examples: Examples | None = None


def failed_checks(wiring: Wiring, product: Address, build: str) -> tuple[FailedOutcome, ...]:
    """Return what a build of a product failed, those that reject first."""
    with wiring.store.read() as reader:
        found = _failed(reader, product, build)
        storage = storage_of(wiring, reader, product)
    if storage is None or not may_see_rows(wiring, product):
        return found
    folder = storage.build(build)
    kept = {port: _examples(folder, port) for port in {one.port for one in found}}
    return tuple(replace(one, examples=kept[one.port].get(one.check)) for one in found)


def _failed(reader: Reader, product: Address, build: str) -> tuple[FailedOutcome, ...]:
    return tuple(
        FailedOutcome(
            str(port), str(check), str(kind), str(column), str(severity), str(status),
            None if failed is None else int(str(failed)),
            None if total is None else int(str(total)),
            None if value is None else float(str(value)),
            str(expectation), str(reason),
        )
        for port, check, kind, column, severity, status, failed, total, value, expectation, reason
        in reader.rows(_FAILED, (build, str(product)))
    )  # fmt: skip


def _examples(folder: Path, port: str) -> dict[str, Examples]:
    """Return the example rows of a port's checks; none where the side files of the build are gone."""
    try:
        kept = json.loads((folder / f"{port}.audit.json").read_text("utf-8"))["examples"]
    except (OSError, ValueError, KeyError):
        return {}
    return {
        str(one["check"]): Examples(
            tuple(map(str, one["columns"])),
            tuple(tuple("" if v is None else str(v) for v in row) for row in one["rows"]),
        )
        for one in kept
    }
