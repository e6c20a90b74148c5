"""From the first sign to the last: one incident for one cause, in a mesh that is built for real."""

from pathlib import Path
from typing import Any

import pytest

import meshwright
from meshwright.app.incidents import raise_signals
from meshwright.errors import MeshwrightError, RefusedError, UsageError
from meshwright.model.address import Address
from meshwright.model.facts import AnomalyFound, BuildStarted, IncidentOpened, PortAudited
from meshwright.model.signal import Signal
from tests.integration.shop import BAD_ORDERS, MORE_ORDERS, ORDERS, build, rows, statuses
from tests.meshes import set_model, set_silo

ORDERS_PORT = Address("sales", "orders", "orders")


def incidents(folder: Path, *, closed: bool = True) -> list[tuple[str, str, str]]:
    """Return (id, product, state) of the incidents, the oldest first."""
    with meshwright.open(folder) as mesh:
        found = mesh.incidents.list(closed=closed)
        assert mesh.ledger_verify()["problems"] == []
    return [(one.id, one.product, one.state) for one in reversed(found)]


def anomaly(address: Address = ORDERS_PORT, **more: Any) -> Signal:
    """Return an anomaly."""
    return Signal("anomaly", address, f"rows of `{address}` are few", metric="rows", **more)


def test_a_rejected_build_opens_one_with_all_that_is_needed_to_begin(shop: Path) -> None:
    """The owner, what failed in numbers, what rests on it, what changed: all in the same transaction."""
    set_silo(shop, "sales.orders.raw", BAD_ORDERS)
    build(shop)
    rows(shop, "select count(*) from insight.report.names")
    with meshwright.open(shop) as mesh:
        page = mesh.incidents.show("1")
        kinds = [entry["kind"] for entry in mesh.ledger_entries(limit=4)]
        reader = mesh.wiring.actor
    line = page.line
    assert (line.id, line.product, line.address) == ("inc-1", "sales.orders", "sales.orders.orders")
    assert (line.owner, line.severity, line.kind, line.state) == (
        "sales@example.com",
        "high",
        "check",
        "open",
    )
    assert line.explanation == (
        "`orders` fails `amount.minimum` in 1 of 4 rows; `orders` fails `primaryKey` in 2 of 4 rows"
    )
    assert line.impact == ("insight.report.names", "insight.report.spending")
    assert page.hints == (
        "input `raw` (../../../silos/sales.orders.raw.csv) changed since version 1",
    )
    assert [(node.product, node.ports) for node in page.tree] == [
        ("insight.report", ("names", "spending"))
    ]
    assert page.owners == ("insight@example.com",)
    assert page.readers == (reader,)
    assert [(event.event, event.actor) for event in page.timeline] == [("opened", reader)]
    assert "IncidentOpened" in kinds


def test_one_that_stays_bad_is_one_incident_and_the_next_good_build_ends_it(shop: Path) -> None:
    for text in (BAD_ORDERS, BAD_ORDERS + "9,2,-3\n"):
        set_silo(shop, "sales.orders.raw", text)
        build(shop, "sales.orders")
    assert incidents(shop) == [("inc-1", "sales.orders", "open")]
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    build(shop, "sales.orders")
    assert incidents(shop) == [("inc-1", "sales.orders", "resolved")]
    with meshwright.open(shop) as mesh:
        (resolved,) = [e for e in mesh.incidents.show("inc-1").timeline if e.event == "resolved"]
        published = mesh.history("sales.orders")[0].build
    assert resolved.text == f"build {published} was published"
    set_silo(shop, "sales.orders.raw", BAD_ORDERS)
    build(shop, "sales.orders")
    assert incidents(shop) == [("inc-1", "sales.orders", "open")]


def test_a_source_that_is_mended_ends_it_without_a_build(shop: Path) -> None:
    set_silo(shop, "sales.orders.raw", BAD_ORDERS)
    build(shop)
    set_silo(shop, "sales.orders.raw", ORDERS)
    assert statuses(build(shop))["sales.orders"] == "up_to_date"
    assert incidents(shop) == [("inc-1", "sales.orders", "resolved")]


