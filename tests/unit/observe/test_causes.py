"""Hints: one sentence each, the strongest first."""

from meshwright.observe.incidents.causes import (
    Above,
    Evidence,
    InputChange,
    PortChange,
    SegmentShare,
    hints,
)


def test_all_that_is_found_is_told_strongest_first() -> None:
    evidence = Evidence(
        above=[Above("inc-3", "sales.orders", "few rows")],
        ports=[
            PortChange("daily", ("1.0.0", "1.1.0"), True, ("tax",), ("fee",), ("amount",)),
            PortChange("weekly", code=True),
        ],
        has_new_code=True,
        inputs=[
            InputChange("orders", "sales.orders.lines", True, (4, 5)),
            InputChange("raw", "silo/raw.csv", True),
            InputChange("rates", "silo/rates.csv", False),
        ],
        segments=[
            SegmentShare("daily", "rows", "origin=JFK", 0.71),
            SegmentShare("daily", "nulls", "origin=LGA", 0.3),
        ],
        since=7,
    )
    assert hints(evidence) == (
        "`sales.orders`, which it rests on, is unhealthy (inc-3): few rows",
        "`daily` lost `fee` and changed the type of `amount` and gained `tax` since version 7",
        "the contract of `daily` changed since version 7 (1.0.0 → 1.1.0)",
        "the models of `daily`, `weekly` changed since version 7",
        "origin=JFK makes 71% of the change of rows in `daily`",
        "input `orders` (sales.orders.lines) moved from version 4 to 5",
        "input `raw` (silo/raw.csv) changed since version 7",
    )


def test_of_late_data_an_input_that_brought_nothing_is_told() -> None:
    inputs = [InputChange("orders", "sales.orders.lines", False, (4, 4))]
    assert hints(Evidence(inputs=inputs, is_late=True, since=2)) == (
        "nothing new came from input `orders` (sales.orders.lines) since version 2",
    )


def test_of_a_failed_build_no_port_is_known_but_its_code_is() -> None:
    assert hints(Evidence(has_new_code=True, since=1)) == (
        "the product's code changed since version 1",
    )
    assert hints(Evidence()) == ()
