"""How long access lasts: read as people write it, in whole days."""

import re
from datetime import UTC, datetime, timedelta

from meshwright.errors import UsageError

LONGEST = 3660  # ten years
_TEXT = re.compile(r"([1-9]\d{0,5})\s*([dwmy]?)\Z")
_DAYS = {"": 1, "d": 1, "w": 7, "m": 30, "y": 365}


def parse_days(text: str) -> int:
    """Read `30d`, `2w`, `6m` (of thirty days) or `1y`; raise `UsageError` (`duration-invalid`)."""
    found = _TEXT.match(text.strip().lower())
    days = int(found[1]) * _DAYS[found[2]] if found else 0
    if not 0 < days <= LONGEST:
        raise UsageError(
            "duration-invalid",
            f"`{text}` is not a time that access can last",
            hint="write days, weeks, months or years, ten years at most: 30d, 2w, 6m, 1y",
        )
    return days


def after(moment: datetime, days: int) -> str:
    """Return the time so many days after a moment, as facts write it: ISO 8601, UTC."""
    return written(moment + timedelta(days=days))


def written(moment: datetime) -> str:
    """Return a time as facts write it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
