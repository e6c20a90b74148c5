"""Rows set aside, promises between ports, and what readers outside see."""

from pathlib import Path
from typing import Any

import deltalake
import pyarrow.parquet
import pytest

import meshwright
from tests.integration.shop import KEY, build, column, rows, statuses
from tests.meshes import change_contract, files_of, set_silo, write_mesh

READINGS = "id,value\n1,5\n2,-4\n3,7\n4,9\n5,3\n6,8\n7,2\n8,6\n9,1\n10,4\n"


def quarantine(tolerance: object) -> dict[str, Any]:
    return {"customProperties": [{"property": "quarantine", "value": {"tolerance": tolerance}}]}


def write_sensors(folder: Path, tolerance: object) -> Path:
    """Write a product whose port sets failing rows aside, a port and a product that read it."""
    return write_mesh(
        folder,
        {
            "lab": {
                "sensors": {
                    "inputs": {"raw": READINGS},
                    "ports": {
                        "readings": "select id, value from raw",
                        "sums": "select sum(value)::BIGINT as total from readings",
                    },
                    "contracts": {
                        "readings": {
                            "columns": [
                                column("id", **KEY),
                                column("value", logicalTypeOptions={"minimum": 0}),
                            ],
                            **quarantine(tolerance),
                        },
                        "sums": {"columns": [column("total")]},
                    },
                },
                "means": {
                    "inputs": {"readings": {"port": "lab.sensors.readings"}},
                    "ports": {"means": "select count(*) as n from readings"},
                },
            }
        },
    )


@pytest.mark.parametrize("tolerance", ["10%", 1, "1 rows"])
def test_failing_rows_within_the_tolerance_are_set_aside(tmp_path: Path, tolerance: object) -> None:
    """What is served is clean; what was set aside is counted, and lies on the disk for who mends it."""
    folder = write_sensors(tmp_path / "mesh", tolerance)
    results = build(folder)
    assert statuses(results) == {"lab.sensors": "published", "lab.means": "published"}
    result = results["lab.sensors"]
    assert (result.ports["readings"].rows, result.ports["readings"].quarantined) == (9, 1)
    assert rows(folder, "select count(*), min(value) from lab.sensors.readings") == [(9, 1)]
    assert rows(folder, "from lab.sensors.sums") == [(45,)]
    assert rows(folder, "from lab.means.means") == [(9,)]
    (aside,) = (folder / f".mesh/data/lab/sensors/.builds/{result.build}").glob("*.parquet")
    assert pyarrow.parquet.read_table(aside).to_pylist() == [{"id": 2, "value": -4}]
    table = deltalake.DeltaTable(folder / ".mesh/data/lab/sensors/readings")
    assert 2 not in table.to_pyarrow_table().column("id").to_pylist()
    with meshwright.open(folder) as mesh:
        served = mesh.show("lab.sensors.readings").ports[0].served
        assert served is not None
        assert served.quarantined == 1


@pytest.mark.parametrize("tolerance", ["9%", 0])
def test_more_failing_rows_than_tolerated_are_refused_whole(
    tmp_path: Path, tolerance: object
) -> None:
    folder = write_sensors(tmp_path / "mesh", tolerance)
    results = build(folder)
    assert statuses(results) == {"lab.sensors": "rejected", "lab.means": "skipped"}
    (check,) = results["lab.sensors"].failed_checks
    assert (check.check, check.failed_rows, check.total_rows) == ("value.minimum", 1, 10)


def test_what_is_no_matter_of_a_row_cannot_be_set_aside(tmp_path: Path) -> None:
    """A table that has too few rows has nothing to set aside."""
    folder = write_sensors(tmp_path / "mesh", "50%")

    def whole(contract: Any) -> None:
        contract["schema"][0]["quality"] = [{"metric": "rowCount", "mustBeGreaterThan": 100}]

    change_contract(folder, "lab.sensors.readings", whole)
    result = build(folder)["lab.sensors"]
    assert result.status == "rejected"
    assert any(check.check.startswith("quality") for check in result.failed_checks)


def test_what_is_mended_comes_back(tmp_path: Path) -> None:
    folder = write_sensors(tmp_path / "mesh", "10%")
    build(folder)
    set_silo(folder, "lab.sensors.raw", READINGS.replace("-4", "4"))
    result = build(folder)["lab.sensors"]
    assert (result.ports["readings"].rows, result.ports["readings"].quarantined) == (10, 0)
    assert rows(folder, "from lab.means.means") == [(10,)]


