"""The queries of the last thirty days that read what changes, by their kept texts."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime

from meshwright.app.impact.affected import READ_WITHIN, WHO
from meshwright.app.impact.found import MAY, RESTS, HitColumn, HitQuery
from meshwright.app.kept_queries import find_text, sweep
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.lineage.reading import present_names
from meshwright.model.lineage import EVERY, UNKNOWN
from meshwright.spi.state_store import Reader


def hit_queries(
    wiring: Wiring,
    reader: Reader,
    starts: Collection[str],
    columns: Iterable[HitColumn],
    verdict: str,
) -> tuple[HitQuery, ...]:
    """Return the queries that read a changed column, or one that is made of it, the latest first.

    A query of a named version goes on: that version stays as it is. One whose text is not kept may break.
    """
    sweep(wiring)
    hit = {
        **{column.address: column.verdict for column in columns},
        **dict.fromkeys(starts, verdict),
    }
    ports = {name.rpartition(".")[0] for name in hit}
    found = []
    for digest, asked in _asked(reader, ports).items():
        text = find_text(wiring, digest)
        reads, worst = _read(wiring, reader, text, hit)
        if reads or text is None:
            found.append(
                HitQuery(
                    digest,
                    tuple(sorted({who for who, _ in asked})),
                    len(asked),
                    max(at for _, at in asked),
                    reads,
                    worst if reads else (RESTS if verdict == RESTS else MAY),
                    " ".join(text.split()) if text else "",
                )
            )
    return tuple(sorted(found, key=lambda query: query.last, reverse=True))


def _asked(reader: Reader, ports: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """Return the texts' digests that read any of these ports, with who asked when."""
    since = (datetime.now(UTC) - READ_WITHIN).isoformat(timespec="microseconds")
    rows = reader.rows(
        f"SELECT sql, {WHO}, at, read FROM queries WHERE at >= ? AND error = ''", (since,)
    )
    present = present_names(reader)
    found: dict[str, list[tuple[str, str]]] = {}
    for digest, actor, at, read in rows:
        if any(present(name.partition("@")[0]) in ports for name in json.loads(str(read))):
            found.setdefault(str(digest), []).append((str(actor), str(at)))
    return found


def _read(
    wiring: Wiring, reader: Reader, text: str | None, hit: Mapping[str, str]
) -> tuple[tuple[str, ...], str]:
    """Return which changed columns a query reads, and the worst that happens to it."""
    if text is None:
        return (), ""
    present = present_names(reader)
    try:
        tables = wiring.reader.read(text).tables
        names = {table: present(table.replace('"', "").lower()) for table in tables}
        edges = wiring.reader.trace(
            text, {table: _columns(reader, name) for table, name in names.items()}
        ).edges
    except MeshwrightError:
        return (), ""
    reads = {
        f"{name}.{EVERY}": hit[f"{name}.{EVERY}"]
        for name in names.values()
        if f"{name}.{EVERY}" in hit
    }
    for edge in edges:
        port = names.get(edge.table) or present(edge.table.replace('"', "").lower())
        for address in _addresses(port, edge.column, hit):
            reads[address] = MAY if edge.kind == UNKNOWN else hit[address]
    order = (RESTS, MAY)
    worst = max(reads.values(), key=lambda v: order.index(v) if v in order else 2, default="")
    return tuple(sorted(reads)), worst


def _addresses(port: str, column: str, hit: Mapping[str, str]) -> list[str]:
    """Return the changed columns that a read column of a port stands for."""
    if column in ("", EVERY):
        return [name for name in hit if name.rpartition(".")[0] == port]
    found = [name for name in (f"{port}.{column}", f"{port}.{EVERY}") if name in hit]
    return found[:1]


def _columns(reader: Reader, port: str) -> list[str] | None:
    product, _, name = port.partition("@")[0].rpartition(".")
    rows = reader.rows(
        "SELECT vp.columns FROM products p JOIN version_ports vp"
        " ON vp.product = p.product AND vp.version = p.served WHERE p.product = ? AND vp.port = ?",
        (product, name),
    )
    return [column for column, _ in json.loads(str(rows[0][0]))] if rows else None
