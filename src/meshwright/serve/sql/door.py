"""Where a session's queries go: to the governed query."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from meshwright.app.governed.ask import DEFAULT_LIMITS, ask, describe
from meshwright.app.wiring import Wiring
from meshwright.model.principal import Asker
from meshwright.model.table import Column
from meshwright.serve.sql.cursor import Cursor
from meshwright.serve.sql.settings import AS_OF, PURPOSE, Settings
from meshwright.spi.query_pool import Limits


@dataclass(frozen=True, slots=True)
class Door:
    """Opens queries of one mesh for whoever asks; its methods block."""

    wiring: Wiring
    limits: Limits = DEFAULT_LIMITS

    def open(
        self,
        asker: Asker,
        sql: str,
        settings: Settings,
        parameters: Sequence[object] = (),
        formats: Sequence[int] = (),
    ) -> Cursor:
        """Run a query; return when its first rows are there."""
        answer = ask(
            self.wiring,
            purposeful(asker, settings),
            sql,
            as_of=settings.find(AS_OF) or None,
            parameters=parameters,
            limits=self._limits(settings),
        )
        return Cursor(answer, formats)

    def typed(
        self, asker: Asker, sql: str, settings: Settings, oids: tuple[int, ...]
    ) -> tuple[int, ...]:
        """Return the types of a query's parameters, those that the client left open found where they can be."""
        return oids

    def describe(
        self, asker: Asker, sql: str, settings: Settings, oids: tuple[int, ...] = ()
    ) -> Sequence[Column]:
        """Return the columns that a query would give."""
        return describe(self.wiring, purposeful(asker, settings), sql)[0]

    def _limits(self, settings: Settings) -> Limits:
        seconds = settings.timeout
        if not seconds:
            return self.limits
        return replace(self.limits, seconds=min(seconds, self.limits.seconds))


def purposeful(asker: Asker, settings: Settings) -> Asker:
    """Return who asks, for the purpose that the session says."""
    purpose = settings.find(PURPOSE)
    return replace(asker, purpose=purpose) if purpose else asker
