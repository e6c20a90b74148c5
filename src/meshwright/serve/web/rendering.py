"""Templates and the few words they share: numbers, times and sizes as people read them."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from meshwright.access.wording import shown_as
from meshwright.serve.web import drawing
from meshwright.serve.web.bundle import static
from meshwright.serve.web.programs import program

_UNITS = (
    (86400 * 365, "year"),
    (86400 * 30, "month"),
    (86400, "day"),
    (3600, "hour"),
    (60, "minute"),
)
_CODED = re.compile(r"`([^`\n]{1,200})`")
TONES: Mapping[str, str] = {
    **dict.fromkeys(("good", "ok", "healthy", "published", "passed", "pass", "approved", "resolved"), "good"),
    **dict.fromkeys(("warning", "warn", "degraded", "late", "acknowledged", "open", "waived", "due"), "warn"),
    **dict.fromkeys(("bad", "broken", "failed", "rejected", "fail", "refused", "violated", "error"), "bad"),
    **dict.fromkeys(("running", "info", "expected"), "info"),
}  # fmt: skip


def render(template: str, words: Mapping[str, Any]) -> str:
    """Return a page's HTML."""
    return _environment().get_template(template).render(words)


def navigation(here: str, mesh: str, *, is_menu: bool = False) -> Markup:
    """Return the links to every part of a mesh, on a page of the path `here`."""
    return _navigation(f"/{here[1:].partition('/')[0]}", mesh, is_menu)


@lru_cache(maxsize=200)
def _navigation(here: str, mesh: str, is_menu: bool) -> Markup:
    return Markup(render("parts/nav.html", {"here": here, "mesh": mesh, "is_menu": is_menu}))


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("meshwright.serve.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(
        number=number,
        ago=ago,
        when=when,
        size=size,
        seconds=seconds,
        tone=tone,
        url=url,
        of_unit=of_unit,
        moment_of=moment_of,
        masked=shown_as,
        coded=coded,
        program=program,
    )
    made.globals.update(static=static, draw=drawing, navigation=navigation)
    return made


def url(text: object) -> str:
    """Return a text as a part of an address."""
    return quote(str(text), safe="@.:~-_")


def coded(text: object) -> Markup:
    """Return a message of ours with what stands in backticks as code; the rest as the text that it is."""
    return Markup(_CODED.sub(r"<code>\1</code>", str(escape(text))))


def tone(word: str) -> str:
    """Return good, warn, bad or info for a word of ours; '' for others."""
    return TONES.get(word, "")


def number(value: float | None) -> str:
    """Return a number with its thousands apart; a dash for none."""
    if value is None:
        return "–"
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.1f}"


def size(value: float | None) -> str:
    """Return a number of bytes."""
    if value is None:
        return "–"
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if abs(value) < 1024:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{round(value, 1):g} {unit}"
        value /= 1024
    return f"{round(value, 1):g} TiB"


def seconds(value: float | None) -> str:
    """Return a length of time in seconds."""
    if value is None:
        return "–"
    if value < 1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.1f} s" if value < 60 else f"{int(value // 60)} min {int(value % 60)} s"


def of_unit(value: float | None, unit: str = "") -> str:
    """Return a number as charts write it: a share as per cent, seconds as a length of time."""
    if value is None:
        return "–"
    if unit == "share":
        return f"{value * 100:,.4g} %"
    if unit == "seconds" and abs(value) >= 3600:
        return f"{value / 86400:,.1f} days" if abs(value) >= 2 * 86400 else f"{value / 3600:.1f} h"
    return seconds(value) if unit == "seconds" else number(value)


def moment_of(value: float) -> str:
    """Return a time in seconds since 1970: a day alone where it is midnight, UTC."""
    found = datetime.fromtimestamp(value, UTC)
    return found.strftime("%Y-%m-%d" if value % 86400 == 0 else "%Y-%m-%d %H:%M")


def moment(value: str | datetime) -> datetime | None:
    """Return the time that a text says (ISO 8601; UTC where it names no zone); None for none."""
    if isinstance(value, datetime):
        return value
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def when(value: str | datetime) -> str:
    """Return a time to the minute, in UTC."""
    found = moment(value) if value else None
    return found.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if found else "–"


def ago(value: str | datetime) -> str:
    """Return how long ago something was, or how long until it is."""
    found = moment(value) if value else None
    if found is None:
        return "–"
    passed = (datetime.now(UTC) - found).total_seconds()
    for length, unit in _UNITS:
        if abs(passed) >= length:
            count = int(abs(passed) // length)
            words = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"{words} ago" if passed > 0 else f"in {words}"
    return "just now" if passed >= 0 else "in a moment"
