"""Read `alerts` of mesh.yaml into `Alerting`: lists made of single values, defaults filled in."""

import re
from collections.abc import Mapping
from datetime import time, timedelta

from meshwright.model.alerting import DAYS, Alerting, Quiet, Route
from meshwright.model.json_value import Json

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"([1-9]\d*)([mhd])\Z")
_CLOCK = re.compile(r"(\d\d):(\d\d)\Z")
LONGEST_DAYS = 3660


def read_alerting(raw: Json | None, timezone: str) -> Alerting:
    """Return who is told what; `raw` is free of errors."""
    said = _mapping(raw)
    return Alerting(
        notifiers={
            name: url_of(entry) or "" for name, entry in _mapping(said.get("notifiers")).items()
        },
        routes=tuple(
            _route(_mapping(entry), index, timezone)
            for index, entry in enumerate(_texts_or_list(said.get("routes")))
        ),
        default=_texts(said.get("default")),
    )


def url_of(entry: Json) -> str | None:
    """Return the address of a notifier's entry, which may be just that."""
    url = entry.get("url") if isinstance(entry, Mapping) else entry
    return url if isinstance(url, str) else None


def find_clock(value: Json | None) -> time | None:
    """Read `22:00`; YAML reads it as the minutes of the day where it has no quotes."""
    minutes = value
    if isinstance(value, str):
        match = _CLOCK.match(value)
        minutes = int(match[1]) * 60 + int(match[2]) if match else None
    if isinstance(minutes, int) and 0 <= minutes < 24 * 60:
        return time(minutes // 60, minutes % 60)
    return None


def find_duration(text: str) -> timedelta | None:
    """Read `30m`, `4h` or `2d`; None for anything else, or for more than ten years."""
    match = _DURATION.match(text)
    if match is None or len(match[1]) > 7:
        return None
    found = timedelta(**{_UNITS[match[2]]: int(match[1])})
    return found if found <= timedelta(days=LONGEST_DAYS) else None


def _route(raw: Mapping[str, Json], index: int, timezone: str) -> Route:
    quiet = raw.get("quiet")
    return Route(
        name=f"routes[{index}]",
        to=_texts(raw.get("to")),
        owners=_texts(raw.get("owner")),
        domains=_texts(raw.get("domain")),
        severity=str(raw.get("severity") or "low"),
        tags=_texts(raw.get("tag")),
        quiet=_quiet(quiet, timezone) if isinstance(quiet, dict) else None,
        digest=find_duration(str(raw.get("digest"))),
        repeat=find_duration(str(raw.get("repeat"))),
    )


def _quiet(raw: Mapping[str, Json], timezone: str) -> Quiet:
    return Quiet(
        begin=find_clock(raw.get("from")) or time.min,
        end=find_clock(raw.get("to")) or time.min,
        zone=str(raw.get("zone") or timezone),
        days=_texts(raw.get("days")) or DAYS,
    )


def _mapping(value: Json | None) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _texts_or_list(value: Json | None) -> list[Json]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _texts(value: Json | None) -> tuple[str, ...]:
    return tuple(str(item) for item in _texts_or_list(value))
