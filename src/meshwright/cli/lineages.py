"""Lineage as a tree: each data set with the columns that matter on the way to where the walk began."""

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from meshwright.app.lineage import Lineage
from meshwright.cli.console import clean
from meshwright.lineage.reading import Link
from meshwright.lineage.walking import ANY, ROWS, Arrow, Place
from meshwright.model.lineage import AGGREGATION, DIRECT, IDENTITY, INDIRECT, UNKNOWN

SHOWN = 12  # columns in one line; direct ones
SHOWN_INDIRECT = 6
_DIM = "bright_black"
_WORDS = {  # how the near column is made -> what is said upwards, downwards
    "same": ("unchanged", "unchanged"),
    "computed": ("computed from", "computed into"),
    "aggregated": ("aggregated from", "aggregated into"),
    "masked": ("masked from", "masked into"),
    "unknown": ("unknown", "unknown"),
    "decides": ("depends on", "decides on"),
}


def tree(lineage: Lineage) -> Tree:
    """Return the whole walk as a tree."""
    return _Drawing(lineage).drawn()


class _Drawing:
    def __init__(self, lineage: Lineage) -> None:
        self._lineage = lineage
        self._is_up = lineage.walk.direction == "up"
        self._by_near: dict[Place, list[Arrow]] = {}
        for arrow in lineage.walk.arrows:
            self._by_near.setdefault(self._near(arrow), []).append(arrow)
        self._drawn: dict[Place, set[str]] = {}

    def drawn(self) -> Tree:
        walk = self._lineage.walk
        column = f".{clean(walk.column)}" if walk.column else ""
        root = Tree(self._heading(walk.start, column), guide_style=_DIM)
        if not walk.arrows:
            none = "made of nothing that is known" if self._is_up else "nothing is made of it"
            root.add(Text(none, style=_DIM))
        self._grow(root, walk.start, {walk.column or ANY})
        return root

    def _grow(self, branch: Tree, near: Place, columns: set[str]) -> None:
        """Draw what is next to a place; what was drawn before is only named."""
        self._drawn.setdefault(near, set()).update(columns)
        nexts: dict[Place, list[Arrow]] = {}
        for arrow in self._by_near.get(near, ()):
            if self._is_on_way(arrow.link, columns):
                nexts.setdefault(self._far(arrow), []).append(arrow)
        # what is made of it, or it of that, before what only decides on rows
        for far, arrows in sorted(nexts.items(), key=lambda item: _is_indirect(item[1])):
            reached = {self._reached(arrow.link) for arrow in arrows}
            is_known = reached <= self._drawn.get(far, set()) and far in self._by_near
            twig = branch.add(
                self._label(far, arrows, len(columns) > 1 or ANY in columns, is_known)
            )
            if not is_known:
                self._grow(twig, far, reached)

    def _is_on_way(self, link: Link, columns: set[str]) -> bool:
        if ANY in columns:
            return True
        if self._is_up:
            return link.column in (*columns, ANY, "") or ROWS in columns
        return link.source_column in columns or (link.source_column == "" and link.kind != INDIRECT)

    def _reached(self, link: Link) -> str:
        if self._is_up:
            return link.source_column or (ROWS if link.kind == INDIRECT else ANY)
        return link.column or ANY

    def _near(self, arrow: Arrow) -> Place:
        return arrow.target if self._is_up else arrow.source

    def _far(self, arrow: Arrow) -> Place:
        return arrow.source if self._is_up else arrow.target

    def _heading(self, place: Place, column: str = "", *, is_dim: bool = False) -> Text:
        name = clean(place.dataset) or "unknown"
        kind = self._lineage.kinds.get(place.dataset, "")
        text = Text(f"{name}{column}", style=_DIM if is_dim else "bold", overflow="fold")
        if place.version:
            text.append(f" @{place.version}", style=_DIM)
        elif kind in ("port", "model"):
            text.append("  not published yet", style="yellow")
        if kind in ("model", "source", "external"):
            text.append(f"  {kind}", style="cyan")
        return text

    def _label(
        self, far: Place, arrows: Sequence[Arrow], has_many: bool, is_known: bool
    ) -> RenderableType:
        is_dim = _is_indirect(arrows)
        heading = self._heading(far, is_dim=is_dim)
        if is_known:
            heading.append("  (as above)", style=_DIM)
        jobs = sorted(
            {a.link.by for a in arrows if self._lineage.kinds.get(far.dataset) == "external"}
        )
        if jobs:
            heading.append(f"  by {clean(', '.join(jobs))}", style=_DIM)
        lines = Table.grid(padding=(0, 2))
        lines.add_column(no_wrap=True, min_width=15)
        lines.add_column(overflow="fold")
        for kind in _WORDS:
            found = [arrow.link for arrow in arrows if _kind(arrow.link) == kind]
            if found:
                style = {"decides": _DIM, "unknown": "yellow"}.get(kind, "")
                word = _WORDS[kind][0 if self._is_up else 1]
                lines.add_row(
                    Text(word, style=style or "green"), self._columns(kind, found, has_many, style)
                )
        return Group(heading, lines)

    def _columns(self, kind: str, links: Sequence[Link], has_many: bool, style: str) -> Text:
        if kind == "unknown":
            names = sorted({clean(_shown(link.column)) for link in links})
            said = f"what {_listed(names, SHOWN)} is made of cannot be known"
            return Text(said, style=style)
        if kind == "decides":
            return Text(_listed(self._deciding(links), SHOWN_INDIRECT), style=style)
        pairs = ((link.column, link.source_column) for link in links)
        return Text(_listed(dict.fromkeys(self._pair(*pair, has_many) for pair in pairs), SHOWN))

    def _pair(self, made: str, of: str, has_many: bool) -> str:
        far, near = (of, made) if self._is_up else (made, of)
        if not has_many or near == far or near in (ANY, ""):
            return clean(_shown(far))
        arrow = "←" if self._is_up else "→"
        return clean(f"{_shown(near)} {arrow} {_shown(far)}")

    def _deciding(self, links: Sequence[Link]) -> Iterable[str]:
        hows: dict[str, set[str]] = {}
        for link in links:
            far = link.source_column if self._is_up else link.column
            name = "its rows" if self._is_up and not far else _shown(far)
            hows.setdefault(clean(name), set()).add(link.how.lower().replace("_", " "))
        return [
            name if name == "its rows" else f"{name} ({', '.join(sorted(how))})"
            for name, how in sorted(hows.items())
        ]


def _is_indirect(arrows: Iterable[Arrow]) -> bool:
    return all(arrow.link.kind == INDIRECT for arrow in arrows)


def _kind(link: Link) -> str:
    if link.kind == UNKNOWN or (link.kind == DIRECT and not link.source_column):
        return "unknown"
    if link.kind == INDIRECT:
        return "decides"
    if link.is_masked:
        return "masked"
    return {IDENTITY: "same", AGGREGATION: "aggregated"}.get(link.how, "computed")


def _shown(column: str) -> str:
    return "all columns" if column in (ANY, "") else column


def _listed(names: Iterable[str], most: int) -> str:
    known = list(names)
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(known[:most]) + more
