"""Builds of all products: the newest, those that run, and all of one.

What must stay true: whoever may know of a product may know how its builds went, in names, counts and codes;
the message of an error, which may quote a value, is for those who may see its rows; what a build read that
somebody may not know of has no name in what they are told.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from meshwright.app.build_log import STAGE, LogLine, read_log
from meshwright.app.catalog.build_files import (
    BuildFile,
    Listing,
    list_files,
    ports_of,
    taker_of,
)
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.veil import SOMETHING, Veil
from meshwright.app.catalog.veils import veil_of
from meshwright.app.failed_checks import FailedOutcome
from meshwright.app.finishing import storage_of
from meshwright.app.identity.verbs import may_see_rows
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError
from meshwright.model.address import Address
from meshwright.spi.state_store import Reader, Row, Value

STATUSES = ("running", "published", "accepted", "rejected", "failed")
_COLUMNS = (
    "b.build, b.product, b.status, b.started_at, b.ended_at, b.seconds, b.actor, b.version, b.as_of,"
    " b.error, b.reasons, b.failed_checks, b.run, b.read_bytes, (SELECT sum(vp.rows) FROM version_ports vp"
    " WHERE vp.product = b.product AND vp.version = b.version)"
)
_PAGE = 200


@dataclass(frozen=True, slots=True)
class BuildLine:
    """One build. `rows` and `version` are None where none was published; `error` is a code."""

    build: str
    product: str
    status: str
    started: str
    ended: str
    seconds: float
    actor: str
    version: int | None
    as_of: str
    error: str
    reasons: tuple[str, ...]
    failed_checks: tuple[str, ...]
    run: str
    read_bytes: int
    rows: int | None


@dataclass(frozen=True, slots=True)
class BuildStep:
    """A step of a build: what began, how long after the build, and until the next one began."""

    text: str
    after: float
    seconds: float


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
class BuildInput:
    """What a version was made from. `version` is None for what is read from outside of the mesh."""

    input: str
    address: str
    version: int | None


@dataclass(frozen=True, slots=True)
class BuildPage:
    """One build and its audit, what it said, and the builds of the same run, in order.

    `error` and `files` are empty for those who may not see its rows. `files`: what they may take away;
    `other_files`: how many more lie beside the build.
    """

    line: BuildLine
    checks: tuple[BuildCheck, ...]
    steps: tuple[BuildStep, ...]
    log: tuple[LogLine, ...]
    run: tuple[BuildLine, ...]
    inputs: tuple[BuildInput, ...]
    error: str = ""
    files: tuple[BuildFile, ...] = ()
    is_theirs: bool = False
    other_files: int = 0


@dataclass(frozen=True, slots=True)
class BuildsWanted:
    """Which builds are asked for. `before`: begun before the start of that build, for paging."""

    product: str = ""
    domain: str = ""
    status: str = ""
    before: str = ""
    limit: int = 50


def list_builds(wiring: Wiring, knowing: Knowing, wanted: BuildsWanted) -> tuple[BuildLine, ...]:
    """Return builds of the products that somebody may know of, the newest first."""
    where: list[str] = ["1 = 1"]
    values: list[Value] = []
    if wanted.product:
        where.append("b.product = ?")
        values.append(wanted.product)
    if wanted.domain:
        where.append("b.product >= ? AND b.product < ?")
        values += [f"{wanted.domain}.", f"{wanted.domain}/"]
    if wanted.status:
        where.append("b.status = ?")
        values.append(wanted.status)
    found: list[BuildLine] = []
    last = wanted.before
    with wiring.store.read() as reader:
        while len(found) < wanted.limit:
            beyond = " AND (b.started_at, b.build) < (?, ?)" if last else ""
            after = [last.partition("|")[0], last.partition("|")[2]] if last else []
            rows = reader.rows(
                f"SELECT {_COLUMNS} FROM builds b WHERE {' AND '.join(where)}{beyond}"
                f" ORDER BY b.started_at DESC, b.build DESC LIMIT {_PAGE}",
                [*values, *after],
            )
            found += [line for line in map(_line, rows) if knowing.of(line.product)]
            if len(rows) < _PAGE:
                break
            last = mark_of(_line(rows[-1]))
    return told_lines(veil_of(wiring, knowing), found[: wanted.limit])


def told_lines(veil: Veil, lines: Sequence[BuildLine]) -> tuple[BuildLine, ...]:
    """Return builds whose reasons name no input that reads a hidden product."""
    within = {product: veil.within(product) for product in {one.product for one in lines}}
    return tuple(
        replace(one, reasons=tuple(map(within[one.product].text, one.reasons))) for one in lines
    )


def told_log(veil: Veil, log: Sequence[LogLine]) -> tuple[LogLine, ...]:
    """Return what a build said without the names of what is hidden; the veil is one within its product."""
    return tuple(replace(one, text=veil.text(one.text)) for one in log)


Told = TypeVar("Told", BuildCheck, FailedOutcome)


def told_checks(veil: Veil, checks: Iterable[Told]) -> tuple[Told, ...]:
    """Return checks without the names of what a veil hides: a reference names what it refers to."""
    return tuple(
        replace(one, expectation=veil.text(one.expectation), reason=veil.text(one.reason))
        for one in checks
    )


def mark_of(line: BuildLine) -> str:
    """Return what `BuildsWanted.before` takes to go on after a build."""
    return f"{line.started}|{line.build}"


def recent_builds(reader: Reader, since: str) -> tuple[BuildLine, ...]:
    """Return the builds that run, and those that ended since a time."""
    rows = reader.rows(
        f"SELECT {_COLUMNS} FROM builds b WHERE b.status = 'running'"
        f" UNION SELECT {_COLUMNS} FROM builds b WHERE b.started_at > ? AND b.ended_at > ?",
        [_day_before(since), since],
    )
    return tuple(sorted(map(_line, rows), key=lambda line: line.started))


def show_build(wiring: Wiring, knowing: Knowing, build: str) -> BuildPage:
    """Return all of one build; raise `UsageError` (`build-unknown`) for none that they may know of."""
    with wiring.store.read() as reader:
        rows = reader.rows(f"SELECT {_COLUMNS} FROM builds b WHERE b.build = ?", [build])
        line = _line(rows[0]) if rows else None
        if line is None or not knowing.of(line.product):
            raise UsageError("build-unknown", "there is no such build", hint="mesh history PRODUCT")
        checks = _checks(reader, build)
        run = _run_of(reader, knowing, line)
        inputs = _inputs(reader, knowing, line)
        product = Address.parse(line.product)
        storage = storage_of(wiring, reader, product)
        ports = ports_of(reader, build)
    folder = storage.build(build) if storage else None
    veil = veil_of(wiring, knowing)
    own = veil.within(line.product)
    log = told_log(own, read_log(folder) if folder else ())
    is_theirs = may_see_rows(wiring, product)
    beside = Listing()
    if folder and is_theirs:
        beside = list_files(folder, taker_of(wiring, knowing, product, ports), own)
    return BuildPage(
        told_lines(veil, (line,))[0],
        told_checks(own, checks),
        steps_of(line, log),
        log,
        told_lines(veil, run),
        inputs,
        own.text(_text(folder / "error.txt"))[:4000] if folder and is_theirs else "",
        beside.files,
        is_theirs,
        beside.others,
    )


def steps_of(line: BuildLine, log: Sequence[LogLine]) -> tuple[BuildStep, ...]:
    """Return the steps of a build with their times; steps that went on at once overlap the next."""
    told = [one for one in log if one.kind == STAGE]
    if not told:
        return ()
    begun = datetime.fromisoformat(told[0].at)
    times = [(datetime.fromisoformat(one.at) - begun).total_seconds() for one in told]
    end = (datetime.fromisoformat(line.ended) - begun).total_seconds() if line.ended else times[-1]
    spans = [later - earlier for earlier, later in pairwise((*times, max(end, times[-1])))]
    return tuple(
        BuildStep(one.text, round(after, 3), round(span, 3))
        for one, after, span in zip(told, times, spans, strict=True)
    )


def _run_of(reader: Reader, knowing: Knowing, line: BuildLine) -> tuple[BuildLine, ...]:
    if not line.run:
        return (line,)
    rows = reader.rows(
        f"SELECT {_COLUMNS} FROM builds b WHERE b.run = ? AND b.run <> '' ORDER BY b.started_at LIMIT 500",
        [line.run],
    )
    return tuple(found for found in map(_line, rows) if knowing.of(found.product))


def _checks(reader: Reader, build: str) -> tuple[BuildCheck, ...]:
    rows = reader.rows(
        "SELECT port, check_id, column_name, severity, status, expectation, failed_rows, total_rows, reason"
        " FROM checks WHERE build = ? ORDER BY status NOT IN ('failed', 'errored'), port, check_id",
        [build],
    )
    return tuple(
        BuildCheck(str(port), str(check), str(column), str(severity), str(status), str(expectation),
                   _number(failed), _number(total), str(reason))
        for port, check, column, severity, status, expectation, failed, total, reason in rows
    )  # fmt: skip


def _inputs(reader: Reader, knowing: Knowing, line: BuildLine) -> tuple[BuildInput, ...]:
    """Return what the version that it published was made from; of what is hidden, that it is."""
    if line.version is None:
        return ()
    rows = reader.rows(
        "SELECT input, address, source_version FROM version_inputs WHERE product = ? AND version = ?"
        " ORDER BY input",
        [line.product, line.version],
    )
    found = [
        BuildInput(str(name), str(address), _number(version)) for name, address, version in rows
    ]
    shown = [
        one
        if one.version is None or knowing.of(one.address)
        else BuildInput("hidden", SOMETHING, None)
        for one in found
    ]
    return tuple(dict.fromkeys(shown))


def _text(path: Path) -> str:
    """Return more of a text than is shown: half a name is one that no veil knows."""
    try:
        return path.read_text("utf-8")[:40_000]
    except OSError:
        return ""


def _line(row: Row) -> BuildLine:
    (build, product, status, started, ended, seconds, actor, version, as_of, error, reasons, failed, run,
     read_bytes, rows) = row  # fmt: skip
    return BuildLine(
        str(build),
        str(product),
        str(status),
        str(started),
        str(ended or ""),
        float(str(seconds or 0)),
        str(actor),
        _number(version),
        str(as_of or ""),
        str(error or ""),
        tuple(json.loads(str(reasons or "[]"))),
        tuple(json.loads(str(failed or "[]"))),
        str(run or ""),
        int(str(read_bytes or 0)),
        _number(rows),
    )


def _number(value: Value) -> int | None:
    return None if value is None else int(str(value))


def _day_before(since: str) -> str:
    return (datetime.fromisoformat(since) - timedelta(days=1)).isoformat()
