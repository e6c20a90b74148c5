"""`mesh policy` and what rules do at the other commands, as a person sees it."""

from pathlib import Path

import pytest

from tests.e2e.shell import mesh
from tests.integration.ruled import LONELY, UNDESCRIBED, write_rule
from tests.integration.shop import write_shop
from tests.meshes import dump, set_model


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    return write_shop(tmp_path / "mesh")


def test_a_mesh_without_rules_says_what_to_type(fresh: Path) -> None:
    ended = mesh(fresh, "policy", "list")
    assert (ended.code, ended.out) == (0, "no rules\n")
    assert "mesh policy add" in ended.err


def test_added_rules_are_listed_with_what_they_find(fresh: Path) -> None:
    added = mesh(fresh, "policy", "add", "--json").json
    assert len(added["written"]) >= 20
    listed = mesh(fresh, "policy", "list", "--json").json
    assert listed["problems"] == []
    found = {rule["rule"]: rule for rule in listed["rules"]}
    assert found.keys() == set(added["written"])
    assert found["columns-described"]["violations"] == 7
    assert found["columns-described"]["severity"] == "warn"
    assert found["port-has-contract"]["violations"] == 0
    assert "columns-described" in mesh(fresh, "policy", "list").out


def test_a_rule_is_explained_with_what_breaks_it(fresh: Path) -> None:
    exempt = "sales.customers until 2999-01-01 by ada@example.com: it is new"
    write_rule(fresh, "described", UNDESCRIBED, severity="warn", exempt=exempt)
    out = mesh(fresh, "policy", "explain", "described").out
    for said in ("why: It matters.", "do: Mend it.", "owner: gov@example.com", "7 violations"):
        assert said in out
    assert "exempt: sales.customers until 2999-01-01 by ada@example.com: it is new" in out
    assert "[exempted until 2999-01-01]" in out
    shape = mesh(fresh, "policy", "explain", "described", "--json").json
    assert sum(one["exempted_until"] is None for one in shape["violations"]) == 5


def test_an_address_is_explained_with_the_rules_that_it_breaks(fresh: Path) -> None:
    write_rule(fresh, "described", UNDESCRIBED, severity="warn")
    shape = mesh(fresh, "policy", "explain", "sales.orders.totals", "--json").json
    assert [one["address"] for one in shape["violations"]] == [
        "sales.orders.totals.customer",
        "sales.orders.totals.total",
    ]
    assert shape["violations"][0]["owner"] == "gov@example.com"
    assert "no rule finds anything" in mesh(fresh, "policy", "explain", "insight.report").out


def test_an_unknown_rule_names_the_nearest(fresh: Path) -> None:
    write_rule(fresh, "described", UNDESCRIBED)
    for command in ("explain", "show", "test"):
        ended = mesh(fresh, "policy", command, "describd")
        assert ended.code == 2
        assert "`described`" in ended.err


def test_a_rule_is_shown_as_it_is_written(fresh: Path) -> None:
    path = write_rule(fresh, "described", UNDESCRIBED)
    assert mesh(fresh, "policy", "show", "described").out.strip() == path.read_text().strip()
    assert mesh(fresh, "policy", "show", "described", "--json").json["scope"] == "product"


def test_a_violation_fails_check_with_1_and_a_broken_rule_with_2(fresh: Path) -> None:
    path = write_rule(fresh, "not-lonely", LONELY)
    ended = mesh(fresh, "check")
    assert ended.code == 1
    assert "insight.lonely: is lonely (rule not-lonely)" in " ".join(ended.out.split())
    write_rule(fresh, "not-lonely", LONELY, severity="advise")
    ended = mesh(fresh, "check")
    assert ended.code == 0
    assert "0 errors, 3 warnings, 1 advised" in " ".join(ended.out.split())
    path.write_text(path.read_text().replace("mesh.products", "mesh.product"))
    assert mesh(fresh, "check").code == 2


def test_plan_and_run_refuse_by_the_rules_name(fresh: Path) -> None:
    write_rule(fresh, "not-lonely", LONELY)
    planned = mesh(fresh, "plan")
    assert planned.code == 1
    assert "block insight.lonely: is lonely (rule not-lonely)" in planned.out
    steps = {s["product"]: s for s in mesh(fresh, "plan", "--json").json["steps"]}
    assert steps["insight.lonely"]["violations"][0]["rule"] == "not-lonely"
    ran = mesh(fresh, "run", "insight.lonely")
    assert ran.code == 1
    assert "rule not-lonely: insight.lonely: is lonely" in ran.out
    assert "mesh policy explain not-lonely" in ran.out


