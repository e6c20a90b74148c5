"""What other tools tell, as facts: joined to products, known once, and never older than what is known."""

import json
from pathlib import Path
from typing import Any

import pytest

from meshwright.app.lineage_import import Taken, take_bytes
from meshwright.errors import UnreachableError, UsageError
from tests.integration.shop import build, opened, state
from tests.meshes import change_yaml, home_of

SAMPLES = Path(__file__).parents[1] / "data" / "openlineage"


def sample(folder: Path, tool: str) -> bytes:
    text = (SAMPLES / f"{tool}.ndjson").read_text()
    return text.replace("{MESH}", str(folder)).encode()


def take(folder: Path, *events: dict[str, Any] | bytes) -> Taken:
    """Take events, all at once, and return what became of them."""
    data = b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in events)
    with opened(folder) as mesh:
        return take_bytes(mesh.wiring, data)[0]


def event(at: str, run: str = "r1", state: str = "COMPLETE", **sets: list[str]) -> dict[str, Any]:
    """Return an event of a job of another tool at a time of day."""
    named = {
        side: [{"namespace": "x", "name": name} for name in names] for side, names in sets.items()
    }
    return {
        "eventType": state,
        "eventTime": f"2026-03-02T{at}:00Z",
        "producer": "https://example.com",
        "run": {"runId": run},
        "job": {"namespace": "ns", "name": "job"},
        **named,
    }


def edges(folder: Path) -> set[tuple[str, ...]]:
    with state(
        folder, "SELECT dataset, column_name, source, source_column FROM external_edges"
    ) as rows:
        return {tuple(map(str, row)) for row in rows}


def counted(folder: Path) -> int:
    with state(folder, "SELECT count(*) FROM facts WHERE kind = 'ExternalRunSeen'") as rows:
        return int(rows[0][0])


def names(folder: Path, address: str, **how: Any) -> set[str]:
    """Return the data sets that lineage reaches from an address."""
    with opened(folder) as mesh:
        document = mesh.lineage(address, **how).document()
    return {one["name"]: one["kind"] for one in document["datasets"]}.keys()  # type: ignore[return-value]


@pytest.mark.parametrize("tool", ["airflow", "spark", "dbt", "flink"])
def test_events_of_each_tool_are_taken_and_taken_again_change_nothing(
    shop: Path, tool: str
) -> None:
    data = sample(shop, tool)
    first = take(shop, data)
    assert first.failed == []
    assert first.recorded >= 1
    before, facts = edges(shop), counted(shop)
    again = take(shop, data)
    assert (again.recorded, again.known) == (0, again.received)
    assert (edges(shop), counted(shop)) == (before, facts)


def test_heartbeats_of_a_stream_are_not_recorded(shop: Path) -> None:
    """Five times that it runs, and reads and writes the same: nothing new."""
    taken = take(shop, sample(shop, "flink"))
    assert (taken.recorded, taken.known) == (1, 5)


def test_what_is_upstream_and_downstream_of_products_is_seen(shop: Path) -> None:
    """A table that Airflow copies into the mesh's file; a bucket that Spark fills from a port."""
    take(shop, sample(shop, "airflow"))
    take(shop, sample(shop, "spark"))
    up = names(shop, "insight.report.spending.amount")
    assert "postgres://db.example.com:5432/shop.public.orders" in up
    down = names(shop, "sales.orders.orders.amount", up=False)
    assert "s3://scores/customers" in down


def test_an_alias_joins_a_warehouse_to_a_port(shop: Path) -> None:
    """mesh.yaml says what another tool calls a port."""
    aliases = {"snowflake://acme-prod/wh.raw.customers": "sales.customers.customers"}
    change_yaml(shop / "mesh.yaml", lambda mesh: mesh.update(openlineage={"aliases": aliases}))
    take(shop, sample(shop, "dbt"))
    down = names(shop, "sales.customers.customers", up=False)
    assert "snowflake://acme-prod/wh.marts.fct_customers" in down


def test_a_run_may_say_at_its_start_what_it_reads_and_at_its_end_what_it_wrote(shop: Path) -> None:
    take(shop, event("01:00", state="START", inputs=["a"]))
    take(shop, event("01:05", outputs=["b"]))
    assert edges(shop) == {("x/b", "", "x/a", "")}


def test_a_newer_run_replaces_what_the_job_read_before(shop: Path) -> None:
    take(shop, event("01:00", inputs=["a"], outputs=["b"]))
    take(shop, event("02:00", "r2", inputs=["c"], outputs=["b"]))
    assert edges(shop) == {("x/b", "", "x/c", "")}


def test_a_late_event_changes_nothing_newer(shop: Path) -> None:
    """Of an older run that nobody heard of, of an older run that is known, and of the run itself."""
    take(shop, event("02:00", "r2", inputs=["c"], outputs=["b"]))
    take(shop, event("01:00", "r1", inputs=["a"], outputs=["b"]))
    take(shop, event("01:30", "r1", inputs=["a2"], outputs=["b"]))
    assert edges(shop) == {("x/b", "", "x/c", "")}
    take(shop, event("01:59", "r2", "START", inputs=["c"]))
    with state(shop, "SELECT run, state FROM external_runs ORDER BY run") as rows:
        assert rows == [("r1", "COMPLETE"), ("r2", "COMPLETE")]


