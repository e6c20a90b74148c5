"""Judgements in words: the value, what was expected, and for what kind of day or hour."""

from datetime import datetime, timedelta, tzinfo
from math import isfinite

from meshwright.model.series import Judgement, Kind, Series, Severity, Unit
from meshwright.observe.detectors.seasons import local
from meshwright.observe.detectors.walk import Seen

_STRONG, _CLEAR = 3.0, 1.6
_FOREVER = 1e9
_MOST = 1000.0  # a score that nothing needs to exceed


def judgement(series: Series, seen: Seen) -> Judgement:
    """Return what is to be said of a point."""
    weighed, value = seen.weighed, seen.point.value
    if seen.is_marked:
        return _plain(seen, f"{value_in_words(series, value)}; marked as expected")
    if not seen.kind and seen.seen < seen.needed:
        words = f"{value_in_words(series, value)}; learning, {seen.seen} of {seen.needed}"
        return Judgement(
            seen.point.at, value, "learning", explanation=words, seen=seen.seen, needed=seen.needed
        )
    if not seen.kind:
        return _plain(seen, _told(series, seen))
    score = min(max(weighed.score if weighed is not None else 0.0, 1.0), _MOST)
    if seen.kind in ("stuck", "missing"):
        score = max(score, _CLEAR)
    return Judgement(
        seen.point.at,
        value,
        "anomalous",
        seen.kind,
        weighed.expected if weighed else None,
        weighed.lower if weighed else None,
        weighed.upper if weighed else None,
        round(score, 3),
        _severity(score),
        _told(series, seen),
        seen.seen,
        seen.needed,
    )


def absence(
    series: Series, last: datetime, due: datetime, now: datetime, usual: float, zone: tzinfo
) -> Judgement:
    """Return what is to be said of a point that did not come by `now`."""
    elapsed = (now - last).total_seconds()
    is_skipped = elapsed >= 1.9 * usual
    kind: Kind = "missing" if is_skipped else "late"
    since = f"{local(last, zone):%A %Y-%m-%d %H:%M}"
    score = min(elapsed / max((due - last).total_seconds(), 1.0), _MOST)
    words = (
        f"no {series.metric} for {span(elapsed)}, since {since}; "
        f"usually every {span(usual)}, at most {span((due - last).total_seconds())}"
    )
    return Judgement(
        due,
        None,
        "anomalous",
        kind,
        score=round(score, 3),
        severity=_severity(score),
        explanation=words,
    )


def _plain(seen: Seen, words: str) -> Judgement:
    weighed = seen.weighed
    return Judgement(
        seen.point.at,
        seen.point.value,
        "normal",
        "",
        weighed.expected if weighed else None,
        weighed.lower if weighed else None,
        weighed.upper if weighed else None,
        round(min(weighed.score, _MOST), 3) if weighed else 0.0,
        "",
        words,
        seen.seen,
        seen.needed,
    )


def _told(series: Series, seen: Seen) -> str:
    value, weighed = value_in_words(series, seen.point.value), seen.weighed
    if seen.kind == "stuck":
        changes = f"it changed in {1 - seen.repeating:.0%} of earlier points"
        return f"{value}, the same for {seen.repeats + 1} points; {changes}"
    if weighed is None:
        return f"{value}; usually there is a number" if seen.kind else value
    low, high = number(weighed.lower, series.unit), number(weighed.upper, series.unit)
    text = f"{value}; expected {low} to {high}{_for(seen, weighed.season)}"
    if seen.kind == "level shift":
        text += f"; on another level for {weighed.run} points"
    return text


def value_in_words(series: Series, value: float | None) -> str:
    """Return a value with the word of its metric: `rows 1,180`."""
    if value is None:
        return f"no {series.metric}"
    return f"{series.metric} {number(value, series.unit)}"


def _for(seen: Seen, season: str) -> str:
    if season == "weekday":
        return f" for a {seen.at:%A}"
    if season == "hour":
        return f" for {seen.at:%H}:00"
    if season == "workday":
        day = f"{seen.at:%A}" if seen.at.weekday() > 4 else "workday"
        return f" for a {day} at {seen.at:%H}:00"
    if season == "weekly":
        return f" for a {seen.at:%A} at {seen.at:%H}:00"
    return ""


def _severity(score: float) -> Severity:
    return "high" if score >= _STRONG else "medium" if score >= _CLEAR else "low"


def number(value: float, unit: Unit) -> str:
    """Return a value as people read it: 1,180; 4.2 %; 3 h 20 min."""
    if not isfinite(value):
        return "any" if value > 0 else "NaN" if value != value else "-any"
    if unit == "share":
        return f"{100 * value:.3g} %"
    if unit == "seconds":
        return span(value)
    if unit == "count" or abs(value) >= 10_000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def span(seconds: float) -> str:
    """Return a span of time in its two largest units."""
    if seconds < 0:
        return f"-{span(-seconds)}"
    if seconds > _FOREVER:
        return "many years"
    whole = timedelta(seconds=round(seconds))
    hours, rest = divmod(whole.seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [(whole.days, "d"), (hours, "h"), (minutes, "min"), (left, "s")]
    told = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(told[:2]) or "0 s"