def write_keys(folder: Path, to: str, **how: Any) -> Path:
    """Write orders that refer to customers: of the same product (`sibling`) or of another."""
    orders = {
        "ports": {"orders": "select id, customer from raw"},
        "contracts": {
            "orders": {
                "columns": [
                    column("id", **KEY),
                    column("customer", relationships=[{"to": to, "type": "foreignKey"}]),
                ]
            }
        },
    }
    customers = {
        "inputs": {"people": "id\n1\n2\n"},
        "ports": {"customers": "select id from people"},
        "contracts": {"customers": {"columns": [column("id", **KEY)]}},
    }
    raw = {"raw": "id,customer\n1,1\n2,2\n3,3\n4,\n"}
    if to.startswith("sales.crm"):
        return write_mesh(
            folder, {"sales": {"orders": {"inputs": raw, **orders}, "crm": customers}, **how}
        )
    return write_mesh(
        folder,
        {
            "sales": {
                "orders": {
                    "inputs": {**raw, **customers["inputs"]},
                    "ports": {**orders["ports"], **customers["ports"]},  # type: ignore[dict-item]
                    "contracts": {**orders["contracts"], **customers["contracts"]},  # type: ignore[dict-item]
                }
            }
        },
    )


@pytest.mark.parametrize(
    "to", ["customers.id", "sales.orders.customers.id", "sales.crm.customers.id"]
)
def test_a_relationship_holds_across_ports_and_products(tmp_path: Path, to: str) -> None:
    """A customer that does not exist is found; no customer at all is no broken reference."""
    folder = write_keys(tmp_path / "mesh", to)
    result = build(folder)["sales.orders"]
    assert result.status == "rejected"
    (check,) = result.failed_checks
    assert (check.port, check.failed_rows) == ("orders", 1)
    assert "relationship" in check.check or "foreignKey" in check.check
    assert check.example is not None
    assert 3 in check.example.rows[0]
    set_silo(folder, "sales.orders.raw", "id,customer\n1,1\n2,2\n4,\n")
    assert build(folder)["sales.orders"].status == "published"


@pytest.mark.parametrize("to", ["customers.id", "sales.crm.customers.id"])
def test_a_reference_is_judged_again_when_its_target_changes(tmp_path: Path, to: str) -> None:
    """In the same run, although nothing of the referring port itself changed; else nothing is done."""
    folder = write_keys(tmp_path / "mesh", to)
    home = to.rpartition(".")[0].rpartition(".")[0] or "sales.orders"
    set_silo(folder, "sales.orders.raw", "id,customer\n1,1\n2,2\n4,\n")
    assert set(statuses(build(folder)).values()) == {"published"}
    assert set(statuses(build(folder)).values()) == {"up_to_date"}
    set_silo(folder, f"{home}.people", "id\n1\n2\n3\n")
    first = build(folder)
    assert set(statuses(first).values()) == {"published"}
    assert "what orders refers to changed" in first["sales.orders"].reasons
    assert len(files_of(folder, "sales.orders.orders")) == 1  # the same rows, judged
    assert set(statuses(build(folder)).values()) == {"up_to_date"}
    set_silo(folder, f"{home}.people", "id\n1\n")
    second = build(folder)
    assert second["sales.orders"].status == "rejected"
    assert [check.failed_rows for check in second["sales.orders"].failed_checks] == [1]
    with meshwright.open(folder) as mesh:
        assert mesh.ledger_verify()["problems"] == []


def test_an_append_forgets_what_it_knew_of_a_target_that_changed(tmp_path: Path) -> None:
    """The rows that stay are held to the new keys too, not only the new day's."""
    making = {"kind": "append", "interval": "day", "column": "day", "start": "2024-01-01"}
    sql = "select id, day from raw where day >= $interval_start and day < $interval_end"
    refers = [{"to": "sales.crm.customers.id", "type": "foreignKey"}]
    folder = write_keys(
        tmp_path / "mesh",
        "sales.crm.customers.id",
        log={
            "visits": {
                "inputs": {"raw": "id,day\n1,2024-01-01\n2,2024-01-02\n"},
                "ports": {"visits": sql},
                "contracts": {
                    "visits": {
                        "columns": [column("id", relationships=refers), column("day", "date")]
                    }
                },
                "build": {"ports": {"visits": making}},
            }
        },
    )
    build(folder, "sales.crm")
    assert build(folder, "log.*", as_of="2024-01-01")["log.visits"].status == "published"
    set_silo(folder, "sales.crm.people", "id\n2\n")
    build(folder, "sales.crm")
    result = build(folder, "log.*", as_of="2024-01-02")["log.visits"]
    assert result.status == "rejected"
    assert [check.failed_rows for check in result.failed_checks] == [1]


def test_a_referred_product_is_built_first_and_stops_nothing(tmp_path: Path) -> None:
    """The reference orders builds; it does not make one product wait for another's good build."""
    folder = write_keys(tmp_path / "mesh", "sales.crm.customers.id")
    with meshwright.open(folder) as mesh:
        order = [str(step.product) for step in mesh.plan().steps]
    assert order == ["sales.crm", "sales.orders"]


def test_a_reference_to_what_is_not_published_yet_is_told(tmp_path: Path) -> None:
    folder = write_keys(tmp_path / "mesh", "sales.crm.customers.id")
    result = build(folder, "sales.orders")["sales.orders"]
    assert result.status == "rejected"
    (check,) = result.failed_checks
    assert check.status == "errored"
    assert "sales.crm.customers" in check.reason


