"""What builds tell lineage tools, held against the standard: of each way in which a build ends."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.shop import (
    BAD_ORDERS,
    MORE_ORDERS,
    SHOP,
    build,
    column,
    opened,
    statuses,
    write_shop,
)
from tests.meshes import change_contract, change_yaml, set_model, set_silo, write_mesh
from tests.openlineage import DIGESTS, assert_standard, digest, facets_of

EVENTS = Path("out") / "events.ndjson"


def tell(folder: Path, **more: Any) -> Path:
    """Let a mesh write its events into a file."""
    sink = {"transport": "file", "path": str(EVENTS), **more}
    change_yaml(folder / "mesh.yaml", lambda mesh: mesh.update(openlineage=sink))
    return folder


def events(folder: Path) -> list[dict[str, Any]]:
    """Return what was told, oldest first; each of it is standard."""
    path = folder / EVENTS
    told = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    for event in told:
        assert_standard(event)
    return told


def of(told: list[dict[str, Any]], product: str) -> list[dict[str, Any]]:
    return [event for event in told if event["job"]["name"] == product]


def output(event: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [one for one in event["outputs"] if one["name"] == name]
    return found


@pytest.mark.parametrize("name", DIGESTS)
def test_the_schemas_are_those_that_openlineage_publishes(name: str) -> None:
    assert digest(name) == DIGESTS[name]


def test_a_published_build_tells_start_and_complete_with_all_facets(tmp_path: Path) -> None:
    """One run, its ports with schema, version, checks, statistics, owners; what it read with counts."""
    folder = tell(write_shop(tmp_path / "mesh"))
    change_contract(
        folder,
        "sales.orders.orders",
        lambda said: said["schema"][0].update(description="Every order."),
    )
    build(folder)
    start, complete = of(events(folder), "sales.orders")
    assert (start["eventType"], complete["eventType"]) == ("START", "COMPLETE")
    assert start["run"]["runId"] == complete["run"]["runId"]
    assert start["eventTime"] < complete["eventTime"]
    assert complete["job"]["namespace"] == "test"
    assert complete["job"]["facets"]["ownership"]["owners"][0]["name"] == "sales@example.com"
    assert complete["run"]["facets"]["meshwright_build"]["productVersion"] == 1
    orders = output(complete, "sales.orders.orders")
    assert [field["name"] for field in orders["facets"]["schema"]["fields"]] == [
        "id",
        "customer",
        "amount",
    ]
    assert orders["facets"]["documentation"]["description"] == "Every order."
    assert orders["facets"]["version"]["datasetVersion"] == "1"
    assert orders["outputFacets"]["outputStatistics"]["rowCount"] == 3
    assertions = {
        one["assertion"]: one for one in orders["facets"]["dataQualityAssertions"]["assertions"]
    }
    assert assertions["amount.minimum"]["success"] is True
    assert assertions["amount.minimum"]["failures"] == 0
    (raw,) = complete["inputs"]
    assert (raw["namespace"], raw["name"]) == (
        "file",
        str(folder / "silos" / "sales.orders.raw.csv"),
    )
    report = of(events(folder), "insight.report")[-1]
    (read,) = [one for one in report["inputs"] if one["name"] == "sales.orders.orders"]
    metrics = read["inputFacets"]["dataQualityMetrics"]
    assert (metrics["rowCount"], metrics["columnMetrics"]["customer"]["distinctCount"]) == (3, 2)


def test_column_lineage_reaches_what_the_job_read_through_its_models(tmp_path: Path) -> None:
    """`totals` is made of `clean`, which is made of the file: the file is what is told."""
    folder = tell(write_shop(tmp_path / "mesh"))
    build(folder, "sales.orders")
    totals = output(of(events(folder), "sales.orders")[-1], "sales.orders.totals")
    lineage = totals["facets"]["columnLineage"]
    (total,) = lineage["fields"]["total"]["inputFields"]
    assert total["name"].endswith("sales.orders.raw.csv")
    assert total["field"] == "amount"
    assert total["transformations"][0] == {
        "type": "DIRECT",
        "subtype": "AGGREGATION",
        "masking": False,
    }
    grouped = {one["field"]: one["transformations"][0] for one in lineage["dataset"]}
    assert grouped["customer"]["subtype"] == "GROUP_BY"


def test_a_rejected_build_fails_with_its_checks_and_without_a_version(tmp_path: Path) -> None:
    """Which promise is broken, by how many rows; the outputs have no version and no statistics."""
    folder = tell(write_shop(tmp_path / "mesh"))
    build(folder, "sales.orders")
    set_silo(folder, "sales.orders.raw", BAD_ORDERS)
    build(folder, "sales.orders")
    fail = of(events(folder), "sales.orders")[-1]
    assert fail["eventType"] == "FAIL"
    said = fail["run"]["facets"]["meshwright_build"]
    assert said["status"] == "rejected"
    assert "orders:amount.minimum" in said["failedChecks"]
    assert "errorMessage" not in fail["run"]["facets"]
    orders = output(fail, "sales.orders.orders")
    assert "version" not in orders["facets"]
    assert orders["outputFacets"] == {}
    broken = [
        one for one in orders["facets"]["dataQualityAssertions"]["assertions"] if not one["success"]
    ]
    assert {"amount.minimum": 1}.items() <= {
        one["assertion"]: one["failures"] for one in broken
    }.items()


def test_an_accepted_build_is_a_run_of_its_own(tmp_path: Path) -> None:
    """The rejected run has ended; what the owner published has another id, a start and an end."""
    folder = tell(write_shop(tmp_path / "mesh"))
    build(folder, "sales.orders")
    set_silo(folder, "sales.orders.raw", BAD_ORDERS)
    build(folder, "sales.orders")
    with opened(folder) as mesh:
        mesh.accept("sales.orders", reason="known", owner="sales@example.com")
    build(folder)
    told = of(events(folder), "sales.orders")
    assert [event["eventType"] for event in told[-3:]] == ["FAIL", "START", "COMPLETE"]
    assert told[-1]["run"]["runId"] == told[-2]["run"]["runId"] != told[-3]["run"]["runId"]
    assert told[-1]["run"]["facets"]["meshwright_build"]["waiver"]


def test_a_failed_build_tells_its_code_and_never_its_message(tmp_path: Path) -> None:
    folder = tell(write_shop(tmp_path / "mesh"))
    set_model(
        folder, "sales.orders", "orders", "select id, customer, error('c4n4ry') amount from raw"
    )
    assert statuses(build(folder, "sales.orders"))["sales.orders"] == "failed"
    fail = of(events(folder), "sales.orders")[-1]
    assert fail["eventType"] == "FAIL"
    assert fail["run"]["facets"]["meshwright_build"]["error"]
    assert "c4n4ry" not in (folder / EVENTS).read_text()


def test_an_interrupted_build_is_aborted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle: told by the next run, as ABORT."""
    from meshwright.app import build as building

    folder = tell(write_shop(tmp_path / "mesh"))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(building, "_make_and_judge", interrupted)
        with pytest.raises(KeyboardInterrupt):
            build(folder, "sales.orders")
    build(folder, "sales.orders")
    told = [event["eventType"] for event in of(events(folder), "sales.orders")]
    assert told == ["START", "ABORT", "START", "COMPLETE"]


