"""Read from the state what a fact of a build tells others: its ports, what they were made of, their checks.

What must stay true: it reads facts and projections only, so that an event told late says what held then.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from meshwright.lineage.openlineage.columns import flatten
from meshwright.lineage.openlineage.described import described
from meshwright.lineage.openlineage.events import (
    ABORT,
    COMPLETE,
    FAIL,
    START,
    BuildTold,
    Check,
    InputTold,
    OutputTold,
    Written,
)
from meshwright.lineage.reading import Link, is_traced, product_edges, product_inputs
from meshwright.model.facts import (
    BuildFailed,
    BuildRejected,
    BuildStarted,
    Entry,
    Fact,
    Json,
    VersionPublished,
)
from meshwright.spi.state_store import Reader

KINDS = ("BuildStarted", "BuildFailed", "BuildRejected", "VersionPublished")
INTERRUPTED = "build-interrupted"


class Gatherer:
    """Reads within one snapshot. `data` is the folder that tables lie in."""

    def __init__(self, reader: Reader, data: Path) -> None:
        self._reader = reader
        self._data = data

    def told(self, entry: Entry, fact: Fact) -> tuple[BuildTold, ...]:
        """Return what a fact tells: one event, or two where an owner publishes what was rejected."""
        if isinstance(fact, BuildStarted):
            return (self._started(entry, fact),)
        if isinstance(fact, BuildFailed):
            return (self._failed(entry, fact),)
        if isinstance(fact, BuildRejected):
            return (self._rejected(entry, fact),)
        if isinstance(fact, VersionPublished):
            return self._published(entry, fact)
        return ()

    def _started(self, entry: Entry, fact: BuildStarted) -> BuildTold:
        title, owners, served = self._product(fact.product)
        inputs = product_inputs(self._reader, fact.product, served) if served is not None else ()
        return BuildTold(
            START,
            entry.at,
            fact.build,
            fact.product,
            {"build": fact.build, "reasons": list(fact.reasons)},
            title,
            owners,
            fact.as_of,
            tuple(InputTold(one.dataset, _untyped(one.columns)) for one in inputs),
        )

    def _failed(self, entry: Entry, fact: BuildFailed) -> BuildTold:
        title, owners, _ = self._product(fact.product)
        state = ABORT if fact.error == INTERRUPTED else FAIL
        said = {"build": fact.build, "status": "failed", "error": fact.error}
        as_of = self._as_of(fact.build)
        return BuildTold(
            state, entry.at, fact.build, fact.product, said, title, owners, as_of
        )  # the error's message may quote data: its code is told

    def _rejected(self, entry: Entry, fact: BuildRejected) -> BuildTold:
        pending = fact.pending
        said: dict[str, Json] = {
            "build": fact.build,
            "status": "rejected",
            "failedChecks": list(fact.failed_checks),
        }
        if fact.served is not None:
            said["served"] = fact.served
        _, _, served = self._product(fact.product)
        return BuildTold(
            FAIL,
            entry.at,
            fact.build,
            fact.product,
            said,
            str(pending.get("title") or ""),
            tuple(map(str, _list(pending.get("owners")))),
            str(pending.get("as_of") or ""),
            self._inputs(fact.product, served, _list(pending.get("inputs"))),
            self._outputs(fact.product, fact.build, _mapping(pending.get("ports")), None, ()),
        )

    def _published(self, entry: Entry, fact: VersionPublished) -> tuple[BuildTold, ...]:
        run = f"{fact.build}/{fact.waiver}" if fact.waiver else fact.build
        said: dict[str, Json] = {
            "build": fact.build,
            "status": "published",
            "productVersion": fact.version,
            "semver": fact.semver,
        }
        if fact.waiver:
            said["waiver"] = fact.waiver
        edges = (
            product_edges(self._reader, fact.product, fact.version)
            if is_traced(self._reader, fact.product, fact.version)
            else ()
        )
        common = (fact.title, tuple(fact.owners), fact.as_of)
        inputs = self._inputs(fact.product, fact.version, fact.inputs)
        outputs = self._outputs(fact.product, fact.build, fact.ports, fact.version, edges)
        end = BuildTold(COMPLETE, entry.at, run, fact.product, said, *common, inputs, outputs)
        if not fact.waiver:
            return (end,)
        begun = {"build": fact.build, "waiver": fact.waiver}
        return BuildTold(START, entry.at, run, fact.product, begun, *common, inputs), end

    def _inputs(
        self, product: str, version: int | None, stamps: Iterable[Json]
    ) -> tuple[InputTold, ...]:
        """Return what was read, by the names that lineage has for it."""
        known = {
            one.input: one
            for one in (product_inputs(self._reader, product, version) if version else ())
        }
        found = []
        for stamp in map(_mapping, stamps):
            name, address = str(stamp.get("input") or ""), str(stamp.get("address") or "")
            number = stamp.get("version")
            read = known.get(name)
            if isinstance(number, int):
                found.append(self._port_read(read.dataset if read else address, address, number))
            elif read is not None:
                version_told = str(stamp.get("stamp") or "")
                found.append(InputTold(read.dataset, _untyped(read.columns), version_told))
        return tuple(found)

    def _port_read(self, dataset: str, address: str, number: int) -> InputTold:
        product, _, port = dataset.rpartition(".")
        rows = self._reader.rows(
            "SELECT vp.columns, b.build FROM version_ports vp JOIN versions v ON v.product = vp.product"
            " AND v.version = vp.data_version LEFT JOIN builds b ON b.build = v.build"
            " WHERE vp.product = ? AND vp.version = ? AND vp.port = ?",
            (product, number, port),
        )
        if not rows:
            return InputTold(dataset or address, version=str(number))
        measured = self._reader.rows(
            "SELECT s.column_name, s.name, p.value FROM series s JOIN points p ON p.series = s.series"
            " WHERE s.product = ? AND s.port = ? AND s.segment = '' AND p.build = ?"
            " AND s.name IN ('rows', 'bytes', 'nulls', 'distinct')",
            (product, port, rows[0][1]),
        )
        metrics = {
            (str(column), str(name)): float(value)
            for column, name, value in measured
            if isinstance(value, int | float)
        }
        return InputTold(dataset, _typed(rows[0][0]), str(number), metrics)

    def _outputs(
        self,
        product: str,
        build: str,
        ports: Mapping[str, Json] | Mapping[str, Mapping[str, Json]],
        version: int | None,
        edges: Iterable[Link],
    ) -> tuple[OutputTold, ...]:
        found = []
        links = tuple(edges)
        for port, raw in ports.items():
            said = _mapping(raw)
            description, told = described(
                self._reader, product, port, str(said.get("contract") or "")
            )
            added = [_mapping(one) for one in _list(said.get("added"))]
            dataset = f"{product}.{port}"
            found.append(
                OutputTold(
                    dataset,
                    tuple((str(name), str(kind)) for name, kind in _pairs(said.get("columns"))),
                    "" if version is None else str(version),
                    description,
                    told,
                    self._checks(build, port),
                    None if version is None or not added else _written(added),
                    (self._data / str(said.get("location") or "")).as_posix(),
                    flatten(product, links, dataset) if links else None,
                )
            )
        return tuple(found)

    def _checks(self, build: str, port: str) -> tuple[Check, ...]:
        rows = self._reader.rows(
            "SELECT check_id, column_name, severity, status, failed_rows FROM checks"
            " WHERE build = ? AND port = ? AND status <> 'not_enforced' ORDER BY rowid",
            (build, port),
        )
        return tuple(
            Check(
                str(check), str(column), str(severity), status == "passed",
                rows if isinstance(rows, int) else None,
            )
            for check, column, severity, status, rows in rows
        )  # fmt: skip

    def _product(self, product: str) -> tuple[str, tuple[str, ...], int | None]:
        rows = self._reader.rows(
            "SELECT title, owners, served FROM products WHERE product = ?", (product,)
        )
        if not rows:
            return "", (), None
        title, owners, served = rows[0]
        return (
            str(title),
            tuple(json.loads(str(owners))),
            served if isinstance(served, int) else None,
        )

    def _as_of(self, build: str) -> str:
        rows = self._reader.rows("SELECT as_of FROM builds WHERE build = ?", (build,))
        return str(rows[0][0] or "") if rows else ""


def _written(added: list[Mapping[str, Json]]) -> Written:
    rows, size = (
        sum(value for one in added if isinstance(value := one.get(key), int))
        for key in ("rows", "bytes")
    )
    return Written(rows, size, len(added))


def _untyped(columns: tuple[str, ...] | None) -> tuple[tuple[str, str], ...]:
    return tuple((column, "") for column in columns or ())


def _typed(columns: object) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(kind)) for name, kind in json.loads(str(columns)))


def _pairs(value: Json | None) -> list[tuple[Json, Json]]:
    return [(pair[0], pair[1]) for pair in _list(value) if isinstance(pair, list | tuple)]


def _mapping(value: object) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Json]:
    return list(value) if isinstance(value, list | tuple) else []
