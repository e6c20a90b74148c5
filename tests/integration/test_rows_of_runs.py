"""Whoever may run a product sees no row of it by that: its owners do, roles of the mesh do not."""

from pathlib import Path

import pytest

import meshwright
from meshwright.app.identity.users import add_user
from meshwright.errors import UsageError
from meshwright.model.plan import BuildResult
from tests.integration.granted import MESH, OWNER
from tests.integration.shop import KEY, column
from tests.meshes import write_mesh, write_text

ADMINISTRATOR = "person:root@example.com"
COLUMNS = [column("id", **KEY), column("points", logicalTypeOptions={"maximum": 10})]


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    """A product of which a row fails a check."""
    people = MESH["crm"]["people"] | {
        "ports": {"people": "select id, points from raw"},
        "contracts": {"people": {"columns": COLUMNS}},
    }
    folder = write_mesh(tmp_path / "mesh", {"crm": {"people": people}})
    with meshwright.open(folder) as opened:
        add_user(opened.wiring, "root@example.com", roles=["administrator"])
    return folder


def ran(folder: Path, name: str) -> BuildResult:
    """Run it as somebody."""
    with meshwright.open(folder) as opened:
        (result,) = opened.as_principal(name).run("crm.people")
    return result


def test_a_row_that_fails_a_check_is_shown_to_owners_alone(mesh: Path) -> None:
    (check,) = ran(mesh, OWNER).failed_checks
    assert check.example is not None
    assert check.example.rows == ((1, 70),)
    (check,) = ran(mesh, ADMINISTRATOR).failed_checks
    assert (check.check, check.failed_rows, check.example) == ("points.maximum", 1, None)


def test_a_value_that_an_error_quotes_is_shown_to_owners_alone(mesh: Path) -> None:
    model = mesh / "domains" / "crm" / "people" / "models" / "people.sql"
    write_text(model, "select id, email::INTEGER as points from raw\n")
    assert "ada@example.com" in ran(mesh, OWNER).error
    failed = ran(mesh, ADMINISTRATOR)
    assert (failed.status, failed.error_code) == ("failed", "sql-conversion")
    assert "ada" not in str(failed)


@pytest.mark.parametrize("purpose", ["x" * 500_000, "billing\x1b[2J"])
def test_a_purpose_that_no_grant_can_have_is_not_put_into_the_trail(
    mesh: Path, purpose: str
) -> None:
    with meshwright.open(mesh) as opened:
        with pytest.raises(UsageError) as caught:
            opened.query("select 1", purpose=purpose)
        assert caught.value.code == "purpose-invalid"
        assert not list(opened.ledger_entries(["QueryRan"]))
