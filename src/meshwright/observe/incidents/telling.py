"""Put a notice into words: what, where, since when, whose, why, who is hurt, and the next thing to type."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from meshwright.model.signal import worst
from meshwright.observe.incidents.news import (
    OPENED,
    REMINDER,
    RESOLVED,
    WORSENED,
    Item,
    News,
    Notice,
)
from meshwright.spi.notifier import Message

_WHAT = {
    "check": "checks failed",
    "build": "the build failed",
    "anomaly": "not as expected",
    "late": "late",
    "objective": "its service level burns",
}
_SHOWN = 5
_MOST = 20  # incidents that a digest speaks of
_LONGEST = 400
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def message_of(notice: Notice, mesh: str, zone: ZoneInfo, now: datetime) -> Message:
    """Return the message of a notice; times are those of the mesh's clock."""
    severity = worst([item.news.severity for item in notice.items])
    if len(notice.items) == 1:
        item = notice.items[0]
        return Message(title_of(item), _body(item, mesh, zone, now), severity, item.event)
    kinds = {bool(item.news.event) for item in notice.items}
    what = "incidents" if kinds == {False} else "changes" if kinds == {True} else "messages"
    title = _clean(f"{len(notice.items)} {what} in mesh {mesh}, the worst {severity}")
    parts = [f"{title_of(item)}\n{_short(item, zone, now)}" for item in notice.items[:_MOST]]
    more = f"and {len(notice.items) - _MOST} more\n" if len(notice.items) > _MOST else ""
    then = "mesh incidents" if False in kinds else "mesh show"
    body = "\n\n".join(parts) + f"\n\n{more}next        {then}"
    return Message(title, body, severity, notice.event)


def title_of(item: Item) -> str:
    """Return one line: how bad, where, what."""
    news = item.news
    if news.event:
        return _clean(f"{news.event.upper()} {news.address}: {news.cause}")
    head = {
        OPENED: news.severity.upper(),
        WORSENED: f"WORSE: {news.severity.upper()}",
        REMINDER: f"STILL {news.severity.upper()}",
        RESOLVED: "RESOLVED",
    }[item.event]
    return _clean(f"{head} {news.address}: {_WHAT.get(news.kind, news.kind)}")


def _body(item: Item, mesh: str, zone: ZoneInfo, now: datetime) -> str:
    news = item.news
    if news.event:
        return _body_of_change(news, mesh, zone)
    lines = [
        ("what", news.explanation or news.cause),
        ("where", f"{news.address} in mesh {mesh}"),
        ("since", _since(news, zone, now)),
        ("severity", news.severity),
        ("owner", news.owner or ", ".join(news.owners) or "nobody is named"),
        ("cause", news.cause),
        ("date", f"{news.business_date} (business date)" if news.business_date else ""),
        ("downstream", _listed(news.impact) or "nothing reads it"),
        ("people", _listed(news.people)),
        ("hint", "; ".join(news.hints[:2])),
        ("note", news.note if item.event == RESOLVED else ""),
        ("next", f"mesh incidents show {news.id}"),
    ]
    return _laid_out(lines)


def _body_of_change(news: News, mesh: str, zone: ZoneInfo) -> str:
    more = f"and {len(news.hints) - _SHOWN} more" if len(news.hints) > _SHOWN else ""
    lines = [
        ("what", news.explanation),
        *(("", hint) for hint in news.hints[:_SHOWN]),
        ("", more),
        ("where", f"{news.address} in mesh {mesh}"),
        ("when", f"{news.since.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}"),
        ("severity", news.severity),
        ("owner", ", ".join(news.owners) or "nobody is named"),
        ("next", f"mesh show {news.address}"),
    ]
    return _laid_out(lines)


def _short(item: Item, zone: ZoneInfo, now: datetime) -> str:
    news = item.news
    if news.event:
        said = (("what", news.explanation or news.cause), ("next", f"mesh show {news.address}"))
        return _laid_out(said)
    return _laid_out(
        [
            ("what", news.explanation or news.cause),
            ("since", _since(news, zone, now)),
            ("owner", news.owner),
            ("downstream", _listed(news.impact)),
            ("next", f"mesh incidents show {news.id}"),
        ]
    )


def _since(news: News, zone: ZoneInfo, now: datetime) -> str:
    began = f"{news.since.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}"
    if news.ended is not None:
        lasted = ago(news.ended - news.since)
        return f"{began}, until {news.ended.astimezone(zone):%Y-%m-%d %H:%M}: {lasted}"
    return f"{began}, for {ago(now - news.since)}"


def ago(span: timedelta) -> str:
    """Return a time span as people say it."""
    seconds = max(0, int(span.total_seconds()))
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        count = seconds // size
        if count >= 2 or (count and size == 1):
            return f"{count} {word}{'s' if count > 1 else ''}"
    return "less than a second"


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(found[:_SHOWN]) + more


def _laid_out(lines: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{key:<12}{_clean(text)}" for key, text in lines if text)


def _clean(text: str) -> str:
    """Keep a text on its line: names and notes may come from anybody, and titles become mail headers."""
    flat = _CONTROL.sub(" ", text).strip()
    return flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1] + "…"
