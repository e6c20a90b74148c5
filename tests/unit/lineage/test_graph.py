"""Walks as one graph: each edge once, what is on which side, and where there is more than is shown."""

from collections.abc import Collection

from meshwright.lineage.graph import ENDLESS, GraphNode, graph_from, with_neighbours
from meshwright.lineage.reading import Link
from meshwright.lineage.walking import Arrow, Place, Walk

MID = Place("a.mid.mid", 2)
LOW = Place("a.low.low", 1)
TOP = Place("a.top.top", 1)
SOURCE = Place("files:silos/a.csv")


def link(
    target: Place, column: str, source: Place, of: str, kind: str = "DIRECT", how: str = "IDENTITY"
) -> Link:
    return Link(target.dataset, column, source.dataset, of, kind, how, by="a.product")


def arrow(depth: int, target: Place, source: Place, found: Link, *, direct: bool = True) -> Arrow:
    return Arrow(target, source, found, depth, direct)


UP = Walk(
    MID,
    "x",
    "up",
    (
        arrow(1, MID, LOW, link(MID, "x", LOW, "y")),
        arrow(1, MID, LOW, link(MID, "*", LOW, "z", "INDIRECT", "FILTER"), direct=False),
        arrow(2, LOW, SOURCE, link(LOW, "y", SOURCE, "y")),
    ),
)
DOWN = Walk(
    MID,
    "x",
    "down",
    (arrow(1, TOP, MID, link(TOP, "total", MID, "x", "DIRECT", "AGGREGATION")),),
)


def test_what_is_above_stands_below_zero_and_what_is_below_above_it() -> None:
    graph = graph_from([UP, DOWN], [ENDLESS, ENDLESS])
    assert [(node.dataset, node.depth) for node in graph.nodes] == [
        ("a.mid.mid", 0),
        ("a.low.low", -1),
        ("a.top.top", 1),
        ("files:silos/a.csv", -2),
    ]
    assert {node.dataset: node.columns for node in graph.nodes} == {
        "a.mid.mid": ("x",),
        "a.low.low": ("y", "z"),
        "a.top.top": ("total",),
        "files:silos/a.csv": ("y",),
    }
    assert graph.nodes[0].versions == (2,)


def test_an_edge_for_every_column_is_one_of_the_whole_and_never_direct_where_it_decides_on_rows() -> (
    None
):
    edges = {e.source_column: e for e in graph_from([UP, DOWN], [1, 1]).edges}
    assert edges["z"].column == ""
    assert not edges["z"].is_direct
    assert edges["y"].is_direct


def test_an_edge_that_two_walks_find_stands_once_and_is_direct_if_one_way_is() -> None:
    again = Walk(
        MID, "x", "up", tuple(arrow(1, MID, LOW, a.link, direct=False) for a in UP.arrows[:2])
    )
    graph = graph_from([again, UP], [1, 1])
    assert len(graph.edges) == 2
    assert [e.is_direct for e in graph.edges if e.source_column == "y"] == [True]


def test_one_step_further_than_is_shown_tells_that_there_is_more() -> None:
    graph = graph_from([UP, DOWN], [1, 0])
    assert [node.dataset for node in graph.nodes] == ["a.mid.mid", "a.low.low"]
    low, mid = graph.node("a.low.low"), graph.node("a.mid.mid")
    assert low is not None
    assert mid is not None
    assert (low.has_more_up, low.has_more_down) == (True, False)
    assert (mid.has_more_up, mid.has_more_down) == (False, True)
    whole = graph_from([UP, DOWN], [ENDLESS, ENDLESS])
    assert not any(node.has_more_up or node.has_more_down for node in whole.nodes)


def test_the_nearest_are_kept_where_there_are_too_many() -> None:
    graph = graph_from([UP, DOWN], [ENDLESS, ENDLESS], most=3)
    assert [node.dataset for node in graph.nodes] == ["a.mid.mid", "a.low.low", "a.top.top"]
    assert graph.left_out == 1
    assert all("files:silos/a.csv" not in (e.source, e.target) for e in graph.edges)
    low = graph.node("a.low.low")
    assert low is not None
    assert low.has_more_up


class Beside:
    """What else is next to the data sets of these tests."""

    def above(self, node: GraphNode) -> Collection[str]:
        return {"a.top.top": {"b.other.other", "a.mid.mid"}}.get(node.dataset, set())

    def below(self, node: GraphNode) -> Collection[str]:
        return {"a.low.low": {"a.mid.mid"}}.get(node.dataset, set())


def test_what_else_is_beside_is_told_unless_it_is_shown() -> None:
    graph = with_neighbours(graph_from([UP, DOWN], [ENDLESS, ENDLESS]), Beside())
    assert [node.dataset for node in graph.nodes if node.has_more_up] == ["a.top.top"]
    assert not any(node.has_more_down for node in graph.nodes)
