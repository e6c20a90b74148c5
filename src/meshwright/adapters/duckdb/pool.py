"""A query pool on DuckDB: the gate here, and every query in a locked process of one principal.

What must stay true: no text reaches a process that the gate did not pass; every table that it names is one of
the views it was given; no process serves two principals; whatever becomes of a process, this one lives on.
"""

import weakref
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import duckdb

from meshwright.adapters.duckdb import channel as wire
from meshwright.adapters.duckdb import people_gate
from meshwright.adapters.duckdb.admission import Admission
from meshwright.adapters.duckdb.aggregates import grouped
from meshwright.adapters.duckdb.allowed_functions import FUNCTIONS
from meshwright.adapters.duckdb.child import Request
from meshwright.adapters.duckdb.filters import require_boolean, require_condition
from meshwright.adapters.duckdb.keeper import Keeper
from meshwright.adapters.duckdb.lockdown import Lockdown
from meshwright.adapters.duckdb.masked_files import make_masked
from meshwright.adapters.duckdb.parameters import checked
from meshwright.adapters.duckdb.process import Process
from meshwright.adapters.duckdb.running import DuckDBRunning, Frames
from meshwright.adapters.duckdb.views import define
from meshwright.errors import InternalError, ModelError, did_you_mean
from meshwright.model.table import Column
from meshwright.spi.engine import Reach
from meshwright.spi.query_pool import Gated, Limits, Running, View
from meshwright.spi.stop import Stop

_REMEMBERED = 512
_BINDING = Limits(seconds=10.0)
_FILTERS = "(row filters)"  # no principal is named so


