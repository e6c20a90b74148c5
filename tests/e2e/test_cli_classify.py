"""`mesh classify`: found on served ports, decided by owners, written into contracts, never told twice."""

import json
from pathlib import Path

import pytest

from tests.e2e.shell import mesh
from tests.integration.shop import column
from tests.meshes import write_mesh

NAMES = ("Anna", "Peter", "Maria", "John", "Laura", "Pablo", "Ewa", "Jan", "Sofia", "Mehmet")
ROWS = [
    f"{n},{NAMES[n % 10]},{NAMES[n % 10].lower()}{n}@example.org,Meyer Station {n},{n % 7}"
    for n in range(1, 61)
]
CSV = "id,vorname,contact,shop,orders\n" + "\n".join(ROWS) + "\n"
CONTRACT = "domains/crm/people/contracts/people.odcs.yaml"
PORT = "crm.people.people"
OWNER = ("--owner", "crm@example.com")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mesh with one product of customers, published, whose contract classifies only the name."""
    columns = [
        column("id", primaryKey=True, primaryKeyPosition=1),
        column("vorname", "string", classification="internal"),
        column("contact", "string"),
        column("shop", "string"),
        column("orders"),
    ]
    product = {
        "inputs": {"raw": CSV},
        "ports": {"people": "select * from raw"},
        "contracts": {"people": {"columns": columns}},
    }
    folder = write_mesh(tmp_path_factory.mktemp("people") / "mesh", {"crm": {"people": product}})
    assert mesh(folder, "run").code == 0
    return folder


@pytest.fixture
def people(built: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    from tests.integration.shop import copied

    return copied(built, tmp_path / "mesh")


def suggested(folder: Path, *arguments: str) -> dict[str, tuple[str, str]]:
    found = mesh(folder, "classify", *arguments, "--json").json["suggestions"]
    return {one["column"].rpartition(".")[2]: (one["kind"], one["state"]) for one in found}


def facts(folder: Path, kind: str) -> list[dict[str, object]]:
    return mesh(folder, "ledger", "list", "--kind", kind, "--json").json["facts"]


def test_what_looks_personal_is_suggested_with_its_reasons(people):
    ended = mesh(people, "classify", "crm.*")
    assert ended.code == 0
    assert PORT in ended.out
    assert "person_name" in ended.out
    assert "weaker (internal)" in ended.out or "weaker" in ended.out
    assert f"mesh classify accept {PORT}.vorname" in ended.err
    assert suggested(people) == {
        "vorname": ("person_name", "weaker"), "contact": ("email", "new"),
    }  # fmt: skip


def test_no_value_of_the_data_is_told_or_recorded(people):
    told = mesh(people, "classify", "--json").out + mesh(people, "ledger", "list", "--json").out
    assert "ClassificationSuggested" in told
    assert "@example.org" not in told
    assert "Anna" not in told


def test_a_suggestion_is_a_fact_once(people):
    mesh(people, "classify")
    before = mesh(people, "ledger", "list", "--json").out.count("ClassificationSuggested")
    mesh(people, "classify")
    assert before == 2
    assert mesh(people, "ledger", "list", "--json").out.count("ClassificationSuggested") == 2


def test_accepting_changes_the_lines_of_that_column_only(people):
    mesh(people, "classify")
    before = (people / CONTRACT).read_text().splitlines()
    done = mesh(people, "classify", "accept", f"{PORT}.contact", "--json").json
    after = (people / CONTRACT).read_text().splitlines()
    assert (done["classification"], done["tags"]) == ("confidential", ["pii"])
    assert [line for line in before if line not in after] == []
    assert "".join(line.strip() for line in after if line not in before).startswith(
        "classification: confidential"
    )
    assert mesh(people, "check").code == 0
    assert suggested(people)["contact"] == ("email", "declared")


def test_accepting_says_which_version_the_contract_needs(people):
    mesh(people, "classify")
    done = mesh(people, "classify", "accept", f"{PORT}.contact", "--json").json
    assert done["version"] == "1.1.0"


def test_a_refused_suggestion_is_not_made_again(people):
    mesh(people, "classify")
    refused = mesh(
        people, "classify", "refuse", f"{PORT}.contact", "--reason", "a shared inbox", *OWNER
    )
    assert refused.code == 0
    assert suggested(people)["contact"] == ("email", "refused")
    assert f"{PORT}.contact" not in mesh(people, "classify").err
    again = mesh(people, "classify", "accept", f"{PORT}.contact", "--json")
    assert again.json["error"]["code"] == "suggestion-unknown"


def test_only_an_owner_refuses_what_would_be_protected(people):
    mesh(people, "classify")
    arguments = ("classify", "refuse", f"{PORT}.contact", "--reason", "a shared inbox")
    denied = mesh(people, *arguments, "--owner", "somebody@example.com", "--json")
    assert denied.code == 4
    assert denied.json["error"]["code"] == "not-an-owner"
    assert suggested(people)["contact"] == ("email", "new")


def test_an_owner_may_know_better_which_kind_it_is(people):
    done = mesh(people, "classify", "accept", f"{PORT}.shop", "--kind", "health", "--json").json
    assert (done["classification"], done["tags"]) == ("restricted", ["phi", "pii", "sensitive"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("accept", f"{PORT}.orders"), "suggestion-unknown"),
        (("accept", f"{PORT}.nothing"), "column-unknown"),
        (("accept", PORT), "address-not-a-column"),
        (("accept", f"{PORT}.shop", "--kind", "emial"), "kind-unknown"),
        (("refuse", f"{PORT}.contact", "--reason", " "), "reason-missing"),
        (("--source", PORT), "source-is-a-port"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(people, arguments, code):
    ended = mesh(people, "classify", *arguments, "--json")
    assert ended.code == 2
    assert ended.json["error"]["code"] == code


def test_a_file_is_looked_at_before_it_is_a_product(people):
    (people / "leads.csv").write_text(CSV)
    assert suggested(people, "--source", "leads.csv") == {
        "vorname": ("person_name", "new"), "contact": ("email", "new"),
    }  # fmt: skip


def test_a_new_product_guesses_classifications_and_keeps_values_out(people):
    (people / "leads.csv").write_text(CSV)
    made = mesh(people, "new", "product", "crm.leads", "--from", "leads.csv", "--json").json
    assert {"column": "contact", "what": "classification"} in made["guesses"]
    written = (people / "domains/crm/leads/contracts/leads.odcs.yaml").read_text()
    assert "classification: confidential  # guess" in written
    assert "Anna" not in written
    assert mesh(people, "check").code == 0
    assert suggested(people, "crm.leads") == {
        "vorname": ("person_name", "new"), "contact": ("email", "new"),
    }  # fmt: skip


def test_suggestions_outlive_a_rebuild_of_the_projections(people):
    mesh(people, "classify")
    mesh(people, "classify", "refuse", f"{PORT}.contact", "--reason", "a shared inbox", *OWNER)
    assert mesh(people, "ledger", "rebuild").code == 0
    assert json.loads(mesh(people, "ledger", "verify", "--json").out)
    assert suggested(people)["contact"] == ("email", "refused")
