"""Rows of metadata of what the ledger tells, by domain."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from meshwright.govern.rules.describing import Row, Rows
from meshwright.spi.state_store import Reader

_FEW = 20  # so many domains are asked for by name; of more, everything is read once
_QUERY_DAYS = 90


def lived_rows(reader: Reader, domains: Collection[str] | None) -> dict[str, Rows]:
    """Return the rows of these domains (None: of all), by domain; '' is what is of none."""
    found: dict[str, Rows] = defaultdict(lambda: defaultdict(list))
    few = domains if domains is not None and len(domains) <= _FEW else None
    for name, make in _MAKERS.items():
        for row in make(reader, few):
            domain = str(row[2])
            if domains is None or domain in domains:
                found[domain][name].append(row)
    return {domain: dict(rows) for domain, rows in found.items()}


def _asked(
    reader: Reader, sql: str, few: Collection[str] | None, column: str
) -> Iterable[tuple[Any, ...]]:
    """Ask for the rows of a few domains, or of all; `{few}` stands in the text where a condition goes."""
    if few is None:
        return reader.rows(sql.format(few="1 = 1"))
    if not few:
        return ()
    one = f"({column} = ? OR ({column} >= ? AND {column} < ?))"  # `/` is the character after `.`
    values = [value for name in sorted(few) for value in (name, f"{name}.", f"{name}/")]
    return reader.rows(sql.format(few=f"({' OR '.join([one] * len(few))})"), values)


def _of(address: object) -> tuple[str, str]:
    """Return the product and the domain that an address is of."""
    parts = str(address).split(".")
    return ".".join(parts[:2]) if len(parts) > 1 else "", parts[0]


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _texts(text: object) -> list[str]:
    value = json.loads(str(text or "[]"))
    return [str(one) for one in value] if isinstance(value, list) else []


def _versions(reader: Reader, few: Collection[str] | None) -> Iterator[Row]:
    sql = (
        "SELECT v.product, v.version, v.semver, v.build, v.published_at, v.actor, v.as_of,"
        " p.served = v.version, v.waiver, (SELECT sum(rows) FROM version_ports x WHERE"
        " x.product = v.product AND x.version = v.version), (SELECT sum(bytes) FROM version_ports x"
        " WHERE x.product = v.product AND x.version = v.version) FROM versions v"
        " JOIN products p ON p.product = v.product WHERE v.vacuumed = 0 AND {few}"
        " ORDER BY v.product, v.version"
    )
    for product, version, semver, build, at, actor, as_of, served, waiver, rows, size in _asked(
        reader, sql, few, "v.product"
    ):
        yield (product, *_of(product), version, semver, build, _moment(at), actor, as_of,
               bool(served), rows, size, waiver)  # fmt: skip


def _builds(reader: Reader, few: Collection[str] | None) -> Iterator[Row]:
    sql = (
        "SELECT product, build, status, started_at, ended_at, actor, version, seconds, error FROM"
        " (SELECT *, row_number() OVER (PARTITION BY product ORDER BY started_at DESC, build) AS n"
        " FROM builds WHERE {few}) AS b WHERE n <= 20 ORDER BY product, n"
    )
    for product, build, status, start, end, actor, version, seconds, error in _asked(
        reader, sql, few, "product"
    ):
        yield (product, *_of(product), build, status, _moment(start), _moment(end), actor, version,
               seconds, error)  # fmt: skip


def _checks(reader: Reader, few: Collection[str] | None) -> Iterator[Row]:
    sql = (
        "SELECT c.product, c.port, c.column_name, c.build, c.check_id, c.kind, c.severity, c.status,"
        " c.failed_rows, c.total_rows, c.value, c.expectation, c.reason FROM checks c JOIN"
        " (SELECT product, build, row_number() OVER (PARTITION BY product ORDER BY started_at DESC,"
        " build) AS n FROM builds b WHERE {few} AND EXISTS (SELECT 1 FROM checks x WHERE"
        " x.build = b.build)) AS newest ON newest.build = c.build AND newest.n = 1"
        " ORDER BY c.product, c.port, c.check_id"
    )
    for product, port, column, build, *rest in _asked(reader, sql, few, "product"):
        address = f"{product}.{port}"
        about = f"{address}.{column}" if column else address
        yield (about, *_of(product), address, build, *rest)


def _metrics(reader: Reader, few: Collection[str] | None) -> Iterator[Row]:
    sql = (
        "SELECT product, port, name, value, at FROM (SELECT s.product, s.port, s.name, p.value, p.at,"
        " row_number() OVER (PARTITION BY s.series ORDER BY p.at DESC, p.build DESC) AS n FROM series s"
        " JOIN points p ON p.series = s.series WHERE s.column_name = '' AND s.segment = '' AND {few})"
        " AS newest WHERE n = 1 ORDER BY product, port, name"
    )
    for product, port, name, value, at in _asked(reader, sql, few, "s.product"):
        yield (f"{product}.{port}", *_of(product), name, value, at)


def _edges(reader: Reader, few: Collection[str] | None) -> Iterator[Row]:
    sql = (
        "SELECT product, dataset, column_name, source, source_column, kind, how, masked, reveals"
        " FROM lineage_edges WHERE last_version IS NULL AND {few}"
        " ORDER BY dataset, column_name, source, source_column, kind, how"
    )
    for product, dataset, column, source, source_column, kind, how, masked, reveals in _asked(
        reader, sql, few, "product"
    ):
        is_inside = (
            str(source).count(".") == 2 and ":" not in str(source) and "/" not in str(source)
        )
        yield (f"{dataset}.{column}", *_of(product), dataset, column, source, source_column,
               _of(source)[1] if is_inside else "", kind, how, bool(masked), bool(reveals))  # fmt: skip


def _incidents(reader: Reader, few: Collection[str] | None) -> Iterator[Row]:
    sql = (
        "SELECT address, product, incident, kind, severity, state, owner, cause, opened_at, resolved_at"
        " FROM incidents WHERE {few} ORDER BY incident"
    )
    for address, product, incident, kind, severity, state, owner, cause, start, end in _asked(
        reader, sql, few, "product"
    ):
        yield (address or product, *_of(product), incident, kind, severity, state, owner, cause,
               _moment(start), _moment(end))  # fmt: skip


def _waivers(reader: Reader, few: Collection[str] | None) -> Iterator[Row]:
    sql = "SELECT product, waiver, build, owner, reason, expires FROM waivers WHERE {few} ORDER BY waiver"
    for product, *rest in _asked(reader, sql, few, "product"):
        yield (product, *_of(product), *rest)


def _queries(reader: Reader, few: Collection[str] | None) -> Iterator[Row]:
    """Count by port, person and day; one query may read several ports."""
    ((newest,),) = reader.rows("SELECT max(at) FROM queries")
    moment = _moment(newest)
    if moment is None:
        return
    since = (moment - timedelta(days=_QUERY_DAYS)).date().isoformat()
    counted: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for day, actor, read, total, failed in reader.rows(
        "SELECT substr(at, 1, 10), CASE WHEN principal = '' THEN actor ELSE principal END, read,"
        " count(*), sum(CASE WHEN error <> '' THEN 1 ELSE 0 END)"
        " FROM queries WHERE at >= ? GROUP BY 1, 2, 3",
        (since,),
    ):
        for one in _texts(read):
            port = one.partition("@")[0]
            if few is None or _of(port)[1] in few:
                both = counted[port, str(actor), str(day)]
                both[0] += int(str(total))
                both[1] += int(str(failed))
    for (port, actor, day), (total, failed) in sorted(counted.items()):
        yield (port, *_of(port), actor, datetime.fromisoformat(day).date(), total, failed)


def _suggestions(reader: Reader, few: Collection[str] | None) -> Iterator[Row]:
    sql = (
        "SELECT column_name, product, kind, classification, tags, confidence, state, reason, at"
        " FROM suggestions WHERE {few} ORDER BY column_name, kind"
    )
    for column, product, kind, level, tags, confidence, state, reason, at in _asked(
        reader, sql, few, "product"
    ):
        yield (column, *_of(product), kind, level, _texts(tags), confidence, state, reason,
               _moment(at))  # fmt: skip


def _declassified(reader: Reader, few: Collection[str] | None) -> Iterator[Row]:
    sql = (
        "SELECT column_name, product, classification, tags, owner, reason, expires FROM declassified"
        " WHERE {few} ORDER BY column_name"
    )
    for column, product, level, tags, *rest in _asked(reader, sql, few, "product"):
        yield (column, *_of(product), level, _texts(tags), *rest)


def _subscriptions(reader: Reader, few: Collection[str] | None) -> Iterator[Row]:
    sql = (
        "SELECT address, subscription, notifier, events, principal FROM subscriptions WHERE {few}"
        " ORDER BY subscription"
    )
    for address, subscription, notifier, events, principal in _asked(reader, sql, few, "address"):
        yield (address, *_of(address), subscription, notifier, _texts(events), principal)


def _grants(reader: Reader, few: Collection[str] | None) -> Iterator[Row]:
    sql = (
        "SELECT g.address, g.grant_id, g.principal, g.purpose, g.until, g.since, g.source, g.raw,"
        " u.last_at FROM grants g LEFT JOIN uses u ON u.principal = g.principal"
        " AND u.address = g.address AND u.last_at >= g.since"
        " WHERE g.revoked_at = '' AND {few} ORDER BY g.grant_id"
    )
    for address, grant, principal, purpose, until, since, source, raw, used in _asked(
        reader, sql, few, "g.address"
    ):
        yield (address, *_of(address), grant, principal, purpose, until, _moment(since), source,
               _texts(raw), _moment(used) if used else None)  # fmt: skip


def _scores(reader: Reader, few: Collection[str] | None) -> Iterator[Row]:
    sql = (
        "SELECT s.product, s.is_certified, s.scores, s.at FROM scores s JOIN (SELECT product,"
        " max(at) AS at FROM scores WHERE {few} GROUP BY product) AS newest"
        " ON newest.product = s.product AND newest.at = s.at ORDER BY s.product"
    )
    for product, is_certified, scores, at in _asked(reader, sql, few, "product"):
        yield (product, *_of(product), bool(is_certified), scores, _moment(at))


_MAKERS: dict[str, Callable[[Reader, Collection[str] | None], Iterator[Row]]] = {
    "versions": _versions,
    "builds": _builds,
    "checks": _checks,
    "metrics": _metrics,
    "lineage_edges": _edges,
    "incidents": _incidents,
    "waivers": _waivers,
    "queries": _queries,
    "suggestions": _suggestions,
    "declassified": _declassified,
    "grants": _grants,
    "subscriptions": _subscriptions,
    "scores": _scores,
}