class DuckDBQueryPool:
    """What `spi.query_pool.QueryPool` says, on DuckDB.

    `at_once` is how many queries of one principal run at once, `processes` how many of all; `waiting` how
    many of one principal may wait for their turn. `standby` processes are started before somebody needs them;
    one that nobody used for `idle_seconds` is ended. A query whose rows nobody reads for `unread_seconds` is
    ended where others wait.
    """

    def __init__(
        self,
        *,
        at_once: int = 4,
        processes: int = 8,
        waiting: int = 256,
        standby: int = 1,
        idle_seconds: float = 300.0,
        unread_seconds: float = 60.0,
    ) -> None:
        self._keeper = Keeper(processes, standby, idle_seconds)
        self._moving: weakref.WeakSet[Frames] = weakref.WeakSet()
        self._unread_seconds = unread_seconds
        self._admission = Admission(processes, at_once, waiting, self._make_room)
        self._parser = Lockdown(Reach(threads=1))
        self._lock = Lock()
        self._passed: OrderedDict[str, Gated] = OrderedDict()

    def gate(self, sql: str) -> Gated:
        """Judge a text."""
        with self._lock:
            known = self._passed.get(sql)
            if known is not None:
                self._passed.move_to_end(sql)
                return known
        with self._cursor() as cursor:
            judged = people_gate.gated(cursor, sql)
        with self._lock:
            self._passed[sql] = judged
            if len(self._passed) > _REMEMBERED:
                self._passed.popitem(last=False)
        return judged

    def functions(self) -> tuple[str, ...]:
        """Return what may be called by a name."""
        return tuple(sorted(name for name in FUNCTIONS if name.isidentifier()))

    def check_filter(self, condition: str, columns: Sequence[Column]) -> None:
        """Judge a row filter."""
        with self._cursor() as cursor:
            require_condition(cursor, condition)
        table = View("condition.over.port", (), tuple(columns))
        bound = Gated(
            f"SELECT (\n{condition}\n) FROM {table.name} WHERE (\n{condition}\n)",
            frozenset((table.name,)),
        )
        (found,) = self.describe(_FILTERS, bound, [table])
        require_boolean(condition, found.type)

    def describe(self, who: str, gated: Gated, views: Sequence[View]) -> tuple[Column, ...]:
        """Return the columns that a query would give; its parameters are NULL meanwhile."""
        parameters = (None,) * gated.parameters
        sql = self._text(gated, views)
        request = _request(sql, gated, views, _BINDING, parameters, only_columns=True)
        self._admission.enter(who, _BINDING.seconds)
        try:
            process = self._keeper.take(who, request.memory)
            try:
                _, words = process.ask(request)
            finally:
                self._keeper.give_back(process)
            return _columns(words.get("columns"))
        finally:
            self._admission.leave(who)

    def run(
        self,
        who: str,
        gated: Gated,
        views: Sequence[View],
        limits: Limits,
        parameters: Sequence[object] = (),
        stop: Stop | None = None,
    ) -> Running:
        """Run a query in a process that serves `who` alone."""
        values = checked(gated, parameters)
        request = _request(self._text(gated, views), gated, views, limits, values)
        self._admission.enter(who, limits.seconds)
        try:
            process = self._keeper.take(who, limits.memory)
        except BaseException:
            self._admission.leave(who)
            raise
        return self._started(who, process, request, stop or Stop())

    def make_masked(self, view: View, folder: Path) -> tuple[Path, ...]:
        """Write masked files."""
        return make_masked(view, folder)

    def close(self) -> None:
        """End every process."""
        self._keeper.close()
        self._parser.close()

    def _wait_for_reader(self, frames: Frames) -> None:
        frames.wait_for_reader()
        with self._lock:
            self._moving.add(frames)

    def _make_room(self) -> None:
        with self._lock:
            moving = list(self._moving)
        for frames in moving:
            frames.end_unread(self._unread_seconds)

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._lock:
            cursor = self._parser.connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def _text(self, gated: Gated, views: Sequence[View]) -> str:
        """Return what runs: the text, or what an aggregates-only port makes of it."""
        limited = [view for view in views if view.minimum_group]
        if not limited:
            return gated.sql
        (view,) = limited[:1]
        with self._cursor() as cursor:
            return grouped(cursor, gated.sql, view.name, view.minimum_group)

    def _started(self, who: str, process: Process, request: Request, stop: Stop) -> DuckDBRunning:
        frames = Frames(
            process, request.seconds, _Release(self._keeper, self._admission, who, process)
        )
        try:
            stop.bind(frames.stop)
            kind, words = process.ask(request)
            self._wait_for_reader(frames)
            if kind != wire.STARTED:
                raise InternalError("query-process", "the process of a query speaks nonsense")
            rows = words.get("rows")
            whole = frames.everything() if isinstance(rows, int) else None
        except BaseException:
            frames.finish()
            raise
        known = rows if isinstance(rows, int) else None
        return DuckDBRunning(_columns(words.get("columns")), known, frames, whole)


class _Release:
    """Gives a process and its turn back; one that still computes is ended."""

    def __init__(self, keeper: Keeper, admission: Admission, who: str, process: Process) -> None:
        self._keeper, self._admission, self._who, self._process = keeper, admission, who, process

    def __call__(self) -> None:
        if self._process.is_busy:
            self._process.kill()
        self._keeper.give_back(self._process)
        self._admission.leave(self._who)


def _request(
    sql: str,
    gated: Gated,
    views: Sequence[View],
    limits: Limits,
    parameters: tuple[object, ...],
    *,
    only_columns: bool = False,
) -> Request:
    _require_given(gated, views)
    return Request(
        sql,
        tuple(define(view, gated.columns) for view in views),
        parameters,
        limits.rows,
        limits.seconds,
        limits.memory,
        limits.threads,
        only_columns,
    )


def _require_given(gated: Gated, views: Sequence[View]) -> None:
    given = {view.name.lower() for view in views}
    for name in sorted(gated.tables - given):
        raise ModelError(
            "sql-unknown-table", f"nothing is named `{name}` here", hint=did_you_mean(name, given)
        )


def _columns(told: object) -> tuple[Column, ...]:
    pairs = told if isinstance(told, list) else []
    return tuple(Column(str(name), str(kind)) for name, kind in pairs)
