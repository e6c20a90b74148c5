"""Small drawings as SVG: a line, bars, a meter. Widths are attributes of SVG: pages have no styles inline."""

from collections.abc import Sequence

from markupsafe import Markup, escape

WIDTH, HEIGHT = 128.0, 28.0


def line(values: Sequence[float | None], about: str) -> Markup:
    """Return a series as a line with its last point marked; `about` is read to who cannot see it."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if not known:
        return Markup("")
    least, most = min(v for _, v in known), max(v for _, v in known)
    step = WIDTH / max(1, len(values) - 1)
    points = [
        (round(place * step, 1), round(_height(value, least, most), 1)) for place, value in known
    ]
    path = " ".join(f"{'M' if not n else 'L'}{x} {y}" for n, (x, y) in enumerate(points))
    x, y = points[-1]
    return _svg(
        "spark",
        about,
        f'<path d="{path}"/><circle cx="{min(max(x, 2), WIDTH - 2)}" cy="{y}" r="2"/>',
    )


def bars(values: Sequence[float], about: str) -> Markup:
    """Return counts as bars, as of a histogram."""
    if not values:
        return Markup("")
    most = max(values) or 1
    width = WIDTH / len(values)
    drawn = "".join(
        f'<rect x="{place * width:.1f}" y="{HEIGHT - HEIGHT * value / most:.1f}"'
        f' width="{max(0.5, width - 1):.1f}" height="{HEIGHT * value / most:.1f}"/>'
        for place, value in enumerate(values)
    )
    return _svg("bars", about, drawn)


def meter(share: float, about: str, tone: str = "") -> Markup:
    """Return a share from 0 to 1 as a filled bar."""
    width = max(0.0, min(1.0, share)) * 100
    drawn = (
        '<rect class="of" width="100" height="8" rx="4"/>'
        f'<rect class="is {escape(tone)}" width="{width:.1f}" height="8" rx="4"/>'
    )
    return Markup(
        f'<svg class="meter" viewBox="0 0 100 8" preserveAspectRatio="none" role="img"'
        f' aria-label="{escape(about)}">{drawn}</svg>'
    )


def _height(value: float, least: float, most: float) -> float:
    if most == least:
        return HEIGHT / 2
    return HEIGHT - 2 - (HEIGHT - 4) * (value - least) / (most - least)


def _svg(kind: str, about: str, drawn: str) -> Markup:
    return Markup(
        f'<svg class="{kind}" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none" role="img"'
        f' aria-label="{escape(about)}">{drawn}</svg>'
    )
