"""What an incident comes from and what rests on it, as a picture, from left to right.

It says nothing that the lists beside it do not say.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from meshwright.app.catalog.veil import SOMETHING
from meshwright.app.incident_pages import ImpactNode

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _PAD = 190.0, 44.0, 60.0, 14.0, 8.0
_LETTERS = 25


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that the product reads, by its `input`. `is_suspect`: it may be what is wrong."""

    name: str
    detail: str
    is_suspect: bool
    input: str = ""


@dataclass(frozen=True, slots=True)
class _Box:
    x: float
    y: float
    title: str
    detail: str
    tone: str


def incident_picture(product: str, causes: Sequence[Cause], tree: Sequence[ImpactNode]) -> Markup:
    """Return the picture as SVG; nothing where nothing is read and nothing rests on it."""
    if not causes and not tree:
        return Markup("")
    first = 1 if causes else 0
    rows: list[_Box] = []
    lines: list[tuple[_Box, _Box, bool]] = []
    height = max(len(causes), _leaves(tree), 1) * (_HEIGHT + _GAP_Y) - _GAP_Y
    centre = _Box(_column(first), (height - _HEIGHT) / 2, product, "here", "here")
    rows.append(centre)
    top = (height - len(causes) * (_HEIGHT + _GAP_Y) + _GAP_Y) / 2
    for number, cause in enumerate(causes):
        tone = "suspect" if cause.is_suspect else ""
        box = _Box(_column(0), top + number * (_HEIGHT + _GAP_Y), cause.name, cause.detail, tone)
        rows.append(box)
        lines.append((box, centre, cause.is_suspect))
    leaves = _leaves(tree)
    top = (height - leaves * (_HEIGHT + _GAP_Y) + _GAP_Y) / 2 if leaves else 0.0
    _place(tree, centre, first + 1, top, rows, lines)
    return _svg(rows, lines, f"What {product} reads, and what rests on it")


def _place(
    nodes: Iterable[ImpactNode],
    parent: _Box,
    column: int,
    top: float,
    rows: list[_Box],
    lines: list[tuple[_Box, _Box, bool]],
) -> None:
    for node in nodes:
        room = _leaves((node,)) * (_HEIGHT + _GAP_Y) - _GAP_Y
        title = node.product or SOMETHING
        detail = ", ".join(node.ports)
        box = _Box(_column(column), top + (room - _HEIGHT) / 2, title, detail, "hit")
        rows.append(box)
        lines.append((parent, box, True))
        _place(node.below, box, column + 1, top, rows, lines)
        top += room + _GAP_Y


def _leaves(nodes: Sequence[ImpactNode]) -> int:
    return sum(max(1, _leaves(node.below)) for node in nodes)


def _column(number: int) -> float:
    return number * (_WIDTH + _GAP_X)


def _svg(rows: Sequence[_Box], lines: Sequence[tuple[_Box, _Box, bool]], about: str) -> Markup:
    width = max(box.x for box in rows) + _WIDTH + 2 * _PAD
    height = max(box.y for box in rows) + _HEIGHT + 2 * _PAD
    drawn = "".join([*(_line(*line) for line in lines), *map(_box, rows)])
    return Markup(
        f'<svg class="impact-picture" viewBox="{-_PAD:g} {-_PAD:g} {width:g} {height:g}" width="{width:g}"'
        f' height="{height:g}" role="img" aria-label="{escape(about)}">{drawn}</svg>'
    )


def _line(a: _Box, b: _Box, is_strong: bool) -> str:
    x, y, to, at = a.x + _WIDTH, a.y + _HEIGHT / 2, b.x, b.y + _HEIGHT / 2
    middle = (x + to) / 2
    kind = "strong" if is_strong else "weak"
    return (
        f'<path class="{kind}" d="M{x:g} {y:g}C{middle:g} {y:g} {middle:g} {at:g} {to:g} {at:g}"/>'
    )


def _box(box: _Box) -> str:
    return (
        f'<g class="{escape(box.tone)}"><title>{escape(box.title)}</title>'
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{_WIDTH:g}" height="{_HEIGHT:g}" rx="6"/>'
        f'<text class="title" x="{box.x + 10:g}" y="{box.y + 19:g}">{escape(_cut(box.title))}</text>'
        f'<text x="{box.x + 10:g}" y="{box.y + 35:g}">{escape(_cut(box.detail))}</text></g>'
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 1]}…"
