"""The one JSON shape of health: of `mesh health --json`, of `/health`, and of whatever page shows it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby

from meshwright.model.health import PortHealth, worst_status

Shape = dict[str, object]


def health_shape(ports: Sequence[PortHealth], now: datetime) -> Shape:
    """Return the health of a mesh: products with their ports, sorted by address."""
    products = [
        product_shape(list(found)) for _, found in groupby(ports, lambda port: port.product)
    ]
    return {
        "at": _time(now.timestamp()),
        "status": worst_status([port.status for port in ports]),
        "products": products,
    }


def product_shape(ports: Sequence[PortHealth]) -> Shape:
    """Return the health of one product, as bad as its worst port."""
    status = worst_status([port.status for port in ports])
    reasons = [reason for port in ports if port.status == status for reason in port.reasons]
    return {
        "product": str(ports[0].product),
        "title": ports[0].title,
        "owners": list(ports[0].owners),
        "status": status,
        "reasons": list(dict.fromkeys(reasons)),
        "version": ports[0].version,
        "ports": [port_shape(port) for port in ports],
    }


def port_shape(port: PortHealth) -> Shape:
    """Return the health of one port. Times are ISO, durations seconds, shares between 0 and 1."""
    return {
        "address": str(port.address),
        "status": port.status,
        "reasons": list(port.reasons),
        "version": port.version,
        "published_at": _time(port.published),
        "age_seconds": _rounded(port.age),
        "due_at": _time(port.due),
        "usual_gap_seconds": _rounded(port.usual_gap),
        "objective": {
            "target": port.target,
            "window_days": round(port.window / 86400),
            "since": _time(port.since),
            "compliance": _rounded(port.compliance, 6),
            "budget_left": _rounded(port.budget_left, 6),
            "burning": asdict(port.burning) if port.burning else None,
        },
        "levels": [asdict(level) for level in port.levels],
        "not_enforced": [{"name": name, "reason": why} for name, why in port.not_enforced],
        "downtime": asdict(port.downtime),
        "rows": list(port.trend),
    }


def _time(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _rounded(value: float | None, digits: int = 3) -> float | None:
    return None if value is None else round(value, digits)