def test_business_time_is_the_nominal_time(tmp_path: Path) -> None:
    """A date is that day, in the mesh's time zone."""
    folder = tell(write_shop(tmp_path / "mesh"))
    change_yaml(folder / "mesh.yaml", lambda mesh: mesh.update(timezone="Europe/Berlin"))
    build(folder, "sales.orders", as_of="2026-01-31", force=True)
    nominal = of(events(folder), "sales.orders")[-1]["run"]["facets"]["nominalTime"]
    assert nominal["nominalStartTime"] == "2026-01-30T23:00:00+00:00"
    assert nominal["nominalEndTime"].startswith("2026-01-31T2")


def test_no_value_of_the_data_leaves(tmp_path: Path) -> None:
    """Neither values nor the limits that checks name, nor models' text unless it is wanted."""
    people = "id,name,iban\n1,c4n4ry,DE89370400440532013000\n2,bob,DE02120300000000202051\n"
    products = {
        "people": {
            "inputs": {"raw": people},
            "ports": {"people": "select id, name, iban, 'l1t3r4l' as note from raw"},
            "contracts": {
                "people": {
                    "columns": [
                        column("id", logicalTypeOptions={"minimum": 1, "maximum": 987654321}),
                        column(
                            "name",
                            "string",
                            quality=[
                                {
                                    "metric": "invalidValues",
                                    "arguments": {"validValues": ["c4n4ry", "bob"]},
                                    "mustBe": 0,
                                }
                            ],
                        ),
                        column("iban", "string", classification="restricted"),
                        column("note", "string"),
                    ]
                }
            },
        }
    }
    folder = tell(write_mesh(tmp_path / "mesh", {"hr": products}))
    build(folder)
    text = (folder / EVENTS).read_text()
    assert len(of(events(folder), "hr.people")) == 2
    for secret in ("c4n4ry", "bob", "DE89", "DE02", "987654321", "l1t3r4l"):
        assert secret not in text
    assert not [
        facet for event in events(folder) for _, _, facet in facets_of(event)
        if {"min", "max", "quantiles"} & set(json.dumps(facet).split('"'))
    ]  # fmt: skip


def test_models_text_is_told_where_it_is_wanted_and_still_what_was_built(tmp_path: Path) -> None:
    folder = tell(write_shop(tmp_path / "mesh"), sql=True)
    build(folder, "sales.orders")
    sql = of(events(folder), "sales.orders")[-1]["job"]["facets"]["sql"]
    assert "-- clean\nselect id, customer, amount from raw" in sql["query"]
    assert sql["dialect"] == "duckdb"


def test_the_same_facts_give_the_same_events_to_a_sink_that_comes_later(tmp_path: Path) -> None:
    """A second sink hears the whole past: byte for byte what the first one heard when it happened."""
    folder = tell(write_shop(tmp_path / "mesh"))
    build(folder)
    set_silo(folder, "sales.orders.raw", MORE_ORDERS)
    build(folder)
    later = {"transport": "file", "name": "later", "path": "out/later.ndjson"}
    change_yaml(
        folder / "mesh.yaml",
        lambda mesh: mesh.update(openlineage=[mesh["openlineage"], later]),
    )
    with opened(folder) as mesh:
        (told,) = mesh.send_lineage()
    assert (told.sink, told.waiting) == ("later", 0)
    first, second = (
        (folder / "out" / name).read_text() for name in ("events.ndjson", "later.ndjson")
    )
    starts = [json.loads(line)["eventType"] for line in first.splitlines()]
    assert len(starts) == told.sent
    same = zip(first.splitlines(), second.splitlines(), strict=True)
    assert [one for one, other in same if one != other and '"START"' not in one] == []


def test_a_mesh_has_the_namespace_that_it_is_given(tmp_path: Path) -> None:
    folder = tell(
        write_mesh(tmp_path / "mesh", {"sales": {"orders": SHOP["sales"]["orders"]}}),
        namespace="acme",
    )
    build(folder)
    told = events(folder)
    assert {event["job"]["namespace"] for event in told} == {"acme"}
    assert {one["namespace"] for event in told for one in event["outputs"]} == {"acme"}
