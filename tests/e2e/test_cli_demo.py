"""`mesh demo`: a whole mesh on real data, a rejection, and what every later command shows of it."""

from pathlib import Path

import duckdb
import pytest

from tests.e2e.shell import Ended, mesh, process
from tests.openlineage import _validator as validator

PRODUCTS = {
    "operations.flights",
    "fleet.aircraft",
    "weather.observations",
    "geography.airports",
    "experience.delay_risk",
    "experience.home_delays",
    "loyalty.members",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    """The demo, laid out and built by a command of its own, asked for JSON."""
    place = tmp_path_factory.mktemp("place")
    return place / "nyc demo", process(place, "demo", "nyc demo", "--json")


def test_every_product_is_told_with_status_version_and_rows(demo: tuple[Path, Ended]) -> None:
    _, ended = demo
    assert (ended.code, ended.err) == (0, "")
    builds = ended.json["builds"]
    published = {b["product"]: b for b in builds if b["status"] == "published"}
    assert set(published) == PRODUCTS
    for build in published.values():
        assert build["version"] == 1
        assert all(port["rows"] > 0 for port in build["ports"].values())
    assert published["operations.flights"]["ports"]["departures"]["rows"] == 336_776


def test_the_rejected_product_names_its_checks_and_what_is_still_served(
    demo: tuple[Path, Ended],
) -> None:
    _, ended = demo
    (rejected,) = [b for b in ended.json["builds"] if b["status"] == "rejected"]
    assert rejected["product"] == "fleet.aircraft"
    assert (rejected["version"], rejected["served"]) == (None, 1)
    failed = [c for c in rejected["failed_checks"] if c["severity"] == "error"]
    assert {check["check"] for check in failed} == {"primaryKey", "seats.minimum"}
    assert all(check["failed_rows"] and check["examples"] for check in failed)


def test_a_query_counts_what_the_raw_files_count(demo: tuple[Path, Ended]) -> None:
    folder, _ = demo
    sql = "select origin, count(*) n from operations.flights.departures group by 1 order by 2 desc"
    inside = folder / "domains" / "fleet"
    got = mesh(inside, "query", sql, "--format", "csv").out.splitlines()
    with duckdb.connect() as engine:
        raw = engine.execute(
            "SELECT origin, count(*) n FROM read_csv(?, all_varchar = true) GROUP BY 1 ORDER BY 2 DESC",
            [str(folder / "silos" / "operations" / "**" / "*.csv*")],
        ).fetchall()
    assert got == ["origin,n", *(f"{origin},{n}" for origin, n in raw)]
    assert sum(n for _, n in raw) == 336_776


def test_the_worst_days_of_the_year_are_found(demo: tuple[Path, Ended]) -> None:
    folder, _ = demo
    sql = (
        "select make_date(year, month, day) d from operations.flights.departures group by 1"
        " order by count(*) filter (dep_time is null) * 1.0 / count(*) desc limit 2"
    )
    days = {row[0] for row in mesh(folder, "query", sql, "--json").json["rows"]}
    assert days == {"2013-02-08", "2013-02-09"}


def test_what_the_demo_leaves_can_be_looked_at(demo: tuple[Path, Ended]) -> None:
    """Every command that it suggests works."""
    folder, _ = demo
    for command, code in (
        (["check"], 0),
        (["plan"], 0),
        (["test"], 0),
        (["show"], 0),
        (["show", "experience.delay_risk"], 0),
        (["declassify", "--list"], 0),
        (["impact", "experience.home_delays.members"], 0),
        (["impact", "operations.flights.departures.dep_delay", "--drop"], 1),
        (["show", "fleet.aircraft.planes"], 0),
        (["history", "fleet.aircraft"], 0),
        (["ledger", "list", "--limit", "10"], 0),
        (["ledger", "verify"], 0),
        (["vacuum", "--dry-run"], 0),
        (["diff", "fleet.aircraft.planes"], 2),
    ):
        ended = mesh(folder, *command)
        assert ended.code == code, (command, ended.out, ended.err)
    lines = mesh(folder, "history", "fleet.aircraft", "--json").json["history"]
    assert [line["status"] for line in lines] == ["rejected", "published"]


def test_the_lineage_of_a_column_reaches_the_source_files(demo: tuple[Path, Ended]) -> None:
    """From one column across models, products and domains to the silos of every domain."""
    folder, _ = demo
    ended = mesh(folder, "lineage", "experience.delay_risk.routes.risk", "--up", "--json")
    assert ended.code == 0, ended.err
    places = {one["name"] for one in ended.json["datasets"] if one["kind"] == "source"}
    assert places == {
        "files:silos/operations/flights/*.csv",
        "files:silos/weather/*.ndjson.gz",
        "files:silos/geography/airports.xlsx",
        "sqlite:silos/fleet/fleet.db#planes",
        "sqlite:silos/fleet/fleet.db#airlines",
    }
    read = {(e["source"], e["source_column"]) for e in ended.json["edges"]}
    assert ("files:silos/operations/flights/*.csv", "dep_delay") in read
    assert ("files:silos/weather/*.ndjson.gz", "wind_gust") in read
    assert not [e for e in ended.json["edges"] if e["kind"] == "UNKNOWN"]


@pytest.mark.parametrize("columns", [80, 120])
def test_a_lineage_tree_fits_the_terminal(
    demo: tuple[Path, Ended], columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = demo
    monkeypatch.setenv("COLUMNS", str(columns))
    for words in (
        ["experience.delay_risk.routes", "--models"],
        ["operations.flights.departures", "--down"],
        ["loyalty.members.profiles.email"],
    ):
        ended = mesh(folder, "lineage", *words)
        assert ended.code == 0, ended.err
        assert max(map(len, ended.out.splitlines())) <= columns
        assert "unknown" not in ended.out
    ended = mesh(folder, "lineage", "operations.flights.departures.dep_delay", "--down")
    assert "experience.delay_risk.routes" in ended.out


def test_lineage_is_drawn_for_a_pull_request_and_told_to_other_tools(
    demo: tuple[Path, Ended],
) -> None:
    folder, _ = demo
    address = "experience.delay_risk.routes.risk"
    drawn = mesh(folder, "lineage", address, "--format", "mermaid").out
    assert drawn.startswith("flowchart LR\n")
    assert drawn.count("subgraph") == drawn.count("\n  end\n") > 5
    event = mesh(folder, "lineage", address, "--format", "openlineage").json
    assert event["dataset"]["name"] == "experience.delay_risk.routes"
    facets = event["dataset"]["facets"]
    told = [*facets["columnLineage"]["dataset"]]
    told += [
        field for one in facets["columnLineage"]["fields"].values() for field in one["inputFields"]
    ]
    assert {one["name"] for one in told} >= {"operations.flights.departures"}
    for document in (event, *facets.values()):
        url = str(document.get("schemaURL") or document["_schemaURL"])
        assert [str(error) for error in validator(url).iter_errors(document)] == []


def test_persons_are_found_among_the_members_and_nowhere_else(demo: tuple[Path, Ended]) -> None:
    folder, _ = demo
    found = mesh(folder, "classify", "--json").json["suggestions"]
    assert {(one["column"], one["kind"], one["state"]) for one in found} == {
        (f"loyalty.members.profiles.{column}", kind, "declared")
        for column, kind in (
            ("first_name", "person_name"),
            ("last_name", "person_name"),
            ("email", "email"),
            ("phone", "phone"),
            ("birth_date", "birth_date"),
        )
    }


def test_a_second_demo_replaces_nothing(demo: tuple[Path, Ended]) -> None:
    folder, _ = demo
    ended = mesh(folder.parent, "demo", folder.name)
    assert ended.code == 2
    assert "demo-folder-not-empty" in ended.err


def test_mended_the_registry_is_published_and_only_what_changed_is_built(
    demo: tuple[Path, Ended],
) -> None:
    from meshwright.app.demo.steps import mend_input

    folder, _ = demo
    mend_input(folder)
    ended = mesh(folder, "run", "--json")
    assert ended.code == 0
    builds = {b["product"]: b["status"] for b in ended.json["builds"]}
    assert builds["operations.flights"] == "up_to_date"
    assert builds["fleet.aircraft"] in ("published", "up_to_date")
    shown = mesh(folder, "show", "fleet.aircraft", "--json").json
    assert shown["incidents"] == []


KEY = "experience.home_delays.members.member_key"
CONTRACT = "domains/experience/home_delays/contracts/members.odcs.yaml"


def test_a_hashed_e_mail_is_personal_still_and_losing_that_is_refused(
    demo: tuple[Path, Ended],
) -> None:
    """The path that proves it leads from the e-mail to the key; only an owner can say otherwise."""
    folder, _ = demo
    contract = folder / CONTRACT
    honest = contract.read_text()
    said = "        classification: confidential\n        tags: [pii]\n"
    assert honest.count(said) == 1
    try:
        contract.write_text(honest.replace(said, "        classification: internal\n"))
        ended = mesh(folder, "plan", "experience.home_delays", "--json")
        (step,) = ended.json["steps"]
        (refusal,) = step["refusals"]
        assert (ended.code, step["action"], refusal["code"]) == (
            1,
            "refused",
            "classification-lost",
        )
        assert (refusal["address"], refusal["file"]) == (KEY, CONTRACT)
        assert "name: member_key" in honest.splitlines()[refusal["line"] - 1]
        assert refusal["path"] == [
            "loyalty.members.profiles.email (confidential, pii)",
            "experience.home_delays.pseudonyms.member_key (TRANSFORMATION, masked)",
            f"{KEY} (IDENTITY)",
        ]
        shown = mesh(folder, "plan", "experience.home_delays").out
        assert "loyalty.members.profiles.email (confidential, pii)" in shown
        run = mesh(folder, "run", "experience.home_delays", "--json")
        (build,) = run.json["builds"]
        assert (run.code, build["status"], build["served"]) == (1, "refused", 1)
        assert build["error"]["code"] == "classification-lost"
        owner = ("--owner", "elena.rossi@example.com")
        word = ("--as", "internal", "--reason", "keyed by a secret that was destroyed")
        assert mesh(folder, "declassify", KEY, *word).code == 4
        assert mesh(folder, "declassify", KEY, *word, *owner).code == 0
        assert mesh(folder, "plan", "experience.home_delays").code == 0
        assert KEY in mesh(folder, "declassify", "--list", "--json").out
        assert mesh(folder, "declassify", KEY, "--withdraw", "--reason", "no", *owner).code == 0
        assert mesh(folder, "plan", "experience.home_delays").code == 1
    finally:
        contract.write_text(honest)


def test_dropping_a_delay_is_told_with_all_that_it_breaks(demo: tuple[Path, Ended]) -> None:
    folder, _ = demo
    ended = mesh(folder, "impact", "operations.flights.departures.dep_delay", "--drop", "--json")
    impact = ended.json
    assert (ended.code, impact["breaks"]) == (1, True)
    columns = {column["address"] for column in impact["columns"]}
    routes = "experience.delay_risk.routes"
    assert {f"{routes}.mean_delay", f"{routes}.late", f"{routes}.risk"} <= columns
    assert not {f"{routes}.cancelled", f"{routes}.mean_seats", f"{routes}.dest_name"} & columns
    assert {model["model"] for model in impact["models"]} == {"conditions", "airports"}
    assert all(model["line"] == 8 for model in impact["models"])
    assert {one["product"] for one in impact["products"]} == {
        "experience.delay_risk",
        "experience.home_delays",
    }
    assert impact["owners"] == ["elena.rossi@example.com"]
    shown = mesh(folder, "impact", "operations.flights.departures.dep_delay", "--drop").out
    assert f"{routes}.risk" in shown.replace("\n", "")


def test_dropping_it_in_the_contract_is_refused_and_names_whom_it_hits(
    demo: tuple[Path, Ended],
) -> None:
    import re

    folder, _ = demo
    contract = folder / "domains/operations/flights/contracts/departures.odcs.yaml"
    honest = contract.read_text()
    without = re.sub(r"      - name: dep_delay\n(?:        .*\n)+", "", honest)
    assert without != honest
    try:
        contract.write_text(without)
        ended = mesh(folder, "plan", "operations.flights", "--json")
        (step,) = ended.json["steps"]
        (change,) = step["contract_changes"]
        assert (ended.code, step["action"], change["level"]) == (1, "refused", "major")
        hit = {one["product"]: one for one in change["affected"]}
        assert "experience.delay_risk.routes.risk" in hit["experience.delay_risk"]["columns"]
        assert hit["experience.home_delays"]["people"] == ["elena.rossi@example.com"]
    finally:
        contract.write_text(honest)
