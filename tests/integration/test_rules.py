"""Governance rules in a mesh: judged at check, plan, run and observe, over what would be."""

from pathlib import Path
from typing import Any

import pytest

import meshwright
from meshwright.app.mesh import Mesh
from meshwright.model.plan import Plan, Step
from meshwright.model.problem import Problem
from tests.integration.ruled import LONELY, UNDESCRIBED, rule_text, tighten, write_rule
from tests.integration.shop import build, column, opened, rows, state, statuses, write_shop
from tests.meshes import change_contract, change_yaml, home_of, set_model, write_text


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    """The shop, never built."""
    return write_shop(tmp_path / "mesh")


def checked(folder: Path) -> list[Problem]:
    with opened(folder) as mesh:
        return list(mesh.check())


def told(folder: Path) -> dict[str, str]:
    """Return what `mesh check` says of rules: severity by address."""
    return {
        problem.message.partition(":")[0]: problem.severity
        for problem in checked(folder)
        if problem.code == "rule-violated"
    }


def planned(folder: Path) -> dict[str, Step]:
    with opened(folder) as mesh:
        return {str(step.product): step for step in plan_of(mesh).steps}


def plan_of(mesh: Mesh) -> Plan:
    return mesh.plan()


def codes(folder: Path) -> list[str]:
    return [p.code for p in checked(folder) if p.code.startswith(("rule", "sql", "exempt", "fed"))]


def test_what_breaks_a_blocking_rule_is_refused_at_plan_by_name(mesh: Path) -> None:
    write_rule(mesh, "not-lonely", LONELY)
    step = planned(mesh)["insight.lonely"]
    assert step.action == "refused"
    assert "not-lonely" in step.reasons[0]
    assert planned(mesh)["sales.orders"].action == "build"


def test_a_refused_product_is_not_built_and_what_is_served_stays_served(shop: Path) -> None:
    write_rule(shop, "not-lonely", LONELY)
    set_model(shop, "insight.lonely", "lonely", "select x + 1 as x from raw")
    results = build(shop)
    assert statuses(results)["insight.lonely"] == "refused"
    assert results["insight.lonely"].error_code == "rule-violated"
    assert rows(shop, "select x from insight.lonely.lonely") == [(1,)]


def test_what_reads_a_refused_product_waits_for_it(mesh: Path) -> None:
    sql = "SELECT address, 'no' AS message FROM mesh.products WHERE name = 'orders'"
    write_rule(mesh, "no-orders", sql)
    assert statuses(build(mesh)) == {
        "sales.orders": "refused",
        "sales.customers": "published",
        "insight.report": "skipped",
        "insight.lonely": "published",
    }


@pytest.mark.parametrize("severity", ["warn", "advise"])
def test_what_only_warns_is_shown_and_built(mesh: Path, severity: str) -> None:
    write_rule(mesh, "not-lonely", LONELY, severity=severity)
    step = planned(mesh)["insight.lonely"]
    assert step.action == "build"
    assert [violation.severity for violation in step.violations] == [severity]
    assert statuses(build(mesh))["insight.lonely"] == "published"


def test_a_plan_judges_what_would_be_not_what_is_served(shop: Path) -> None:
    sql = "SELECT address, 'gone' AS message FROM mesh.columns WHERE name = 'secret'"
    write_rule(shop, "no-secrets", sql)
    assert planned(shop)["sales.orders"].action == "up_to_date"

    def add(contract: Any) -> None:
        contract["version"] = "1.1.0"
        contract["schema"][0]["properties"].append(column("secret"))

    change_contract(shop, "sales.orders.orders", add)
    assert planned(shop)["sales.orders"].action == "refused"


def test_check_tells_violations_with_their_places_and_severities(mesh: Path) -> None:
    write_rule(mesh, "described", UNDESCRIBED, severity="warn")
    found = next(p for p in checked(mesh) if "sales.orders.orders.id" in p.message)
    assert found.severity == "warning"
    assert found.place.file == "domains/sales/orders/contracts/orders.odcs.yaml"
    assert found.place.line > 1
    assert found.hint == "Mend it."


def test_a_violation_without_a_place_is_told_at_the_product(mesh: Path) -> None:
    write_rule(mesh, "not-lonely", LONELY)
    (found,) = [p for p in checked(mesh) if p.code == "rule-violated"]
    assert found.place.file == "domains/insight/lonely/product.odps.yaml"


def test_an_exempted_violation_is_let_pass_and_stays_visible(mesh: Path) -> None:
    exempt = "insight.lonely until 2999-01-01 by ada@example.com: it is new"
    write_rule(mesh, "not-lonely", LONELY, exempt=exempt)
    assert told(mesh) == {}
    step = planned(mesh)["insight.lonely"]
    assert step.action == "build"
    assert [violation.exempted for violation in step.violations] == ["2999-01-01"]


