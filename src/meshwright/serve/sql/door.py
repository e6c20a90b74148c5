"""Where a session's queries go: to the governed query, or to the catalog of what the asker may see.

What must stay true: nothing of the mesh's data is read but by the governed query; the catalog holds nothing
that `visible_ports` does not give.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

from meshwright.app.governed.ask import ask, describe
from meshwright.app.governed.listing import Listing, column_types, list_ports, resolve
from meshwright.app.wiring import Wiring
from meshwright.model.postgres import kind_of, type_of
from meshwright.model.principal import Asker
from meshwright.model.table import Column
from meshwright.serve.sql.cursor import Cursor
from meshwright.serve.sql.faults import WireError
from meshwright.serve.sql.lexing import PARAMETER, tokens
from meshwright.serve.sql.settings import AS_OF, PURPOSE, Settings
from meshwright.spi.query_pool import UNLIMITED, Limits
from meshwright.spi.sql_catalog import CatalogRows, SqlReading
from meshwright.spi.stop import Stop

FRESH = 1.0  # seconds for which a listing is taken for true
_THREE_PARTS = re.compile(r"[a-z][a-z0-9_]*\Z")


class _Answered:
    """What the catalog answers, as the rows of a cursor."""

    def __init__(self, rows: CatalogRows) -> None:
        self.columns = rows.columns
        self._rows = rows

    def batches(self) -> Iterator[Any]:
        """Give the rows as record batches."""
        import pyarrow

        return iter(pyarrow.RecordBatchReader.from_stream(self._rows))

    def cancel(self) -> None:
        """Do nothing: it is done."""

    def close(self, error: str = "") -> None:
        """Do nothing: nothing is held."""


@dataclass(slots=True)
class Door:
    """Opens the queries of one session; its methods block."""

    wiring: Wiring
    database: str
    limits: Limits = UNLIMITED
    _listing: Listing | None = None
    _listed: float = 0.0
    _stop: Stop = field(default_factory=Stop)

    def end(self) -> None:
        """Stop the query that is being opened, from any thread."""
        self._stop.now()

    def open(
        self,
        asker: Asker,
        sql: str,
        settings: Settings,
        parameters: Sequence[object] = (),
        formats: Sequence[int] = (),
    ) -> Cursor:
        """Run a query; return when its first rows are there."""
        self._stop = Stop()
        asker = purposeful(asker, settings)
        reading = self._read(sql)
        if reading.is_catalog:
            for name, value in reading.settings:
                settings.set(name, value)
            return Cursor(self._answered(asker, sql, settings, parameters), formats)
        answer = ask(
            self.wiring,
            asker,
            self._resolved(asker, reading, sql, settings),
            as_of=settings.find(AS_OF) or None,
            parameters=parameters,
            limits=self._limits(settings),
            stop=self._stop,
        )
        return Cursor(answer, formats)

    def typed(
        self, asker: Asker, sql: str, settings: Settings, oids: tuple[int, ...]
    ) -> tuple[int, ...]:
        """Return the types of a query's parameters; those left open are found by what they stand beside."""
        if all(oids):
            return oids
        reading = self._read(sql)
        said = dict(reading.parameters or {})
        if reading.compared and not reading.is_catalog:
            known = column_types(reading, self.listing(purposeful(asker, settings)))
            for number, column in reading.compared.items():
                said.setdefault(number, known.get(column.lower(), ""))
        return tuple(
            oid or (kind_of(said[number]).oid if said.get(number) else 0)
            for number, oid in enumerate(oids, 1)
        )

    def describe(
        self, asker: Asker, sql: str, settings: Settings, oids: Sequence[int] = ()
    ) -> Sequence[Column]:
        """Return the columns that a query would give."""
        asker = purposeful(asker, settings)
        text = with_nulls(sql, oids) if oids else sql
        reading = self._read(text)
        if reading.is_catalog:
            return self._answered(asker, text, settings, ()).columns
        return describe(self.wiring, asker, self._resolved(asker, reading, text, settings))[0]

    def listing(self, asker: Asker) -> Listing:
        """Return what the asker is told of, as it was a moment ago at most."""
        now = monotonic()
        if self._listing is None or now - self._listed > FRESH or self._is_of_another(asker):
            self._listing = list_ports(self.wiring, asker, self.database)
            self._listed = now
        return self._listing

    def _is_of_another(self, asker: Asker) -> bool:
        return self._listing is not None and self._listing.content.user != asker.principal.name

    def _read(self, sql: str) -> SqlReading:
        reading = self.wiring.sql_catalog.read(sql)
        if reading.is_mixed:
            raise WireError(
                "0A000",
                "a query reads the catalog or data, not both",
                hint="ask them one after the other",
            )
        return reading

    def _resolved(self, asker: Asker, reading: SqlReading, sql: str, settings: Settings) -> str:
        if all(_says_itself(name.parts) for name in reading.tables):
            return sql
        return resolve(reading, sql, self.listing(asker), settings.path)

    def _answered(
        self, asker: Asker, sql: str, settings: Settings, parameters: Sequence[object]
    ) -> _Answered:
        listing = self.listing(asker)
        known = {name.lower(): value for name, value in settings}
        known["current_schema"] = settings.path[0] if settings.path else "public"
        found = self.wiring.sql_catalog.answer(listing.content, sql, parameters, known)
        return _Answered(found)

    def _limits(self, settings: Settings) -> Limits:
        seconds = settings.timeout
        if not seconds:
            return self.limits
        return replace(self.limits, seconds=min(seconds, self.limits.seconds))


def _says_itself(parts: Sequence[str]) -> bool:
    return len(parts) == 3 and all(_THREE_PARTS.match(part.lower()) for part in parts[:2])


def purposeful(asker: Asker, settings: Settings) -> Asker:
    """Return who asks, for the purpose that the session says; a token for one purpose is for no other."""
    purpose = settings.find(PURPOSE)
    if asker.purpose and purpose and purpose != asker.purpose:
        raise WireError(
            "42501",
            f"this token is for the purpose `{asker.purpose}` alone",
            hint=f"RESET {PURPOSE}, or sign in with another token",
        )
    return replace(asker, purpose=purpose) if purpose else asker


def with_nulls(sql: str, oids: Sequence[int]) -> str:
    """Return a text with a NULL of its type for every parameter: what it would give can be said of that."""
    found, end = [], 0
    for token in tokens(sql):
        number = int(token.text[1:]) if token.kind == PARAMETER and len(token.text) < 7 else 0
        if 0 < number <= len(oids):
            found.append(f"{sql[end : token.start]}CAST(NULL AS {type_of(oids[number - 1])})")
            end = token.end
    return "".join((*found, sql[end:]))
