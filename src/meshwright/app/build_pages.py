"""Builds as they are shown: in a list over the whole mesh, and one with what its audit found."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from meshwright.errors import UsageError
from meshwright.spi.state_store import Reader, Row

AT_ONCE = 200
_COLUMNS = (
    "build, product, status, started_at, ended_at, actor, as_of, version, seconds, reasons, error,"
    " failed_checks"
)


@dataclass(frozen=True, slots=True)
class BuildLine:
    """One build. Times are ISO 8601 in UTC; `status`: running, published, accepted, rejected or failed."""

    build: str
    product: str
    status: str
    started: str
    ended: str
    actor: str
    as_of: str
    version: int | None
    seconds: float
    reasons: tuple[str, ...]
    error: str
    failed_checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BuildCheck:
    """What one check of a build's audit found: counts, never a value of the data."""

    port: str
    check: str
    column: str
    severity: str
    status: str
    expectation: str
    failed_rows: int | None
    total_rows: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class BuildPage:
    """One build and its audit."""

    line: BuildLine
    checks: tuple[BuildCheck, ...]


def list_builds(
    reader: Reader,
    is_shown: Callable[[str], bool],
    *,
    product: str = "",
    status: str = "",
    before: str = "",
) -> Iterator[BuildLine]:
    """Yield builds of products that are shown, the newest first; `before` is the `place` of one of them."""
    while True:
        started, _, build = before.partition(" ")
        rows = reader.rows(
            f"SELECT {_COLUMNS} FROM builds WHERE (? = '' OR product = ?) AND (? = '' OR status = ?)"
            " AND (? = '' OR started_at < ? OR (started_at = ? AND build < ?))"
            " ORDER BY started_at DESC, build DESC LIMIT ?",
            (product, product, status, status, before, started, started, build, AT_ONCE),
        )
        lines = [_line(row) for row in rows]
        yield from (line for line in lines if is_shown(line.product))
        if len(lines) < AT_ONCE:
            return
        before = place(lines[-1])


def place(line: BuildLine) -> str:
    """Return where a build stands in the list."""
    return f"{line.started} {line.build}"


def show_build(reader: Reader, build: str) -> BuildPage:
    """Return one build; raise `UsageError` (`build-unknown`)."""
    rows = reader.rows(f"SELECT {_COLUMNS} FROM builds WHERE build = ?", (build,))
    if not rows:
        raise UsageError("build-unknown", f"there is no build `{build}`", hint="mesh history")
    checks = reader.rows(
        "SELECT port, check_id, column_name, severity, status, expectation, failed_rows, total_rows,"
        " reason FROM checks WHERE build = ? ORDER BY port, check_id",
        (build,),
    )
    return BuildPage(_line(rows[0]), tuple(map(_check, checks)))


def _line(row: Row) -> BuildLine:
    name, product, status, started, ended, actor, as_of, version, seconds, why, error, failed = row
    return BuildLine(
        str(name),
        str(product),
        str(status),
        str(started),
        str(ended),
        str(actor),
        str(as_of),
        None if version is None else int(str(version)),
        float(str(seconds)),
        tuple(map(str, json.loads(str(why)))),
        str(error),
        tuple(map(str, json.loads(str(failed)))),
    )


def _check(row: Row) -> BuildCheck:
    port, check, column, severity, status, expectation, failed, total, reason = row
    return BuildCheck(
        str(port),
        str(check),
        str(column),
        str(severity),
        str(status),
        str(expectation),
        None if failed is None else int(str(failed)),
        None if total is None else int(str(total)),
        str(reason),
    )
