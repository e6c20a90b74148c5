"""The map of a mesh: where things stand, what is left out, and that it stays small."""

import gzip
from datetime import UTC, datetime

from meshwright.app.catalog.board import Board, BoardProduct
from meshwright.app.catalog.map import MOST_DOMAINS, MOST_FLOWS, map_of
from meshwright.serve.web.rendering import render


def product(address: str, *reads: str, health: str = "healthy", incidents: int = 0) -> BoardProduct:
    return BoardProduct(
        address, "", "", (), (), "active", health, 1, "", 1, incidents, ("port",), tuple(reads)
    )


def board(*products: BoardProduct) -> Board:
    return Board(datetime(2026, 1, 1, tzinfo=UTC), {one.address: one for one in products})


def test_nodes_of_a_box_lie_within_it_and_flows_go_from_side_to_side() -> None:
    drawn = map_of(board(product("a.one"), product("a.two", "a.one"), product("b.three", "a.two")))
    boxes = {group.name: group for group in drawn.groups}
    for node in drawn.nodes:
        box = boxes[node.address.partition(".")[0]]
        assert box.x <= node.x
        assert node.x + node.width <= box.x + box.width
        assert box.y <= node.y
        assert node.y + node.height <= box.y + box.height
    assert boxes["a"].x < boxes["b"].x
    assert {(flow.source, flow.target) for flow in drawn.flows} == {
        ("a.one", "a.two"),
        ("a.two", "b.three"),
    }


def test_what_is_hidden_is_no_node_and_has_no_flow() -> None:
    drawn = map_of(
        board(product("a.one"), product("b.two", "a.one"), product("c.three", "b.two")), {"b.two"}
    )
    assert [node.address for node in drawn.nodes] == ["a.one", "c.three"]
    assert drawn.flows == ()


def test_health_is_told_by_shape_and_word_too() -> None:
    text = render(
        "parts/map.html",
        {
            "map": map_of(
                board(
                    product("a.one", health="broken", incidents=2),
                    product("a.two", health="degraded"),
                )
            )
        },
    )
    assert "<title>one: broken, 2 open incidents</title>" in text
    assert '<rect class="bad"' in text
    assert '<path class="warn"' in text


def test_a_mesh_of_ten_thousand_products_is_drawn_by_domain_and_stays_small() -> None:
    names = [f"domain_{n % 120}.product_{n}" for n in range(10_000)]
    products = [
        product(
            name,
            *(names[(n * 7 + k) % n] for k in range(min(n, 3))),
            health=("healthy", "broken")[n % 9 == 0],
        )
        for n, name in enumerate(names)
    ]
    drawn = map_of(board(*products))
    assert drawn.is_of_domains
    assert len(drawn.nodes) == MOST_DOMAINS
    assert len(drawn.flows) == MOST_FLOWS
    assert (drawn.hidden_domains, drawn.hidden_flows > 0) == (120 - MOST_DOMAINS, True)
    text = render("parts/map.html", {"map": drawn})
    assert "Left out, for they are too many" in text
    assert text.count("The map as a list") == 1
    assert len(gzip.compress(text.encode())) < 40_000


def test_a_board_draws_once() -> None:
    seen = board(product("a.one"))
    assert map_of(seen) is map_of(seen)
    assert map_of(seen, {"a.one"}) is not map_of(seen)
