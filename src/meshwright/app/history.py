"""The versions of a product: what was published when, from what, by whom."""

from dataclasses import dataclass

from meshwright.model.address import Address
from meshwright.publish.reading import get_product, served_version
from meshwright.spi.state_store import Reader


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One build of a product, or one version of it. `version` is None for a build that published none."""

    product: str
    version: int | None
    status: str  # published, rejected, failed, running, accepted
    at: str
    actor: str
    semver: str
    rows: int | None
    as_of: str
    build: str
    seconds: float
    is_served: bool
    is_vacuumed: bool
    waiver: str
    reasons: str
    failed_checks: str


def history(reader: Reader, address: Address, limit: int = 0) -> tuple[HistoryLine, ...]:
    """Return the builds of a product, newest first; of one port, only rows of that port are counted."""
    product = get_product(reader, address)
    served = served_version(reader, product)
    rows = reader.rows(
        "SELECT b.version, b.status, coalesce(b.ended_at, b.started_at), b.actor,"
        " coalesce(v.semver, ''), (SELECT sum(vp.rows) FROM version_ports vp"
        "   WHERE vp.product = b.product AND vp.version = b.version AND (? = '' OR vp.port = ?)),"
        " b.as_of, b.build, coalesce(b.seconds, 0), coalesce(v.vacuumed, 0), coalesce(v.waiver, ''),"
        " coalesce(b.reasons, '[]'), coalesce(b.failed_checks, '[]')"
        " FROM builds b LEFT JOIN versions v ON v.product = b.product AND v.version = b.version"
        " WHERE b.product = ? ORDER BY b.started_at DESC, b.build DESC LIMIT ?",
        (address.port, address.port, str(product), limit or -1),
    )
    return tuple(_line(str(product), served, row) for row in rows)


def _line(product: str, served: int | None, row: tuple[object, ...]) -> HistoryLine:
    version = None if row[0] is None else int(str(row[0]))
    return HistoryLine(
        product=product,
        version=version,
        status=str(row[1]),
        at=str(row[2]),
        actor=str(row[3]),
        semver=str(row[4]),
        rows=None if row[5] is None else int(str(row[5])),
        as_of=str(row[6] or ""),
        build=str(row[7]),
        seconds=float(str(row[8])),
        is_served=version is not None and version == served,
        is_vacuumed=bool(row[9]),
        waiver=str(row[10]),
        reasons=str(row[11]),
        failed_checks=str(row[12]),
    )
