"""Lineage as a small picture: data sets in layers, the start at one end, in the colour of the notebook."""

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from meshwright.notebook.html import box, muted, tag, title

if TYPE_CHECKING:
    from meshwright.app.lineage import Lineage
    from meshwright.lineage.walking import Place

MOST = 40  # data sets in a picture
_WIDE, _HIGH, _GAP, _STEP = 210, 34, 70, 46
_LETTERS = 30


def lineage_html(found: "Lineage") -> Markup:
    """Return a picture of a walk, and how much of it there is."""
    layers, left = _layers(found)
    way = "made of" if found.walk.direction == "up" else "used for"
    count = sum(map(len, layers)) - 1
    said = f"{way} {count} data set{'' if count == 1 else 's'}"
    more = muted(f"{left} more are further away; `.document()` has all") if left else ""
    return box(title(found.address, muted(said)), _svg(found, layers), tag("div", more))


def _layers(found: "Lineage") -> tuple[list[list["Place"]], int]:
    """Return data sets by how many steps away they are, and how many have no room."""
    steps = {found.walk.start: 0}
    for arrow in sorted(found.walk.arrows, key=lambda one: one.depth):
        for place in (arrow.target, arrow.source):
            steps.setdefault(place, arrow.depth)
    shown = sorted(steps, key=lambda place: (steps[place], place))[:MOST]
    layers: dict[int, list[Place]] = {}
    for place in shown:
        layers.setdefault(steps[place], []).append(place)
    return [layers[step] for step in sorted(layers)], len(steps) - len(shown)


def _svg(found: "Lineage", layers: list[list["Place"]]) -> Markup:
    ordered = layers[::-1] if found.walk.direction == "up" else layers
    tallest = max(map(len, ordered))
    spots = {
        place: (8 + x * (_WIDE + _GAP), 8 + y * _STEP + (tallest - len(layer)) * _STEP // 2)
        for x, layer in enumerate(ordered)
        for y, place in enumerate(layer)
    }
    width = 16 + len(ordered) * _WIDE + (len(ordered) - 1) * _GAP
    height = 16 + tallest * _STEP
    pairs = dict.fromkeys((arrow.source, arrow.target) for arrow in found.walk.arrows)
    lines = "".join(
        _curve(spots[source], spots[target])
        for source, target in pairs
        if source in spots and target in spots and source != target
    )
    boxes = "".join(
        _node(place, spot, found.kinds.get(place.dataset, ""), is_start=place == found.walk.start)
        for place, spot in spots.items()
    )
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="lineage of {escape(found.address)}"'
        f' viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' style="max-width:100%;height:auto;color:inherit;font:12px ui-sans-serif,system-ui,sans-serif">'
        f"{lines}{boxes}</svg>"
    )


def _curve(source: tuple[int, int], target: tuple[int, int]) -> str:
    x1, y1 = source[0] + _WIDE, source[1] + _HIGH // 2
    x2, y2 = target[0], target[1] + _HIGH // 2
    if x2 < x1:  # within a layer, or back
        x1, x2 = source[0] + _WIDE // 2, target[0] + _WIDE // 2
    middle = (x1 + x2) // 2
    return (
        f'<path d="M{x1},{y1} C{middle},{y1} {middle},{y2} {x2},{y2}" fill="none"'
        ' stroke="currentColor" stroke-opacity=".45"/>'
    )


def _node(place: "Place", spot: tuple[int, int], kind: str, *, is_start: bool) -> str:
    x, y = spot
    name = place.dataset
    short = name if len(name) <= _LETTERS else f"…{name[-_LETTERS + 1 :]}"
    about = f"{kind}{f', version {place.version}' if place.version else ''}"
    stroke = 2 if is_start else 1
    return (
        f"<g><title>{escape(name)} ({escape(about)})</title>"
        f'<rect x="{x}" y="{y}" width="{_WIDE}" height="{_HIGH}" rx="5" fill="currentColor"'
        f' fill-opacity=".05" stroke="currentColor" stroke-width="{stroke}" stroke-opacity=".6"/>'
        f'<text x="{x + 9}" y="{y + 15}" fill="currentColor">{escape(short)}</text>'
        f'<text x="{x + 9}" y="{y + 28}" fill="currentColor" fill-opacity=".7" font-size="10">'
        f"{escape(about)}</text></g>"
    )
