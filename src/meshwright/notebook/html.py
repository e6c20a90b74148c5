"""HTML for a cell: escaped texts, tables and words of status, in whatever colours the notebook has."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

_LINE = "1px solid rgba(128,128,128,.35)"
CELL = f"padding:2px 10px 2px 0;text-align:left;vertical-align:top;border-bottom:{_LINE}"
NUMBER = CELL.replace("text-align:left", "text-align:right") + ";font-variant-numeric:tabular-nums"
MUTED = "opacity:.7"
CODE = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.92em"
# A hue beside each word: bright enough on dark, dark enough on light; the word itself says it.
_HUES = {
    "good": "#2e9e5b",
    "bad": "#d1453b",
    "warn": "#b7791f",
    "calm": "#808080",
}
_TONES = {
    **dict.fromkeys(("healthy", "published", "active", "passed", "up_to_date", "allowed"), "good"),
    **dict.fromkeys(("broken", "rejected", "failed", "refused", "denied", "open", "high", "critical"), "bad"),
    **dict.fromkeys(("degraded", "held", "acknowledged", "accepted", "retired", "masked"), "warn"),
}  # fmt: skip


def text(value: object) -> Markup:
    """Return a value as HTML: escaped, unless it is HTML already; nothing for None."""
    if isinstance(value, Markup):
        return value
    return escape("" if value is None else str(value))


def tag(name: str, *parts: object, style: str = "") -> Markup:
    """Return an element around parts."""
    styled = f' style="{escape(style)}"' if style else ""
    return Markup(f"<{name}{styled}>{join(parts)}</{name}>")


def join(parts: Iterable[object], between: str = "") -> Markup:
    """Return parts one after another."""
    return Markup(text(between).join(text(part) for part in parts))


def muted(*parts: object) -> Markup:
    """Return what matters less."""
    return tag("span", *parts, style=MUTED)


def code(value: object) -> Markup:
    """Return an address, a name or SQL."""
    return tag("code", value, style=CODE)


def word(status: str) -> Markup:
    """Return a status: its word, with a dot of its hue before it."""
    hue = _HUES[_TONES.get(status, "calm")]
    dot = tag("span", "●", style=f"color:{hue};margin-right:.35em")
    return tag("span", dot, status.replace("_", " "), style="white-space:nowrap")


def title(name: object, *beside: object) -> Markup:
    """Return the first line of what is shown."""
    head = tag("strong", name, style="font-size:1.08em")
    return tag("div", join([head, *beside], "  "), style="margin:2px 0 6px")


def table(
    heads: Sequence[object], rows: Iterable[Sequence[object]], caption: object = ""
) -> Markup:
    """Return a table; what is a number stands to the right."""
    first = join(tag("th", head, style=CELL) for head in heads)
    lines = join(tag("tr", join(_cell(value) for value in row)) for row in rows)
    about = tag("caption", caption, style=f"caption-side:bottom;text-align:left;{MUTED}")
    return tag(
        "table",
        about if caption else "",
        tag("thead", tag("tr", first)),
        tag("tbody", lines),
        style="border-collapse:collapse;margin:4px 0",
    )


def facts(pairs: Iterable[tuple[str, object]]) -> Markup:
    """Return names with what is said of each; what is empty is left out."""
    rows = [
        tag("tr", tag("td", muted(name), style=CELL), tag("td", value, style=CELL))
        for name, value in pairs
        if value not in ("", None, ())
    ]
    return tag("table", tag("tbody", *rows), style="border-collapse:collapse;margin:4px 0")


def box(*parts: object) -> Markup:
    """Return all of one thing that is shown."""
    return tag(
        "div", *parts, style="font-size:13px;line-height:1.45;overflow-x:auto;max-width:100%"
    )


def _cell(value: object) -> Markup:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return tag("td", f"{value:,}" if isinstance(value, int) and is_number else value,
               style=NUMBER if is_number else CELL)  # fmt: skip
