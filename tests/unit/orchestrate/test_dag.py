"""Layers, and what no layer can hold."""

from meshwright.orchestrate.dag import endless, levels

RING = {"a": ("b",), "b": ("a",), "c": ("b",), "d": (), "e": ("d",)}


def test_nodes_in_a_circle_and_those_that_wait_for_it_are_endless() -> None:
    assert endless(RING) == {"a", "b", "c"}
    assert endless({"a": (), "b": ("a",)}) == set()


def test_an_edge_said_twice_is_one() -> None:
    assert levels("ab", {"b": ("a", "a")}) == [["a"], ["b"]]


def test_each_layer_is_sorted_and_edges_to_others_are_left_out() -> None:
    assert levels("cab", {"c": ("x",)}) == [["a", "b", "c"]]
