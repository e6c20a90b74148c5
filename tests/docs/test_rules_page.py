"""The page about rules: its rule is sound, its test passes, and its header that tightens does."""

import re
from pathlib import Path

import pytest

from tests.e2e.shell import mesh
from tests.integration.shop import write_shop
from tests.meshes import change_yaml, write_text

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-rule.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_shop(tmp_path / "mesh")


def test_the_rule_finds_and_its_test_passes(folder: Path) -> None:
    rule, _ = blocks("sql")
    write_text(folder / "policies" / "every-key-is-described.sql", rule)
    write_text(folder / "policies" / "every-key-is-described.test.yaml", blocks("yaml")[0])
    assert mesh(folder, "policy", "test").out == "1 test passed, 0 failed\n"
    (listed,) = mesh(folder, "policy", "list", "--json").json["rules"]
    assert listed["violations"] == 3


def test_the_header_tightens_a_starter_rule(folder: Path) -> None:
    mesh(folder, "policy", "add", "columns-described")
    write_text(folder / "domains/sales/policies/columns-described.sql", blocks("sql")[1])
    listed = mesh(folder, "policy", "list", "--json").json
    assert listed["problems"] == []
    assert listed["rules"][0]["raised"] == [{"domain": "sales", "severity": "block"}]


def test_a_federation_is_written_as_the_page_says(folder: Path) -> None:
    import yaml

    path, git = blocks("yaml")[1].split("# or")
    said = [yaml.safe_load(text)["federation"] for text in (path, git)]
    assert [set(one) for one in said] == [{"path"}, {"git", "ref"}]
    write_text(folder.parent / "federation" / "policies" / "described.sql", blocks("sql")[0])
    change_yaml(folder / "mesh.yaml", lambda document: document.update(federation=said[0]))
    assert "federation" not in mesh(folder, "check").out
    listed = mesh(folder, "policy", "list", "--json").json
    assert [rule["rule"] for rule in listed["rules"]] == ["described"]
