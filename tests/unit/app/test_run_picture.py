"""The picture of a run: who stands where, what is next to it, what is left out, what is hidden."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from meshwright.app.catalog.run_picture import (
    MOST_NEAR,
    MOST_SHOWN,
    Around,
    Member,
    RunPicture,
    picture_of,
)
from meshwright.serve.web.rendering import _environment

READS: dict[str, tuple[str, ...]] = {
    "a.raw": (), "a.clean": ("a.raw",), "b.report": ("a.clean", "b.names"), "b.names": (),
    "c.board": ("b.report",), "c.far": ("c.board",), "d.alone": (),
}  # fmt: skip


def around(
    reads: Mapping[str, Iterable[str]] = READS, is_known: Callable[[str], bool] = lambda _: True
) -> Around:
    readers = {
        name: tuple(one for one, others in reads.items() if name in others) for name in reads
    }
    return Around(
        lambda name: tuple(reads.get(name, ())),
        lambda name: readers.get(name, ()),
        lambda _: "healthy",
        is_known,
    )


def run(**statuses: str) -> list[Member]:
    return [Member(name.replace("__", "."), status) for name, status in statuses.items()]


def html(drawn: RunPicture) -> str:
    """Return the picture as a page has it."""
    macros: Any = _environment().get_template("builds/picture.html").module
    return str(macros.picture(drawn, "run"))


def names(drawn: RunPicture, *, near: bool) -> set[str]:
    return {spot.product for spot in drawn.spots if spot.is_near == near}


def test_each_stands_right_of_what_it_reads_and_edges_say_who_reads_whom() -> None:
    drawn = picture_of(run(a__raw="published", a__clean="running", b__report="waiting"), around())
    at = {spot.product: spot for spot in drawn.spots}
    assert at["a.raw"].x < at["a.clean"].x < at["b.report"].x < at["c.board"].x
    assert {(flow.source, flow.target) for flow in drawn.flows} == {
        ("a.raw", "a.clean"), ("a.clean", "b.report"), ("b.names", "b.report"), ("b.report", "c.board"),
    }  # fmt: skip
    assert at["b.report"].reads == ("a.clean", "b.names")
    for spot in drawn.spots:
        assert 0 <= spot.x <= drawn.width - spot.width
        assert 0 <= spot.y <= drawn.height - spot.height


def test_only_what_is_next_to_a_run_stands_beside_it() -> None:
    drawn = picture_of(run(b__report="published"), around())
    assert names(drawn, near=False) == {"b.report"}
    assert names(drawn, near=True) == {"a.clean", "b.names", "c.board"}, "not what is farther"
    assert {spot.status for spot in drawn.spots if spot.is_near} == {"healthy"}
    assert (drawn.shown, drawn.total, drawn.counts) == (1, 1, {"published": 1})


def test_no_two_lie_over_each_other() -> None:
    reads = {f"a.p{n}": () for n in range(40)} | {"b.all": tuple(f"a.p{n}" for n in range(40))}
    drawn = picture_of([Member(name, "published") for name in reads], around(reads))
    places = {(spot.x, spot.y) for spot in drawn.spots}
    assert len(places) == len(drawn.spots) == 41


def test_what_somebody_may_not_know_of_is_no_node_no_edge_and_is_not_counted() -> None:
    said = run(a__raw="published", a__clean="failed", b__report="skipped")
    drawn = picture_of(said, around(is_known=lambda name: name not in ("a.clean", "c.board")))
    assert {spot.product for spot in drawn.spots} == {"a.raw", "b.report", "b.names"}
    assert [(flow.source, flow.target) for flow in drawn.flows] == [("b.names", "b.report")]
    assert (drawn.shown, drawn.total, drawn.counts) == (2, 2, {"published": 1, "skipped": 1})
    assert all("a.clean" not in spot.reads for spot in drawn.spots)
    text = html(drawn)
    assert "a.clean" not in text
    assert "c.board" not in text


def large() -> tuple[dict[str, tuple[str, ...]], list[Member]]:
    """Return a run of many, in which one runs that two read, one failed, and many are up to date."""
    reads: dict[str, tuple[str, ...]] = {f"a.p{n:03}": () for n in range(300)}
    reads |= {"z.one": ("a.p299",), "z.two": ("a.p299",)}
    said = [Member(name, "up to date") for name in reads if name not in ("a.p299", "a.p150")]
    return reads, [*said, Member("a.p299", "running"), Member("a.p150", "failed")]


def test_of_a_large_run_what_matters_is_drawn_and_the_rest_is_counted() -> None:
    reads, said = large()
    drawn = picture_of(said, around(reads))
    assert names(drawn, near=False) == {"a.p299", "a.p150", "z.one", "z.two"}
    assert (drawn.shown, drawn.total) == (4, 302)
    assert drawn.counts == {"up to date": 300, "running": 1, "failed": 1}
    assert "4 of 302 products of this run are drawn" in html(drawn)


def test_of_a_large_run_so_many_are_drawn_and_those_are_tied_to_each_other() -> None:
    reads = {"a.p000": ()} | {f"a.p{n:03}": (f"a.p{n - 1:03}",) for n in range(1, 300)}
    for status in ("running", "published"):
        said = [Member(name, "waiting") for name in reads if name != "a.p100"]
        drawn = picture_of([*said, Member("a.p100", status)], around(reads))
        assert (drawn.shown, drawn.total) == (MOST_SHOWN, 300)
        assert len(drawn.flows) == MOST_SHOWN - 1
        assert len(html(drawn)) < 60_000
    said = [Member(name, "failed") for name in reads]
    assert picture_of(said, around(reads)).shown == MOST_SHOWN


def test_of_a_large_run_in_which_all_went_well_what_is_tied_is_drawn() -> None:
    reads: dict[str, tuple[str, ...]] = {f"a.p{n:03}": () for n in range(200)}
    reads |= {f"b.p{n:03}": (f"a.p{n + 150:03}",) for n in range(50)}
    drawn = picture_of([Member(name, "published") for name in reads], around(reads))
    assert (drawn.shown, len(drawn.flows)) == (MOST_SHOWN, MOST_SHOWN // 2)


def test_what_a_page_is_about_is_drawn_whatever_else_is() -> None:
    reads, said = large()
    assert "a.p280" not in names(picture_of(said, around(reads)), near=False)
    assert "a.p280" in names(picture_of(said, around(reads), "a.p280"), near=False)


def test_what_was_left_out_of_a_large_run_does_not_come_back_as_a_neighbour() -> None:
    reads = {f"a.p{n:03}": () for n in range(200)} | {
        "z.all": tuple(f"a.p{n:03}" for n in range(200))
    }
    drawn = picture_of([Member(name, "published") for name in reads], around(reads), "z.all")
    assert names(drawn, near=True) == set()


def test_neighbours_are_bounded_and_counted() -> None:
    reads = {f"a.p{n:03}": () for n in range(100)} | {
        "z.all": tuple(f"a.p{n:03}" for n in range(100))
    }
    drawn = picture_of(run(z__all="published"), around(reads))
    assert (len(names(drawn, near=True)), drawn.near_left_out) == (MOST_NEAR, 100 - MOST_NEAR)
    assert f"{100 - MOST_NEAR} more are next to it" in html(drawn)


@pytest.mark.parametrize(
    ("status", "mark"),
    [
        ("published", '<circle class="good"'),
        ("rejected", '<rect class="bad"'),
        ("failed", '<rect class="bad"'),
        ("running", '<circle class="at"'),
        ("waiting", '<circle class="waits"'),
        ("skipped", '<circle class="unknown"'),
        ("held", '<circle class="unknown"'),
        ("up to date", '<circle class="unknown"'),
        ("accepted", '<circle class="unknown"'),
    ],
)
def test_how_each_fares_is_a_word_and_a_shape(status: str, mark: str) -> None:
    drawn = picture_of([Member("a.raw", status, build="b-1")], around())
    text = html(drawn)
    assert f"<title>a.raw: {status}</title>" in text
    assert mark in text
    assert 'href="/builds/b-1"' in text
    assert 'href="/products/a.clean"' in text
    assert "a.clean: healthy, not part of this run; reads a.raw</title>" in text
    assert "Dashed: no part of this run" in text


def test_what_runs_says_what_it_does_in_as_many_letters_as_there_is_place_for() -> None:
    long = "auditing a port with a long name"
    drawn = picture_of([Member("a.raw", "running", long, "b-1")], around())
    text = html(drawn)
    assert f"<title>a.raw: running, {long}</title>" in text
    assert '<tspan data-stage="b-1" data-before=": " data-most="21">: auditing a port with…' in text