def test_a_reference_that_leads_nowhere_is_a_wrong_descriptor(tmp_path: Path) -> None:
    folder = write_keys(tmp_path / "mesh", "sales.crm.customers.id")
    change_contract(
        folder,
        "sales.orders.orders",
        lambda c: c["schema"][0]["properties"][1].update(
            relationships=[{"to": "sales.crm.customer.id", "type": "foreignKey"}]
        ),
    )
    with meshwright.open(folder) as mesh:
        errors = [problem for problem in mesh.check() if problem.is_error]
    assert len(errors) == 1
    assert "customer" in errors[0].message
    assert "did you mean" in errors[0].hint


@pytest.mark.parametrize("port", ["sales.orders.orders", "sales.customers.customers"])
def test_a_reader_outside_sees_exactly_what_is_served(built_shop: Path, port: str) -> None:
    """The folder of a port is a Delta table, with the same columns, types and rows."""
    table = deltalake.DeltaTable(built_shop / ".mesh/data" / Path(*port.split(".")))
    outside = table.to_pyarrow_table()
    with meshwright.open(built_shop) as mesh:
        inside = mesh.read(port).to_arrow()
    assert outside.column_names == inside.column_names
    assert [str(f.type) for f in outside.schema] == [str(f.type) for f in inside.schema]
    by = [(name, "ascending") for name in inside.column_names]
    assert outside.sort_by(by).to_pylist() == inside.sort_by(by).to_pylist()


def test_rows_of_a_file_that_do_not_parse_fail_above_the_tolerance(tmp_path: Path) -> None:
    def mesh_with(name: str, tolerance: object) -> Path:
        return write_mesh(
            tmp_path / name,
            {
                "d": {
                    "p": {
                        "inputs": {
                            "raw": {"files": "../../../silos/x.csv", "tolerance": tolerance}
                        },
                        "ports": {"a": "select id from raw"},
                    }
                }
            },
        )

    text = "id,n\n" + "".join(f"{n},{n}\n" for n in range(99)) + "99,1,2,3\n"
    strict = mesh_with("strict", 0)
    (strict / "silos" / "x.csv").write_text(text)
    result = build(strict)["d.p"]
    assert result.status == "failed"
    assert "1" in result.error
    lenient = mesh_with("lenient", "1%")
    (lenient / "silos" / "x.csv").write_text(text)
    assert build(lenient)["d.p"].status == "published"
    assert rows(lenient, "select count(*) from d.p.a") == [(99,)]
    kept = [p for p in (lenient / ".mesh/data/d/p/.inputs").rglob("*") if "reject" in p.name]
    assert kept
    assert "101" in kept[0].read_text() or kept[0].suffix == ".parquet"


def test_rows_set_aside_come_back_when_the_contract_lets_them_in(tmp_path: Path) -> None:
    """A contract that changes is judged over all that the model gives, not over what an older one kept."""
    folder = tmp_path / "mesh"

    def write(minimum: int, version: str, **more: object) -> None:
        columns = [
            {"name": "id", "logicalType": "integer"},
            {"name": "n", "logicalType": "integer", "logicalTypeOptions": {"minimum": minimum}},
        ]
        contract = {"version": version, "columns": columns, **more}
        product = {
            "inputs": {"raw": "id,n\n1,5\n2,-5\n3,7\n"},
            "ports": {"p": "select id, n from raw"},
            "contracts": {"p": contract},
        }
        write_mesh(folder, {"d": {"x": product}})

    aside = {"customProperties": [{"property": "quarantine", "value": {"tolerance": "90%"}}]}
    write(0, "1.0.0", **aside)
    with meshwright.open(folder) as mesh:
        assert [result.status for result in mesh.run()] == ["published"]
        assert len(mesh.read("d.x.p")) == 2
        write(-10, "2.0.0", **aside)
        assert [result.status for result in mesh.run()] == ["published"]
        assert len(mesh.read("d.x.p")) == 3
        write(6, "3.0.0", **aside)
        assert [result.status for result in mesh.run()] == ["published"]
        assert mesh.read("d.x.p").rows() == [(3, 7)]


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_a_rule_that_gives_no_number_errs_by_its_name(tmp_path: Path, value: str) -> None:
    """NaN meets no operator, `mustNotBe` included; the check says so and the build is rejected."""
    rule = {"id": "mean", "type": "sql", "query": "select avg(x) from ${table}", "mustNotBe": 5}
    product = {
        "inputs": {"raw": "id\n1\n"},
        "ports": {"p": f"select '{value}'::double as x from raw"},
        "contracts": {"p": {"quality": [rule]}},
    }
    write_mesh(tmp_path, {"d": {"x": product}})
    with meshwright.open(tmp_path) as mesh:
        (result,) = mesh.run()
    assert result.status == "rejected"
    assert [check.check for check in result.failed_checks] == ["quality.mean"]
    assert "not a number" in result.failed_checks[0].reason
