"""Dates and times of a contract as text of a SQL type, so that one moment means one everywhere."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from meshwright.audit.option import Unfit


def moment_text(setting: object, kind: str, options: Mapping[str, object]) -> str:
    """Return a contract's date or time as ISO text of a type; a missing zone is `defaultTimezone`.

    A column without a zone holds moments of `defaultTimezone`, so one written with another is converted.
    Raises `Unfit` for what is no such moment.
    """
    written = setting.isoformat(" ") if isinstance(setting, datetime) else str(setting)
    if kind == "TIME":
        _parse(f"2000-01-01 {written}", setting)
        return written
    moment = _parse(written, setting)
    if kind == "DATE":
        if len(written) > 10 and (moment.hour, moment.minute, moment.second) != (0, 0, 0):
            raise Unfit(f"`{setting}` is not a date")
        return moment.date().isoformat()
    zone = default_zone(options)
    if kind == "TIMESTAMP":
        if moment.tzinfo is not None:
            moment = moment.astimezone(zone).replace(tzinfo=None)
        return moment.isoformat(" ")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.isoformat(" ")


def _parse(written: str, setting: object) -> datetime:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        raise Unfit(f"`{setting}` is not an ISO date or time") from None


def default_zone(options: Mapping[str, object]) -> ZoneInfo:
    """Return the time zone that moments without one are in."""
    name = str(options.get("defaultTimezone") or "UTC")
    try:
        return ZoneInfo("UTC" if name == "Etc/UTC" else name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unfit(f"`{name}` is not a time zone known here") from None
