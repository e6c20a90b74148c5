"""A walk as a Mermaid flowchart, such as GitHub draws one."""

from collections.abc import Mapping

from meshwright.lineage.walking import ANY, ROWS, Place, Walk
from meshwright.model.lineage import DIRECT, IDENTITY, UNKNOWN

MOST_EDGES = 400  # GitHub draws no flowchart of more than 500
_SHAPES = {"source": ("[(", ")]"), "external": ("{{", "}}"), "model": ("([", "])")}
_PLAIN = ("[", "]")


def flowchart(walk: Walk, kinds: Mapping[str, str]) -> str:
    """Return a flowchart from what is read to what is made of it; above 400 edges, of data sets alone."""
    edges = {
        (
            (a.source, a.link.source_column or _all(a.link.kind)),
            (a.target, a.link.column or ANY),
        ): a.link
        for a in reversed(walk.arrows)
    }
    if len(edges) > MOST_EDGES or not edges:
        return _of_datasets(walk, kinds)
    ids: dict[tuple[Place, str], str] = {}
    for ends in edges:
        for end in ends:
            ids.setdefault(end, f"c{len(ids)}")
    lines = ["flowchart LR"]
    for number, place in enumerate(dict.fromkeys(place for place, _ in ids)):
        lines.append(f'  subgraph d{number}["{_escaped(_named(place))}"]')
        lines += [f'    {ids[end]}["{_column(end[1])}"]' for end in ids if end[0] == place]
        lines.append("  end")
    for (source, target), link in edges.items():
        how = "unknown" if link.kind == UNKNOWN else link.how.lower().replace("_", " ")
        label = "" if (link.kind, link.how) == (DIRECT, IDENTITY) else f"|{how}|"
        line = "-->" if link.kind == DIRECT else "-.->"
        lines.append(f"  {ids[source]} {line}{label} {ids[target]}")
    return "\n".join(lines) + "\n"


def _of_datasets(walk: Walk, kinds: Mapping[str, str]) -> str:
    ids = {walk.start: "d0"}
    edges: dict[tuple[Place, Place], bool] = {}
    for arrow in walk.arrows:
        for place in (arrow.source, arrow.target):
            ids.setdefault(place, f"d{len(ids)}")
        pair = (arrow.source, arrow.target)
        edges[pair] = edges.get(pair, False) or arrow.link.kind == DIRECT
    lines = ["flowchart LR"]
    for place, name in ids.items():
        before, after = _SHAPES.get(kinds.get(place.dataset, ""), _PLAIN)
        lines.append(f'  {name}{before}"{_escaped(_named(place))}"{after}')
    lines += [
        f"  {ids[a]} {'-->' if direct else '-.->'} {ids[b]}" for (a, b), direct in edges.items()
    ]
    return "\n".join(lines) + "\n"


def _all(kind: str) -> str:
    return ANY if kind in (UNKNOWN, DIRECT) else ROWS


def _column(name: str) -> str:
    return {ANY: "(all columns)", ROWS: "(rows)"}.get(name) or _escaped(name)


def _named(place: Place) -> str:
    if not place.dataset:
        return "unknown"
    return f"{place.dataset}@{place.version}" if place.version else place.dataset


def _escaped(text: str) -> str:
    shown = "".join(char if char.isprintable() else " " for char in text)
    return (
        shown.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
    )