def test_accepting_ends_it(shop: Path) -> None:
    set_silo(shop, "sales.orders.raw", BAD_ORDERS)
    build(shop)
    with meshwright.open(shop) as mesh:
        mesh.accept("sales.orders", reason="known", owner="sales@example.com")
    assert incidents(shop) == [("inc-1", "sales.orders", "resolved")]


def test_a_failed_build_opens_one_that_tells_its_code_and_that_the_code_changed(shop: Path) -> None:
    set_model(shop, "sales.customers", "customers", "select id, error('ada') as name from people")
    build(shop)
    with meshwright.open(shop) as mesh:
        page = mesh.incidents.show("inc-1")
        payloads = str(mesh.ledger_entries(["IncidentOpened"]))
    assert page.line.kind == "build"
    assert page.line.cause.startswith("build-failed: ")
    assert page.hints == ("the product's code changed since version 1",)
    assert "ada" not in payloads
    set_model(shop, "sales.customers", "customers", "select id, name from people")
    build(shop)
    assert incidents(shop) == [("inc-1", "sales.customers", "resolved")]


def test_a_source_that_is_gone_opens_one_until_it_is_back(shop: Path) -> None:
    """No build of it is recorded, and still the product is unhealthy."""
    silo = shop / "silos" / "sales.orders.raw.csv"
    kept = silo.read_bytes()
    silo.unlink()
    assert statuses(build(shop))["sales.orders"] == "failed"
    assert incidents(shop) == [("inc-1", "sales.orders", "open")]
    build(shop, "sales.customers", force=True)
    assert incidents(shop) == [("inc-1", "sales.orders", "open")]
    silo.write_bytes(kept)
    build(shop)
    assert incidents(shop) == [("inc-1", "sales.orders", "resolved")]


def test_a_changed_model_is_named(shop: Path) -> None:
    set_model(shop, "sales.orders", "clean", "select id, customer, -amount as amount from raw")
    build(shop)
    with meshwright.open(shop) as mesh:
        hints = mesh.incidents.show("inc-1").hints
    assert hints == ("the models of `orders`, `totals` changed since version 1",)


def test_an_interrupted_build_is_nobodys_incident(shop: Path) -> None:
    with meshwright.open(shop) as mesh:
        mesh.wiring.ledger.record([BuildStarted("b9", "sales.orders", "code")])
        mesh.run()
    assert incidents(shop) == []


def test_signals_below_an_unhealthy_product_join_it_and_leave_when_all_is_well(shop: Path) -> None:
    set_silo(shop, "sales.orders.raw", BAD_ORDERS)
    build(shop)
    with meshwright.open(shop) as mesh:
        late = Signal("late", Address("insight", "report", "spending"), "it is late", metric="age")
        raise_signals(mesh.wiring, None, Address("insight", "report"), [late])
        assert raise_signals(mesh.wiring, None, Address("insight", "report"), [late]) == []
        assert [one[0] for one in mesh.show("insight.report").incidents] == ["inc-1"]
        assert mesh.incidents.show("inc-1").signals[-1].startswith("late|insight.report.spending")
    assert incidents(shop) == [("inc-1", "sales.orders", "open")]
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    build(shop)
    with meshwright.open(shop) as mesh:
        raise_signals(mesh.wiring, None, Address("insight", "report"), [], healthy=["late"])
    assert incidents(shop) == [("inc-1", "sales.orders", "resolved")]


def test_an_incident_above_takes_over_what_was_open_below(shop: Path) -> None:
    with meshwright.open(shop) as mesh:
        below = anomaly(Address("insight", "report", "spending"))
        raise_signals(mesh.wiring, None, Address("insight", "report"), [below])
    set_silo(shop, "sales.orders.raw", BAD_ORDERS)
    build(shop)
    assert incidents(shop) == [
        ("inc-1", "insight.report", "resolved"),
        ("inc-2", "sales.orders", "open"),
    ]
    with meshwright.open(shop) as mesh:
        assert "see inc-2" in mesh.incidents.show("1").timeline[-1].text


