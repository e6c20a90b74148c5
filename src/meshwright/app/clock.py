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


def parse_past(text: str | None, timezone: str) -> AsOf:
    """Read a date or a time for a run to pretend; one that is still to come would pass for made.

    Raises `UsageError` (`as-of-invalid`, `as-of-future`).
    """
    as_of = parse_as_of(text, timezone)
    now = datetime.now(UTC)
    if text and as_of.instant > now:
        shown = wall_clock(now, as_of.zone)
        raise UsageError(
            "as-of-future",
            f"`{text}` is not over: it is {shown:%Y-%m-%d %H:%M} in {timezone}",
            hint="run without --as-of: it makes all that is over",
        )
    return as_of


def parse_range(text: str | None, timezone: str) -> tuple[AsOf, ...]:
    """Read one moment, or `A..B`: every day from A to B; none of them to come."""
    if not text or ".." not in text:
        return (parse_past(text, timezone),)
    try:
        first, last = (date.fromisoformat(part) for part in text.split(".."))
    except ValueError as error:
        raise _not_a_range(text) from error
    if last < first:
        raise _not_a_range(text)
    parse_past(last.isoformat(), timezone)
    days = (last - first).days + 1
    return tuple(parse_past((first + timedelta(days=n)).isoformat(), timezone) for n in range(days))


def published_by(text: str, timezone: str) -> str:
    """Return the UTC time (ISO) up to which something was published, for reading as of a time."""
    return parse_as_of(text, timezone).instant.isoformat(timespec="microseconds")


def _not_a_range(text: str) -> UsageError:
    return UsageError(
        "as-of-invalid",
        f"`{text}` is not a range of days",
        hint="write the first and the last day: 2013-01-01..2013-01-31",
    )
