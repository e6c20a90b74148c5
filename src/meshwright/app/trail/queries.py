"""The queries of the trail, by their index: of a time, of a principal, of a port."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge

from meshwright.app.trail.line import TrailLine
from meshwright.spi.state_store import Reader, Row, Value

PAGE = 2000
_COLUMNS = (
    "q.seq, q.at, q.principal, q.actor, q.on_behalf_of, q.door, q.query, q.purpose, q.read, q.raw,"
    " q.masked, q.policies, q.rows, q.seconds, q.error"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the trail is asked for. `addresses` are every name that it has had; '' leaves out a bound.

    `told` is who may know only their own, and of `owned`, the products that are theirs, by every name.
    """

    principal: str = ""
    addresses: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    is_refused: bool = False
    told: str = ""
    owned: tuple[str, ...] = ()


def query_lines(reader: Reader, wanted: Wanted, *, newest_first: bool) -> Iterator[TrailLine]:
    """Yield the queries that are wanted, by time, page by page: never more than a page a port is held."""
    streams = [_pages(reader, wanted, source, newest_first) for source in _sources(reader, wanted)]
    last = -1
    for line in merge(*streams, key=lambda line: (line.at, line.seq), reverse=newest_first):
        if line.seq != last:  # one that is found in two ways is told once
            yield line
        last = line.seq


@dataclass(frozen=True, slots=True)
class _Source:
    """One way by which queries are found, in the order of an index."""

    tables: str = "queries q"
    condition: str = "1 = 1"
    values: tuple[Value, ...] = ()
    time: str = "q.at"


def _sources(reader: Reader, wanted: Wanted) -> list[_Source]:
    """Return the ways that find what is wanted, and read least beside it."""
    addresses = wanted.addresses
    if not addresses and wanted.told and not wanted.principal:
        own = [
            _Source(condition="q.principal = ?", values=(wanted.told,)),
            _Source(condition="q.on_behalf_of = ? AND q.on_behalf_of <> ''", values=(wanted.told,)),
        ]
        return [*own, *_of_ports(reader, wanted.owned)]
    return _of_ports(reader, addresses) if addresses else [_Source()]


def _of_ports(reader: Reader, addresses: Sequence[str]) -> list[_Source]:
    ports = dict.fromkeys(port for name in addresses for port in _ports(reader, name))
    tables = "query_ports p CROSS JOIN queries q ON q.query = p.query"
    return [_Source(tables, "p.address = ?", (port,), "p.at") for port in ports]


def _ports(reader: Reader, name: str) -> list[str]:
    """Return the ports within an address that queries named: a seek in the index for each."""
    rows = reader.rows(
        "WITH RECURSIVE found(address) AS (SELECT min(address) FROM query_ports"
        " WHERE address > ? AND address < ? UNION ALL SELECT (SELECT min(address) FROM query_ports"
        " WHERE address > found.address AND address < ?) FROM found WHERE found.address IS NOT NULL)"
        " SELECT address FROM found WHERE address IS NOT NULL",
        (f"{name}.", f"{name}/", f"{name}/"),  # `/` is the character after `.`
    )
    return [name, *(str(row[0]) for row in rows)]


def _pages(
    reader: Reader, wanted: Wanted, source: _Source, newest_first: bool
) -> Iterator[TrailLine]:
    """Yield the queries of one source, page by page."""
    time, where, values = source.time, [source.condition], list(source.values)
    if wanted.is_refused:
        where.append("q.error <> ''")
    for condition, value in (
        ("q.principal = ?", wanted.principal),
        (f"{time} >= ?", wanted.since),
        (f"{time} < ?", wanted.until),
    ):
        if value:
            where.append(condition)
            values.append(value)
    sign, order = ("<", "DESC") if newest_first else (">", "ASC")
    tail = f"ORDER BY {time} {order}, q.seq {order} LIMIT {PAGE}"
    after: list[Value] = []
    while True:
        beyond = f"{time} {sign}= ? AND ({time}, q.seq) {sign} (?, ?)" if after else "1 = 1"
        rows = reader.rows(
            f"SELECT {_COLUMNS} FROM {source.tables} WHERE {' AND '.join([*where, beyond])} {tail}",
            [*values, *after],
        )
        yield from map(_line, rows)
        if len(rows) < PAGE:
            return
        after = [rows[-1][1], rows[-1][1], rows[-1][0]]


def _line(row: Row) -> TrailLine:
    (seq, at, principal, actor, behind, door, query, purpose, read, raw, masked, policies, rows,
     seconds, error) = row  # fmt: skip
    who = str(principal or actor)
    return TrailLine(
        seq=int(str(seq)),
        at=str(at),
        kind="query",
        fact="QueryRan",
        principal=who,
        by=str(actor) if actor != who else "",
        on_behalf_of=str(behind),
        door=str(door),
        id=str(query),
        purpose=str(purpose),
        addresses=_texts(read),
        raw=_texts(raw),
        masked=_texts(masked),
        policies=_texts(policies),
        rows=None if rows is None else int(str(rows)),
        seconds=float(str(seconds)),
        error=str(error),
    )


def _texts(text: Value) -> tuple[str, ...]:
    found: Sequence[str] = json.loads(str(text or "[]"))
    return tuple(found)