def test_an_exemption_that_is_over_exempts_no_more(mesh: Path) -> None:
    exempt = "insight.lonely until 2020-01-01 by ada@example.com: it was new"
    write_rule(mesh, "not-lonely", LONELY, exempt=exempt)
    assert planned(mesh)["insight.lonely"].action == "refused"
    assert "exemption-expired" in codes(mesh)


def test_a_domains_rule_judges_its_own_and_reads_all(mesh: Path) -> None:
    sql = (
        "SELECT address, concat('one of ', (SELECT count(*) FROM mesh.products)) AS message"
        " FROM mesh.products"
    )
    write_rule(mesh, "mine", sql, domain="insight", scope="mesh", severity="warn")
    with opened(mesh) as open_mesh:
        (line,) = open_mesh.rules().lines
    assert {(v.address, v.message) for v in line.violations} == {
        ("insight.lonely", "one of 4"),
        ("insight.report", "one of 4"),
    }
    assert line.rule.key == "insight/mine"


def test_a_domain_that_weakens_a_global_rule_is_refused_by_name(mesh: Path) -> None:
    write_rule(mesh, "not-lonely", LONELY)
    write_rule(mesh, "not-lonely", LONELY, domain="insight", severity="advise")
    (problem,) = [p for p in checked(mesh) if p.code == "rule-weakens"]
    assert problem.is_error
    assert problem.place.file == "domains/insight/policies/not-lonely.sql"
    assert "not-lonely" in problem.message
    assert "`policies/not-lonely.sql`" in problem.message
    steps = planned(mesh)
    assert steps["insight.report"].action == "refused", "its domain's rules have errors"
    assert steps["sales.orders"].action == "build", "another domain is not stopped"


def test_a_domain_raises_the_severity_for_itself(mesh: Path) -> None:
    sql = "SELECT address, 'seen' AS message FROM mesh.products"
    write_rule(mesh, "seen", sql, severity="warn")
    tighten(mesh, "insight", "seen", "block")
    steps = planned(mesh)
    assert steps["insight.lonely"].action == "refused"
    assert steps["sales.orders"].action == "build"


def test_a_rule_that_is_broken_stops_what_it_would_judge(mesh: Path) -> None:
    write_rule(mesh, "broken", "SELECT address FROM mesh.products")
    assert codes(mesh) == ["rule-columns"]
    assert {step.action for step in planned(mesh).values()} == {"refused"}
    with opened(mesh) as open_mesh:
        assert [problem.code for problem in plan_of(open_mesh).problems] == ["rule-columns"]


@pytest.mark.parametrize(
    ("sql", "code", "line", "hint"),
    [
        ("SELECT address,\n adress2 AS message FROM mesh.products", "sql-unknown-column", 8, "address"),
        (
            "SELECT p.descripton AS message,\n p.address FROM mesh.products p",
            "sql-unknown-column", 7, "`description`",
        ),
        ("SELECT address, 'x' AS message\nFROM mesh.product", "rule-table-unknown", 8, "mesh.products"),
        ("SELECT address, 'x' AS message\nFROM products", "rule-table-unknown", 8, "mesh.products"),
        ("SELECT address, 'x' AS message, 1 AS lin FROM mesh.products", "rule-columns", 1, "line"),
        (
            "SELECT address, 'x' AS message FROM mesh.products WHERE now() > '2020-01-01'",
            "rule-clock", 7, "mesh.clock",
        ),
        ("SELECT address, 'x' AS message FROM mesh.products; SELECT 1", "model-not-select", 1, ""),
        ("DELETE FROM mesh.products", "model-not-select", 1, ""),
        ("SELECT address, 'x' AS message FROM", "sql-syntax", 7, ""),
    ],
)  # fmt: skip
def test_sql_that_does_not_fit_is_told_with_line_and_the_nearest_name(
    mesh: Path, sql: str, code: str, line: int, hint: str
) -> None:
    write_rule(mesh, "broken", sql)
    (problem,) = [p for p in checked(mesh) if p.place.file == "policies/broken.sql"]
    assert problem.code == code
    assert problem.place.line == line
    assert hint in problem.hint


def test_a_product_rule_that_speaks_of_no_product_is_told(mesh: Path) -> None:
    write_rule(mesh, "wide", "SELECT '' AS address, 'x' AS message FROM mesh.products")
    assert codes(mesh) == ["rule-address"]