def test_a_domain_that_weakens_a_global_rule_is_refused_by_name(fresh: Path) -> None:
    write_rule(fresh, "not-lonely", LONELY)
    write_rule(fresh, "not-lonely", LONELY, domain="insight", severity="warn")
    ended = mesh(fresh, "check")
    said = " ".join(ended.out.split())
    assert ended.code == 2
    assert (
        "`domains/insight/policies/not-lonely.sql` weakens the global rule `not-lonely` of"
        " `policies/not-lonely.sql`: warn where it is block [rule-weakens]" in said
    )


TESTS = {
    "tests": [
        {
            "name": "a lonely product is named",
            "given": {"products": [{"address": "sales.lonely"}, {"address": "sales.orders"}]},
            "expect": [{"address": "sales.lonely", "message": "is lonely"}],
        }
    ]
}


def test_a_rules_test_fails_when_the_rule_is_wrong(fresh: Path) -> None:
    path = write_rule(fresh, "not-lonely", LONELY)
    dump(fresh / "policies" / "not-lonely.test.yaml", TESTS)
    ended = mesh(fresh, "policy", "test")
    assert (ended.code, ended.out) == (0, "1 test passed, 0 failed\n")
    path.write_text(path.read_text().replace("= 'lonely'", "= 'orders'"))
    ended = mesh(fresh, "policy", "test")
    assert ended.code == 1
    assert "✘ not-lonely: a lonely product is named  policies/not-lonely.test.yaml:2" in ended.out
    assert "expected  sales.lonely: is lonely" in ended.out
    assert "got       sales.orders: is lonely" in ended.out
    shape = mesh(fresh, "policy", "test", "--json").json
    assert (shape["passed"], shape["failed"]) == (0, 1)
    assert shape["tests"][0]["got"] == [{"address": "sales.orders", "message": "is lonely"}]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"product": []}, "`products`"),
        ({"products": [{"adress": "a.b"}]}, "`address`"),
    ],
)
def test_a_test_of_what_is_no_metadata_fails_with_the_nearest_name(
    fresh: Path, given: object, said: str
) -> None:
    write_rule(fresh, "not-lonely", LONELY)
    test = {"name": "x", "given": given, "expect": []}
    dump(fresh / "policies" / "not-lonely.test.yaml", {"tests": [test]})
    ended = mesh(fresh, "policy", "test")
    assert ended.code == 1
    assert said in ended.out


def test_a_file_of_tests_that_is_broken_is_told_with_its_line(fresh: Path) -> None:
    write_rule(fresh, "not-lonely", LONELY)
    dump(fresh / "policies" / "not-lonely.test.yaml", {"tests": [{"nam": "x"}]})
    ended = mesh(fresh, "policy", "test")
    assert ended.code == 2
    assert "policies/not-lonely.test.yaml:" in ended.err


def test_rules_without_a_test_are_named(fresh: Path) -> None:
    write_rule(fresh, "not-lonely", LONELY, domain="insight")
    ended = mesh(fresh, "policy", "test")
    assert ended.code == 0
    assert "insight/not-lonely" in ended.err


def test_a_domains_tests_are_run_too(fresh: Path) -> None:
    write_rule(fresh, "not-lonely", LONELY, domain="insight")
    dump(fresh / "domains" / "insight" / "policies" / "not-lonely.test.yaml", TESTS)
    assert mesh(fresh, "policy", "test", "insight/not-lonely", "--json").json["passed"] == 1


def test_observing_tells_of_rules_that_say_something_else(shop: Path) -> None:
    write_rule(shop, "not-lonely", LONELY, severity="warn")
    assert "rules     insight.lonely: 1 violation" in mesh(shop, "observe", "--once").out
    shape = mesh(shop, "observe", "--once", "--json").json
    assert shape["rules"] == []


def test_without_work_rules_cost_nothing(shop: Path) -> None:
    write_rule(shop, "not-lonely", LONELY)
    ended = mesh(shop, "plan")
    assert ended.code == 0
    assert "up to date" in ended.out
    set_model(shop, "insight.lonely", "lonely", "select x + 1 as x from raw")
    assert mesh(shop, "plan").code == 1
