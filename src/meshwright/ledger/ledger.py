"""Recording facts: in the caller's transaction, or in one of their own that waiting threads share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock

from meshwright.errors import InternalError
from meshwright.ledger.chain import COLUMNS, entries_of, extend, find_head
from meshwright.ledger.encoding import encode, fact_of
from meshwright.ledger.projections import project
from meshwright.model.facts import Entry, Fact
from meshwright.spi.state_store import StateStore, Value, Writer


@dataclass(slots=True, eq=False)
class _Request:
    """Facts of one caller of `record`, waiting for whoever commits next."""

    actor: str
    facts: Sequence[tuple[str, str]]
    entries: list[Entry] = field(default_factory=list)
    error: Exception | None = None
    is_done: bool = False


class Ledger:
    """The ledger of one mesh, written as `actor`. May be used from several threads at once.

    `now` gives the true time (aware); a clock that jumps back repeats the last time recorded.
    """

    def __init__(
        self,
        store: StateStore,
        actor: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._actor = actor
        self._now = now
        self._waiting: list[_Request] = []
        self._waiting_lock = Lock()
        self._commit_lock = Lock()

    def append(
        self, writer: Writer, facts: Sequence[Fact], *, actor: str | None = None
    ) -> list[Entry]:
        """Record facts and project them, within the caller's transaction."""
        return self._append(writer, actor or self._actor, _encoded(facts))

    def record(self, facts: Sequence[Fact], *, actor: str | None = None) -> list[Entry]:
        """Record facts in a transaction of their own; durable when it returns.

        Threads that call this at the same time share a commit. Facts of one call are recorded together or
        not at all; an error is raised to the caller whose facts caused it, and to no other.
        """
        request = _Request(actor or self._actor, _encoded(facts))
        with self._waiting_lock:
            self._waiting.append(request)
        with self._commit_lock:
            if not request.is_done:
                self._commit_waiting()
        if request.error is not None:
            raise request.error
        return request.entries

    def entries(
        self, after: int = 0, kinds: Sequence[str] = (), limit: int | None = None
    ) -> list[Entry]:
        """Return entries with a number above `after`, oldest first; of some kinds, at most `limit`."""
        return self._select(after, kinds, limit, "ASC")

    def newest(self, limit: int, kinds: Sequence[str] = ()) -> list[Entry]:
        """Return the last `limit` entries, of some kinds, the newest last."""
        return self._select(0, kinds, limit, "DESC")[::-1]

    def _select(
        self, after: int, kinds: Sequence[str], limit: int | None, order: str
    ) -> list[Entry]:
        sql = f"SELECT {COLUMNS} FROM facts WHERE seq > ?"
        values: list[Value] = [after]
        if kinds:
            sql += f" AND kind IN ({', '.join('?' * len(kinds))})"
            values += kinds
        sql += f" ORDER BY seq {order}"
        if limit is not None:
            sql += " LIMIT ?"
            values.append(limit)
        with self._store.read() as reader:
            return entries_of(reader.rows(sql, values))

    def _commit_waiting(self) -> None:
        """Commit everything that waits, as the one thread that may."""
        with self._waiting_lock:
            batch, self._waiting = self._waiting, []
        try:
            with self._store.write() as writer:
                for request in batch:
                    self._attempt(writer, request, is_alone=len(batch) == 1)
        except Exception as error:  # the commit itself failed: nothing of the batch was recorded
            for request in batch:
                request.error = request.error or error
        except BaseException:
            for request in batch:
                request.error = request.error or _interrupted()
            raise
        finally:
            for request in batch:
                request.is_done = True

    def _attempt(self, writer: Writer, request: _Request, *, is_alone: bool) -> None:
        if is_alone:
            request.entries = self._append(writer, request.actor, request.facts)
            return
        writer.run("SAVEPOINT request")
        try:
            request.entries = self._append(writer, request.actor, request.facts)
        except Exception as error:
            request.error = error
            writer.run("ROLLBACK TO SAVEPOINT request")
        writer.run("RELEASE SAVEPOINT request")

    def _append(self, writer: Writer, actor: str, facts: Sequence[tuple[str, str]]) -> list[Entry]:
        at = self._now().astimezone(UTC).isoformat(timespec="microseconds")
        entries = extend(writer, find_head(writer), at, actor, facts)
        for entry in entries:
            fact = fact_of(entry)  # what a replay would read, so that both project the same
            if fact is not None:
                project(writer, entry, fact)
        return entries


def _interrupted() -> InternalError:
    return InternalError(
        "ledger-interrupted", "the thread that recorded this fact for others was interrupted"
    )


def _encoded(facts: Sequence[Fact]) -> list[tuple[str, str]]:
    return [(type(fact).__name__, encode(fact)) for fact in facts]