def test_a_violation_of_a_domain_or_the_mesh_blocks_all_that_is_in_it(mesh: Path) -> None:
    path = write_rule(mesh, "wide", "SELECT 'insight' AS address, 'x' AS message", scope="mesh")
    steps = planned(mesh)
    assert steps["insight.lonely"].action == steps["insight.report"].action == "refused"
    assert steps["sales.orders"].action == "build"
    write_text(path, rule_text("SELECT '' AS address, 'x' AS message", scope="mesh"))
    assert {step.action for step in planned(mesh).values()} == {"refused"}


def facts(folder: Path) -> list[tuple[Any, ...]]:
    with state(folder, "SELECT payload FROM facts WHERE kind = 'RulesJudged'") as found:
        return found


def test_what_rules_say_is_recorded_where_it_changed(mesh: Path) -> None:
    path = write_rule(mesh, "not-lonely", LONELY, severity="warn")
    build(mesh)
    assert len(facts(mesh)) == 1
    set_model(mesh, "insight.lonely", "lonely", "select x + 1 as x from raw")
    build(mesh)
    assert len(facts(mesh)) == 1, "the same outcome is no fact"
    with state(mesh, "SELECT product, rule, severity FROM violations") as found:
        assert found == [("insight.lonely", "not-lonely", "warn")]
    path.unlink()
    with opened(mesh) as open_mesh:
        assert [fact.product for fact in open_mesh.observe_once().rules] == ["insight.lonely"]
    with state(mesh, "SELECT count(*) FROM violations") as found:
        assert found == [(0,)]


def test_observing_records_what_time_alone_broke(shop: Path) -> None:
    sql = (
        "SELECT address, 'too late' AS message FROM mesh.products"
        " WHERE name = 'lonely' AND (SELECT today FROM mesh.clock) >= DATE '2020-01-01'"
    )
    write_rule(shop, "in-time", sql)
    with opened(shop) as mesh:
        (fact,) = mesh.observe_once().rules
        assert fact.violations[0]["rule"] == "in-time"
        assert mesh.observe_once().rules == []


def test_a_plan_with_nothing_to_do_judges_nothing(shop: Path) -> None:
    write_rule(shop, "broken", "SELECT nothing")
    with opened(shop) as mesh:
        assert plan_of(mesh).problems == ()


def test_state_is_seen_by_rules(shop: Path) -> None:
    sql = (
        "SELECT v.address, concat(v.version, ' ', v.is_served, ' ', v.rows) AS message"
        " FROM mesh.versions v WHERE v.address = 'sales.orders'"
    )
    write_rule(shop, "served", sql, severity="warn")
    assert [p.message for p in checked(shop) if p.code == "rule-violated"] == [
        "sales.orders: 1 true 5 (rule served)"
    ]
    set_model(shop, "sales.orders", "clean", "select id, customer, amount + 1 as amount from raw")
    build(shop)
    assert [p.message for p in checked(shop) if p.code == "rule-violated"] == [
        "sales.orders: 1 false 5 (rule served)",
        "sales.orders: 2 true 5 (rule served)",
    ]


def test_queries_are_seen_by_rules(shop: Path) -> None:
    sql = (
        "SELECT address, concat(sum(queries), ' queries') AS message FROM mesh.queries"
        " WHERE address = 'insight.lonely.lonely' GROUP BY ALL"
    )
    write_rule(shop, "asked", sql, severity="warn")
    assert told(shop) == {}
    rows(shop, "select * from insight.lonely.lonely")
    rows(shop, "select * from insight.lonely.lonely")
    assert [p.message for p in checked(shop) if p.code == "rule-violated"] == [
        "insight.lonely.lonely: 2 queries (rule asked)"
    ]


def test_a_broken_product_is_known_to_be_broken(mesh: Path) -> None:
    sql = "SELECT address, 'broken' AS message FROM mesh.products WHERE is_broken"
    write_rule(mesh, "sound", sql, severity="warn")
    change_yaml(home_of(mesh, "insight.lonely") / "product.odps.yaml", lambda d: d.pop("kind"))
    assert told(mesh) == {"insight.lonely": "warning"}


def test_rules_follow_a_product_that_goes(mesh: Path) -> None:
    import shutil

    write_rule(mesh, "not-lonely", LONELY, severity="warn")
    assert told(mesh) == {"insight.lonely": "warning"}
    shutil.rmtree(home_of(mesh, "insight.lonely"))
    assert told(mesh) == {}


def test_an_open_mesh_looks_again(mesh: Path) -> None:
    with meshwright.open(mesh) as open_mesh:
        assert open_mesh.rules().lines == ()
        write_rule(mesh, "not-lonely", LONELY)
        assert len(open_mesh.rules().lines[0].violations) == 1
