"""Identity links join columns that hold the same values."""

from meshwright.lineage.same import Spot, same_values

A, B, C, D, E = (Spot(f"d.p.{name}", "x") for name in "abcde")


def test_links_are_followed_whichever_way_they_point() -> None:
    assert same_values([(B, A), (B, C)], {A: "term"}) == {B: A, C: A}


def test_the_nearest_start_is_the_origin_and_starts_are_not_answers() -> None:
    joined = [(A, B), (B, C), (C, D), (D, E)]
    assert same_values(joined, {A: "one", E: "other"}) == {B: A, C: A, D: E}


def test_circles_end() -> None:
    assert same_values([(A, B), (B, C), (C, A)], {A: ""}) == {B: A, C: A}


def test_what_no_link_joins_is_left_out() -> None:
    assert same_values([(C, D)], {A: ""}) == {}
