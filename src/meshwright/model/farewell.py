"""A port that is going to end: until when it is served, and what follows it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Farewell:
    """A deprecated port. `end` is a date, to whose end it is served, or a time; '' where none is announced.

    `successors` are the ports whose contracts say that they replace it.
    """

    port: str
    end: str = ""
    successors: tuple[str, ...] = ()

    def is_over(self, now: datetime, zone: ZoneInfo) -> bool:
        """Say whether a moment (aware) is after the end, by the mesh's clock; never where none is said."""
        end = end_of(self.end, zone)
        return end is not None and now >= end

    @property
    def instead(self) -> str:
        """Return what to read instead, in words; '' where nothing follows."""
        return " or ".join(f"`{port}`" for port in self.successors)


def end_of(text: str, zone: ZoneInfo) -> datetime | None:
    """Return the first moment after an announced end; None for what is no date, or the last that there is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) <= len("2027-06-30"):
        if moment.date() == date.max:
            return None  # 9999-12-31 is how people write: never
        moment = datetime.combine(moment.date() + timedelta(days=1), time.min)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