def test_hints_say_which_segment_makes_the_change(shop: Path) -> None:
    """JFK lost most of its rows; LGA hardly any."""
    with meshwright.open(shop) as mesh:
        record = mesh.wiring.ledger.record
        for day, jfk, lga in ((1, 100, 50), (2, 104, 52), (3, 102, 49), (4, 20, 47)):
            metrics = [["", "rows", jfk + lga], ["", "rows", jfk, "origin=JFK"]]
            metrics.append(["", "rows", lga, "origin=LGA"])
            of = (f"b{day}", "sales.orders")
            record([BuildStarted(*of, "code", f"2026-01-0{day}")])
            record([PortAudited(*of, "orders", jfk + lga, False, [], metrics)])
        series = {"column": "", "segment": "", "metric": "rows"}
        found = AnomalyFound(
            "sales.orders", "orders", series, "2026-01-04", 67, [140, 150, 160], "drop", "high",
            3.0, "few", "b4",
        )  # fmt: skip
        record([found])
        signal = anomaly(business_date="2026-01-04", build="b4")
        (opened,) = raise_signals(mesh.wiring, None, Address("sales", "orders"), [signal])
    assert isinstance(opened, IncidentOpened)
    assert "origin=JFK makes 96% of the change of rows in `orders`" in opened.hints


def test_a_person_takes_care_of_it(shop: Path) -> None:
    """Acknowledge, comment, mark, resolve, reopen: each a fact with who, when and why."""
    with meshwright.open(shop) as mesh:
        raise_signals(mesh.wiring, None, ORDERS_PORT, [anomaly(business_date="2026-01-04")])
        desk = mesh.incidents
        assert desk.acknowledge("inc-1", "asked them").state == "acknowledged"
        assert desk.comment("1", "it is the new sensor").state == "acknowledged"
        assert desk.mark("inc-1", "real").state == "acknowledged"
        assert desk.mark("inc-1", "expected", "a strike").mark == "expected"
        assert desk.list() == ()
        again = desk.reopen("inc-1", "no, it was not")
        assert (again.state, again.mark) == ("open", "")
        assert desk.resolve("inc-1", "over").state == "resolved"
        page = desk.show("inc-1")
        assert page.line.explanation == "rows of `sales.orders.orders` are few"
        assert [(event.event, event.text) for event in page.timeline[1:]] == [
            ("acknowledged", "asked them"),
            ("commented", "it is the new sensor"),
            ("marked real", ""),
            ("marked expected", "a strike"),
            ("resolved", "it was expected"),
            ("reopened", "no, it was not"),
            ("resolved", "over"),
        ]
        assert {event.actor for event in page.timeline} == {mesh.wiring.actor}
    assert incidents(shop) == [("inc-1", "sales.orders", "resolved")]


def test_incidents_are_selected_like_products(shop: Path) -> None:
    with meshwright.open(shop) as mesh:
        for domain, product in (("sales", "orders"), ("insight", "lonely")):
            signal = anomaly(Address(domain, product))
            raise_signals(mesh.wiring, None, Address(domain, product), [signal])
        assert [one.id for one in mesh.incidents.list()] == ["inc-2", "inc-1"]
        assert [one.id for one in mesh.incidents.list("sales.*")] == ["inc-1"]
        with pytest.raises(UsageError, match="selects no product"):
            mesh.incidents.list("nowhere.*")


@pytest.mark.parametrize(
    ("do", "code"),
    [
        (lambda desk: desk.show("inc-9"), "incident-unknown"),
        (lambda desk: desk.show(""), "incident-unknown"),
        (lambda desk: desk.show("in"), "incident-ambiguous"),
        (lambda desk: desk.comment("inc-1", " "), "note-missing"),
        (lambda desk: desk.mark("inc-1", "perhaps"), "verdict-unknown"),
        (lambda desk: desk.reopen("inc-1"), "incident-open"),
        (lambda desk: (desk.resolve("inc-2"), desk.acknowledge("inc-2")), "incident-resolved"),
    ],
)
def test_what_makes_no_sense_is_refused(shop: Path, do: Any, code: str) -> None:
    with meshwright.open(shop) as mesh:
        for name in ("orders", "customers"):
            signal = anomaly(Address("sales", name))
            raise_signals(mesh.wiring, None, Address("sales", name), [signal])
        with pytest.raises((UsageError, RefusedError)) as refused:
            do(mesh.incidents)
    assert isinstance(refused.value, MeshwrightError)
    assert refused.value.code == code
