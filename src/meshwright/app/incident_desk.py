"""What people do with incidents: find them, look, take care, comment, mark, resolve, reopen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from meshwright.app.incident_pages import (
    IncidentLine,
    IncidentPage,
    line_of,
    list_incidents,
    show_incident,
)
from meshwright.app.wiring import Wiring
from meshwright.errors import RefusedError, UsageError, did_you_mean
from meshwright.model.facts import (
    Fact,
    IncidentAcknowledged,
    IncidentCommented,
    IncidentMarked,
    IncidentReopened,
    IncidentResolved,
)
from meshwright.spi.state_store import Reader

VERDICTS = ("expected", "real")
_OF_RESOLVED = ("acknowledged", "resolved")  # what makes no sense once it is over


@dataclass(frozen=True, slots=True)
class IncidentDesk:
    """The incidents of one mesh. An id may be shortened to its number, or to a beginning that is unique."""

    wiring: Wiring

    def list(self, *select: str, closed: bool = False) -> tuple[IncidentLine, ...]:
        """Return open incidents (with `closed` resolved ones too) of the products selected, newest first.

        Raises `UsageError` (`selection-unknown`).
        """
        return list_incidents(self.wiring, select, closed=closed)

    def show(self, incident: str) -> IncidentPage:
        """Return all of one incident; raise `UsageError` (`incident-unknown`, `incident-ambiguous`)."""
        with self.wiring.store.read() as reader:
            return show_incident(self.wiring, reader, find_incident(reader, incident))

    def acknowledge(self, incident: str, note: str = "") -> IncidentLine:
        """Say that you take care of it; raise `RefusedError` (`incident-resolved`)."""
        return self._record(
            incident, "acknowledged", lambda one: [IncidentAcknowledged(one.id, one.product, note)]
        )

    def comment(self, incident: str, note: str) -> IncidentLine:
        """Say something about it; raise `UsageError` (`note-missing`)."""
        if not note.strip():
            raise UsageError(
                "note-missing", "a comment needs words", hint=f'mesh incidents comment {incident} --note "…"'
            )  # fmt: skip
        return self._record(
            incident, "commented", lambda one: [IncidentCommented(one.id, one.product, note)]
        )

    def mark(self, incident: str, verdict: str, note: str = "") -> IncidentLine:
        """Say whether it was `expected`, which resolves it, or `real`; what is watched learns from that."""
        if verdict not in VERDICTS:
            raise UsageError(
                "verdict-unknown",
                f"`{verdict}` is no verdict",
                hint=did_you_mean(verdict, VERDICTS),
            )

        def facts(one: IncidentLine) -> Sequence[Fact]:
            marked = IncidentMarked(one.id, one.product, verdict, note)
            if verdict == "expected" and one.state != "resolved":
                return [marked, IncidentResolved(one.id, one.product, note="it was expected")]
            return [marked]

        return self._record(incident, f"marked {verdict}", facts)

    def resolve(self, incident: str, note: str = "") -> IncidentLine:
        """Say that it is over; raise `RefusedError` (`incident-resolved`)."""
        return self._record(
            incident, "resolved", lambda one: [IncidentResolved(one.id, one.product, note=note)]
        )

    def reopen(self, incident: str, note: str = "") -> IncidentLine:
        """Say that it is not over; raise `RefusedError` (`incident-open`)."""
        return self._record(
            incident, "reopened", lambda one: [IncidentReopened(one.id, one.product, note)]
        )

    def _record(
        self, incident: str, event: str, facts: Callable[[IncidentLine], Sequence[Fact]]
    ) -> IncidentLine:
        with self.wiring.store.write() as writer:
            line = line_of(writer, find_incident(writer, incident))
            _check(line, event)
            self.wiring.ledger.append(writer, facts(line))
            return line_of(writer, line.id)


def find_incident(reader: Reader, text: str) -> str:
    """Return the id that a text means: itself, `inc-` and a number, or the only one that begins so."""
    name = text.strip().removeprefix("#")
    whole = f"inc-{name}" if name.isdigit() else name
    if reader.rows("SELECT 1 FROM incidents WHERE incident = ?", (whole,)):
        return whole
    end = name + "\uffff"
    rows = reader.rows(
        "SELECT incident FROM incidents WHERE incident >= ? AND incident < ? ORDER BY incident LIMIT 9",
        (name, end),
    )
    found = [str(row[0]) for row in rows] if name else []
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            "incident-ambiguous",
            f"`{text}` may be any of several incidents",
            hint=", ".join(found[:8]) + (", …" if len(found) > 8 else ""),
        )
    recent = reader.rows("SELECT incident FROM incidents ORDER BY opened_at DESC LIMIT 200")
    known = [str(row[0]) for row in recent]
    raise UsageError(
        "incident-unknown", f"there is no incident `{text}`", hint=did_you_mean(whole, known)
    )


def _check(line: IncidentLine, event: str) -> None:
    if event in _OF_RESOLVED and line.state == "resolved":
        raise RefusedError(
            "incident-resolved",
            f"{line.id} is resolved already",
            hint=f"mesh incidents reopen {line.id}",
        )
    if event == "reopened" and line.state != "resolved":
        raise RefusedError(
            "incident-open", f"{line.id} is {line.state}", hint=f"mesh incidents show {line.id}"
        )
