"""Amounts of service levels: how long, how much, when. One reading for comparing and for enforcing."""

from datetime import UTC, datetime
from typing import NamedTuple

DAY = 86400.0
_SECONDS = {
    "s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hr": 3600, "hour": 3600,
    "d": 86400, "day": 86400, "w": 604800, "wk": 604800, "week": 604800,
    "mo": 2629800, "month": 2629800, "y": 31557600, "yr": 31557600, "year": 31557600,
}  # fmt: skip


class Amount(NamedTuple):
    """A number of something: of `seconds`, of a `moment` (seconds since 1970), of `unit …`."""

    kind: str
    number: float


def folded(name: str) -> str:
    """Return a name of the data QoS vocabulary as it is compared: lower case, without separators."""
    return "".join(character for character in name.lower() if character.isalnum())


def amount_of(value: object, unit: str) -> Amount | None:
    """Read an amount; None where it is none, or means two things (`M`: months or minutes)."""
    text = str(value).strip()
    try:
        number = float(text.removesuffix("%"))
    except ValueError:
        moment = _moment(text)
        return None if moment is None else Amount("moment", moment.timestamp())
    unit = unit.strip()
    if unit == "M":
        return None
    seconds = unit_seconds(unit)
    return (
        Amount("seconds", number * seconds) if seconds else Amount(f"unit {unit.lower()}", number)
    )


def unit_seconds(unit: str) -> int:
    """Return the seconds of a unit of time (a month and a year are mean ones); 0 for any other."""
    name = unit.strip().lower()
    return _SECONDS.get(name) or _SECONDS.get(name.removesuffix("s")) or 0


def share_of(value: object, unit: str = "") -> float | None:
    """Read a share: `99.5`, `99.5%` and `0.995` are the same; None for what is no share above 0."""
    text = str(value).strip()
    is_percent = text.endswith("%") or unit.strip().lower() in ("%", "percent", "pct")
    try:
        number = float(text.removesuffix("%"))
    except ValueError:
        return None
    share = round(number / 100, 12) if is_percent or number > 1 else number
    return share if 0 <= share <= 1 else None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