def test_events_in_any_order_end_the_same(shop: Path) -> None:
    """What a queue delivered backwards is no other lineage."""
    told = [
        event("01:00", "r1", "START", inputs=["a"]),
        event("01:05", "r1", outputs=["b"]),
        event("02:00", "r2", "START", inputs=["c", "d"]),
        event("02:05", "r2", outputs=["b"]),
    ]
    take(shop, *reversed(told))
    assert edges(shop) == {("x/b", "", "x/c", ""), ("x/b", "", "x/d", "")}


def test_what_is_wrong_with_one_event_stops_no_other(shop: Path) -> None:
    taken = take(
        shop, event("01:00", inputs=["a"], outputs=["b"]), {"no": "event"}, event("02:00", "r2")
    )
    assert (taken.received, taken.recorded) == (3, 2)
    ((number, why),) = taken.failed
    assert number == 1
    assert "`eventTime`" in why


def test_events_of_this_mesh_that_come_back_are_its_own(shop: Path) -> None:
    """A server that passes everything on gives the mesh its own builds: they are known."""
    sink = {"transport": "file", "path": "events.ndjson"}
    change_yaml(shop / "mesh.yaml", lambda mesh: mesh.update(openlineage=sink))
    with opened(shop) as mesh:
        mesh.send_lineage()
        taken = mesh.import_lineage(shop / "events.ndjson")
    assert (taken.received, taken.own, taken.recorded) == (8, 8, 0)


def test_a_renamed_product_is_followed_in_what_others_told(shop: Path) -> None:
    """Before and after the rename, by the folder of its table and by its earlier address."""
    take(shop, sample(shop, "spark"))
    descriptor = home_of(shop, "insight.report") / "product.odps.yaml"
    change_yaml(
        descriptor,
        lambda said: said.update(
            name="insights",
            customProperties=[{"property": "formerly", "value": "insight.report"}],
        ),
    )
    for name in ("names", "spending"):
        contract = home_of(shop, "insight.report") / "contracts" / f"{name}.odcs.yaml"
        change_yaml(contract, lambda said: said.pop("dataProduct", None))
    build(shop)
    assert ("s3://scores/customers", "who", "insight.insights.spending", "name") in edges(shop)
    address = {"namespace": "test", "name": "insight.report.spending"}
    take(shop, {**event("09:00", "r9", outputs=["z"]), "inputs": [address]})
    assert ("x/z", "", "insight.insights.spending", "") in edges(shop)
    with opened(shop) as mesh:
        assert mesh.ledger_verify()["problems"] == []


def test_projections_of_foreign_runs_rebuild_to_the_same(shop: Path) -> None:
    for tool in ("airflow", "spark", "dbt", "flink"):
        take(shop, sample(shop, tool))
    take(shop, event("02:00", "r2", inputs=["c"], outputs=["b"]), event("01:00", inputs=["a"]))
    with opened(shop) as mesh:
        assert mesh.ledger_verify()["problems"] == []
        mesh.ledger_rebuild()
        assert mesh.ledger_verify()["problems"] == []


def test_a_file_that_cannot_be_read_is_told(shop: Path) -> None:
    (shop / "broken.json").write_text("{")
    with opened(shop) as mesh:
        with pytest.raises(UnreachableError, match="no such file"):
            mesh.import_lineage(shop / "nothing.json")
        with pytest.raises(UsageError, match="these are no events"):
            mesh.import_lineage(shop / "broken.json")


def test_many_inputs_and_outputs_are_joined_to_their_job_and_not_each_to_each(shop: Path) -> None:
    """An event of a few kilobytes would make millions of edges."""
    many = {side: [f"{side}{n}" for n in range(110)] for side in ("inputs", "outputs")}
    take(shop, event("01:00", **many))
    assert len(edges(shop)) == 220
    assert {"x/inputs0", "x/inputs109"} <= names(shop, "x/outputs7")


def test_a_name_that_no_store_keeps_stops_no_other_event(shop: Path) -> None:
    bad = event("01:00", inputs=["a\ud800"], outputs=["b"])
    taken = take(shop, bad, event("02:00", inputs=["a"], outputs=["b"]))
    assert ([number for number, _ in taken.failed], taken.recorded) == ([0], 1)


def test_a_namespace_that_looks_like_a_product_is_none(shop: Path) -> None:
    """Its first two parts are like a domain and a product; what it reads stays readable."""
    build(shop)
    read = f"{shop}/.mesh/data/sales/orders/orders"
    told = event("10:00", inputs=[read], outputs=["orders"])
    told["inputs"][0]["namespace"], told["outputs"][0]["namespace"] = "file", "food.delivery.x"
    assert take(shop, told).failed == []
    assert "food.delivery.x/orders" in names(shop, "sales.orders.orders", up=False)
    with opened(shop) as mesh:
        graph = mesh.lineage_graph("sales.orders.orders")
        assert graph.known["food.delivery.x/orders"].kind == "external"
        assert mesh.lineage_graph("food.delivery.x/orders").graph.node("sales.orders.orders")
