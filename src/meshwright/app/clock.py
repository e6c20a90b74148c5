"""Business time: the moment a run pretends, on the mesh's own clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from meshwright.errors import UsageError
from meshwright.transform.intervals import instant_of, wall_clock, zone_of


@dataclass(frozen=True, slots=True)
class AsOf:
    """`text` as given ('' for now), and the instant it means. A date means the end of that day."""

    text: str
    instant: datetime
    zone: ZoneInfo

    @property
    def is_now(self) -> bool:
        """Say whether the run pretends nothing."""
        return not self.text

    @property
    def moment(self) -> datetime:
        """Return what the mesh's clock shows then, without a zone."""
        return wall_clock(self.instant, self.zone)


def parse_as_of(text: str | None, timezone: str) -> AsOf:
    """Read a date or a time; None means now. Raises `UsageError` (`as-of-invalid`)."""
    zone = zone_of(timezone)
    return AsOf(text or "", instant_of(text, zone) if text else datetime.now(UTC), zone)


def parse_range(text: str | None, timezone: str) -> tuple[AsOf, ...]:
    """Read one moment, or `A..B`: every day from A to B."""
    if not text or ".." not in text:
        return (parse_as_of(text, timezone),)
    try:
        first, last = (date.fromisoformat(part) for part in text.split(".."))
    except ValueError as error:
        raise _not_a_range(text) from error
    if last < first:
        raise _not_a_range(text)
    days = (last - first).days + 1
    return tuple(
        parse_as_of((first + timedelta(days=n)).isoformat(), timezone) for n in range(days)
    )


def published_by(text: str, timezone: str) -> str:
    """Return the UTC time (ISO) up to which something was published, for reading as of a time."""
    return parse_as_of(text, timezone).instant.isoformat(timespec="microseconds")


def _not_a_range(text: str) -> UsageError:
    return UsageError(
        "as-of-invalid",
        f"`{text}` is not a range of days",
        hint="write the first and the last day: 2013-01-01..2013-01-31",
    )
