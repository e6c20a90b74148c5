"""The starter rules: each is complete, has unit tests, and its tests notice when it is wrong."""

from pathlib import Path

import pytest
import yaml

from meshwright.app.policy.adding import add_rules, starter_names
from meshwright.app.policy.testing import run_rule_tests
from meshwright.app.wiring import Wiring
from tests.integration.shop import opened, write_shop
from tests.meshes import write_mesh

NAMES = starter_names()
NOTHING = "SELECT '' AS address, '' AS message WHERE false\n"


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mesh with nothing but the starter rules."""
    folder = write_mesh(tmp_path_factory.mktemp("starter") / "mesh", {})
    add_rules(folder)
    return folder


def header(text: str) -> str:
    return "".join(line for line in text.splitlines(True) if line.startswith("--"))


def everything(folder: Path, name: str) -> str:
    """Return SQL that calls every row of every table that the rule's tests fill a violation."""
    document = yaml.safe_load((folder / "policies" / f"{name}.test.yaml").read_text())
    tables = sorted({table for test in document["tests"] for table in test["given"]})
    each = (f"SELECT address, 'wrong' AS message FROM mesh.{table}" for table in tables)
    return " UNION ALL ".join(each) + "\n"


def test_there_are_at_least_twenty() -> None:
    assert len(NAMES) >= 20


def test_every_starter_rule_is_sound_and_passes_its_tests(mesh: Path) -> None:
    with opened(mesh) as open_mesh:
        assert open_mesh.rules().problems == ()
        results, untested = open_mesh.test_rules()
    assert [(r.rule, r.test, r.error, r.got) for r in results if not r.has_passed] == []
    assert untested == []
    assert {result.rule for result in results} == set(NAMES)


@pytest.mark.parametrize("wrong", ["nothing", "everything"])
def test_every_rules_tests_fail_when_it_is_wrong(mesh: Path, wrong: str) -> None:
    wiring = Wiring(mesh)
    texts = {name: (mesh / "policies" / f"{name}.sql").read_text() for name in NAMES}
    try:
        for name, text in texts.items():
            sql = NOTHING if wrong == "nothing" else everything(mesh, name)
            (mesh / "policies" / f"{name}.sql").write_text(header(text) + sql)
        results, _ = run_rule_tests(wiring)
    finally:
        for name, text in texts.items():
            (mesh / "policies" / f"{name}.sql").write_text(text)
        wiring.close()
    assert all(result.error == "" for result in results)
    assert {result.rule for result in results if not result.has_passed} == set(NAMES)


def test_adding_twice_keeps_what_somebody_changed(tmp_path: Path) -> None:
    mesh = write_shop(tmp_path / "mesh")
    written, _ = add_rules(mesh, ["columns-described"])
    assert written == ["columns-described"]
    path = mesh / "policies" / "columns-described.sql"
    path.write_text(path.read_text().replace("warn", "block"))
    written, kept = add_rules(mesh)
    assert kept == ["columns-described"]
    assert len(written) == len(NAMES) - 1
    assert "severity: block" in path.read_text()
