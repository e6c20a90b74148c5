"""Ask: the gate, the decision, the trail and the locked process, in this order, for every door.

What must stay true: nothing runs that the gate did not pass; a process sees only files of ports that the
asker may read, through views that filter and mask; the fact is durable before the first row leaves; a refusal
is a fact too.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from time import monotonic

from meshwright.access.conditions import parse_purpose
from meshwright.app.access.deciding import decide
from meshwright.app.clock import parse_as_of
from meshwright.app.governed.answer import Answer, Ended
from meshwright.app.governed.editions import with_edition
from meshwright.app.governed.keys import Keys
from meshwright.app.governed.limits import limits_of
from meshwright.app.governed.pinning import Readable, is_hidden, pin_name, unknown_port
from meshwright.app.kept_queries import keep
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError, MeshwrightError, UnreachableError
from meshwright.model.access import Decision
from meshwright.model.facts import QueryEnded, QueryRan
from meshwright.model.principal import Asker
from meshwright.model.table import Column
from meshwright.publish.places import folder_of
from meshwright.spi.query_pool import UNLIMITED, Gated, Limits, View
from meshwright.spi.state_store import Reader
from meshwright.spi.stop import Stop


@dataclass(frozen=True, slots=True)
class Ruled:
    """A port that a query names, and what was decided of it."""

    port: Readable
    decision: Decision


def ask(
    wiring: Wiring,
    asker: Asker,
    sql: str,
    *,
    as_of: str | None = None,
    parameters: Sequence[object] = (),
    limits: Limits = UNLIMITED,
    stop: Stop | None = None,
) -> Answer:
    """Run one SELECT over published ports as somebody; return when its first rows are there.

    A port is `domain.product.port`, or `"port@3"` for a version. Raises `DeniedError` (`access-denied`) for a
    port that the asker may not read. `limits` can only be lower than those of mesh.yaml; `stop` ends it
    before there is an answer to cancel.
    """
    _require_plain(asker.purpose)
    started = monotonic()
    said = _Trail(wiring, asker, sql, started)
    try:
        gated = wiring.pool.gate(sql)
        ruled = rule(wiring, asker, gated, as_of)
        said.rests_on(gated, ruled)
        require_allowed(ruled)
        views = views_of(wiring, asker, gated, ruled)
        running = wiring.pool.run(
            asker.principal.name, gated, views, limits_of(wiring, asker, limits), parameters, stop
        )
    except MeshwrightError as error:
        missing = _missing(error, said.ruled)
        said.record(None, (missing or error).code)
        if missing is not None:
            raise missing from error
        raise
    try:
        said.record(running.rows)
    except BaseException:
        running.close()
        raise
    streams = running.rows is None
    return Answer(
        said.query,
        running,
        {
            str(one.port.pinned.address.at(None)): one.port.pinned.address.version or 0
            for one in ruled
        },
        tuple(one.decision for one in ruled),
        said.ended if streams else None,
    )


def describe(wiring: Wiring, asker: Asker, sql: str) -> tuple[tuple[Column, ...], int]:
    """Return the columns that a query would give, and how many parameters it takes; nothing is read."""
    _require_plain(asker.purpose)
    gated = wiring.pool.gate(sql)
    ruled = rule(wiring, asker, gated)
    require_allowed(ruled)
    views = views_of(wiring, asker, gated, ruled)
    return wiring.pool.describe(asker.principal.name, gated, views), gated.parameters


def _require_plain(purpose: str) -> None:
    """Raise `UsageError` for a purpose that no grant can have: it would be in the trail for good."""
    if purpose:
        parse_purpose(purpose)


def rule(wiring: Wiring, asker: Asker, gated: Gated, as_of: str | None = None) -> tuple[Ruled, ...]:
    """Pin and decide, in one snapshot: no version and no grant of another moment."""
    time = parse_as_of(as_of, wiring.mesh.timezone).instant if as_of else None
    with wiring.store.read() as reader:
        return tuple(_rule_one(wiring, reader, asker, name, time) for name in sorted(gated.tables))


def _rule_one(
    wiring: Wiring, reader: Reader, asker: Asker, name: str, time: datetime | None
) -> Ruled:
    try:
        port = pin_name(wiring, reader, name, time, asker)
    except MeshwrightError as error:
        if is_hidden(wiring, reader, name, asker):
            raise unknown_port(wiring, reader, name, asker) from error
        raise
    decision = decide(wiring, reader, asker, port.pinned)
    if not decision.is_allowed and is_hidden(wiring, reader, name, asker):
        raise unknown_port(wiring, reader, name, asker)
    return Ruled(port, decision)


def require_allowed(ruled: Sequence[Ruled]) -> None:
    for one in ruled:
        if not one.decision.is_allowed:
            why = one.decision.reasons[0] if one.decision.reasons else None
            said = f": {why.text} ({why.policy})" if why else ""
            raise DeniedError(
                "access-denied",
                f"`{one.decision.principal}` may not read `{one.port.pinned.address.at(None)}`{said}",
                hint=one.decision.help,
            )


def _missing(error: MeshwrightError, ruled: Sequence[Ruled]) -> UnreachableError | None:
    """Return what to tell where a port cannot be read because somebody removed its files."""
    if error.code != "engine-io":
        return None
    for one in ruled:
        if not all(file.is_file() for file in one.port.files):
            address = one.port.pinned.address
            return UnreachableError(
                "served-file-missing",
                f"`{address}` cannot be read: a file of it is not there",
                hint=f"put the file back, or build it again: mesh run {address.product_address} --force",
            )
    return None


def views_of(wiring: Wiring, asker: Asker, gated: Gated, ruled: Sequence[Ruled]) -> list[View]:
    """Return what the process sees; keys are looked up only where a mask is touched that takes one."""
    return [view_of(wiring, Keys(wiring, _purpose(asker, one)), gated, one) for one in ruled]


def _purpose(asker: Asker, one: Ruled) -> str:
    """Return what a port is read for: what was said, else what the grant says that it rests on."""
    return asker.purpose or one.decision.purpose


def view_of(wiring: Wiring, keys: Keys, gated: Gated, one: Ruled) -> View:
    """Return what a process sees of a port: over a masked edition, where one is worth while."""
    decision, address = one.decision, one.port.pinned.address
    touched = {
        name: mask
        for name, mask in decision.masks.items()
        if gated.columns is None or name.lower() in gated.columns
    }
    view = View(
        one.port.name,
        one.port.files,
        one.port.pinned.columns,
        decision.masks,
        decision.filters,
        decision.minimum_group,
        keys.of(address.domain, touched.values()),
    )
    folder = folder_of(wiring.mesh.data, one.port.pinned.location)
    return with_edition(wiring, view, folder, address.domain, keys) if view.keys else view


class _Trail:
    """The fact of one query: made while it is judged, recorded once."""

    def __init__(self, wiring: Wiring, asker: Asker, sql: str, started: float) -> None:
        self.query = f"query-{token_hex(8)}"
        self._wiring = wiring
        self._asker = asker
        self._sql = sql
        self._started = started
        self.ruled: Sequence[Ruled] = ()
        self._raw: list[str] = []
        self._masked: list[str] = []

    def rests_on(self, gated: Gated, ruled: Sequence[Ruled]) -> None:
        """Keep which ports it reads, and which of their classified columns it can show."""
        self.ruled = ruled
        for one in ruled:
            address = one.port.pinned.address.at(None)
            for name in sorted(one.decision.classified):
                if gated.columns is None or name.lower() in gated.columns:
                    shown = self._masked if name in one.decision.masks else self._raw
                    shown.append(f"{address}.{name}")

    def record(self, rows: int | None, error: str = "") -> None:
        """Record the fact; durable when this returns."""
        asker = self._asker
        fact = QueryRan(
            query=self.query,
            sql=hashlib.sha256(self._sql.encode(errors="replace")).hexdigest(),
            read=[str(one.port.pinned.address) for one in self.ruled],
            rows=rows,
            seconds=self._seconds(),
            purpose=", ".join(
                dict.fromkeys(filter(None, (_purpose(asker, one) for one in self.ruled)))
            )
            or asker.purpose,
            error=error,
            principal=asker.principal.name,
            on_behalf_of=asker.on_behalf_of,
            door=asker.door,
            raw=self._raw,
            masked=self._masked,
            policies=list(dict.fromkeys(p for one in self.ruled for p in one.decision.policies)),
        )
        self._wiring.ledger.record([fact], actor=asker.on_behalf_of or asker.principal.name)
        if not error and self.ruled:
            keep(self._wiring, self._sql, fact.sql)

    @property
    def ended(self) -> Ended:
        """Return what records the end of a stream."""

        def record(rows: int, error: str) -> None:
            fact = QueryEnded(self.query, rows, self._seconds(), error)
            actor = self._asker.on_behalf_of or self._asker.principal.name
            self._wiring.ledger.record([fact], actor=actor)

        return record

    def _seconds(self) -> float:
        return round(monotonic() - self._started, 6)
