"""A federation that several meshes share: a folder, or a pinned commit or tag of a git repository."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from meshwright.model.problem import Problem
from tests.integration.ruled import LONELY, rule_text, write_rule
from tests.integration.shop import opened, write_shop
from tests.meshes import change_yaml, write_text

AUTHOR = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *AUTHOR, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def federation(tmp_path: Path) -> Path:
    """A repository with one rule, tagged v1."""
    folder = tmp_path / "federation"
    write_text(folder / "policies" / "not-lonely.sql", rule_text(LONELY))
    git(folder, "init", "--quiet", "--initial-branch=trunk")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "Rules")
    git(folder, "tag", "v1")
    return folder


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    return write_shop(tmp_path / "mesh")


def joined(mesh: Path, **federation: Any) -> Path:
    change_yaml(mesh / "mesh.yaml", lambda document: document.update(federation=federation))
    return mesh


def problems(mesh: Path) -> list[Problem]:
    with opened(mesh) as open_mesh:
        return [p for p in open_mesh.check() if p.code.startswith(("fed", "rule", "key", "value"))]


def codes(mesh: Path) -> list[str]:
    return [problem.code for problem in problems(mesh)]


def test_a_folder_beside_the_mesh_holds_global_rules(mesh: Path, federation: Path) -> None:
    joined(mesh, path="../federation")
    (violation,) = problems(mesh)
    assert violation.code == "rule-violated"
    with opened(mesh) as open_mesh:
        assert open_mesh.rules().lines[0].rule.file == "../federation/policies/not-lonely.sql"


def test_a_folder_that_is_not_there_is_told(mesh: Path) -> None:
    assert codes(joined(mesh, path="../nowhere")) == ["federation-missing"]


def test_a_federation_without_a_rule_stops_every_build(mesh: Path, federation: Path) -> None:
    """A wrong folder, or a ref before its first rule, would let everything pass in silence."""
    rule = federation / "policies" / "not-lonely.sql"
    rule.rename(rule.with_name("not-lonely.sql.bak"))
    git(federation, "add", "-A")
    git(federation, "commit", "--quiet", "-m", "No rule")
    git(federation, "tag", "v0")
    assert codes(joined(mesh, git=str(federation), ref="v0")) == ["federation-empty"]
    assert codes(joined(mesh, path="../federation")) == ["federation-empty"]
    with opened(mesh) as open_mesh:
        assert {step.action for step in open_mesh.plan().steps} == {"refused"}


def test_a_tag_of_a_repository_is_read(mesh: Path, federation: Path) -> None:
    assert codes(joined(mesh, git=str(federation), ref="v1")) == ["rule-violated"]


def test_a_full_commit_is_read(mesh: Path, federation: Path) -> None:
    commit = git(federation, "rev-parse", "HEAD")
    write_text(federation / "policies" / "not-lonely.sql", rule_text("SELECT 1"))
    git(federation, "commit", "--quiet", "-am", "Break it")
    assert codes(joined(mesh, git=str(federation), ref=commit)) == ["rule-violated"]


def test_once_fetched_no_repository_is_needed(mesh: Path, federation: Path) -> None:
    joined(mesh, git=str(federation), ref="v1")
    assert codes(mesh) == ["rule-violated"]
    gone = federation.rename(federation.with_name("gone"))
    federation.mkdir()
    assert codes(mesh) == ["rule-violated"]
    gone.rename(federation.with_name("back"))


def test_a_repository_that_cannot_be_reached_stops_every_build(mesh: Path) -> None:
    joined(mesh, git="https://127.0.0.1:9/federation.git", ref="v1")
    assert codes(mesh) == ["federation-unreachable"]
    with opened(mesh) as open_mesh:
        assert {step.action for step in open_mesh.plan().steps} == {"refused"}


def test_a_branch_is_refused_with_the_commit_to_pin(mesh: Path, federation: Path) -> None:
    (problem,) = problems(joined(mesh, git=str(federation), ref="trunk"))
    assert problem.code == "federation-ref-moves"
    assert git(federation, "rev-parse", "HEAD") in problem.hint
    assert problem.place.file == "mesh.yaml"


@pytest.mark.parametrize("ref", ["v2", "0" * 40, "1" * 40, "HEAD"])
def test_what_is_not_there_is_refused(mesh: Path, federation: Path, ref: str) -> None:
    assert codes(joined(mesh, git=str(federation), ref=ref)) == ["federation-ref"]


@pytest.mark.parametrize(
    "ref", ["--upload-pack=touch x", "-v1", "v1:refs/heads/x", "a..b", "v1 v2", "+v1"]
)
def test_a_ref_cannot_be_an_option_or_a_refspec(mesh: Path, federation: Path, ref: str) -> None:
    assert codes(joined(mesh, git=str(federation), ref=ref)) == ["federation-ref"]
    assert not (mesh / "x").exists()


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c touch% {mesh}/pwned",
        "--upload-pack=touch {mesh}/pwned",
        "fd::17/foo",
        "http://example.com/rules.git",
        "git://example.com/rules.git",
        "ssh://-oProxyCommand=touch%20{mesh}/pwned/x",
        "host\n.example.com:x",
        "nowhere/at/all",
    ],
)
def test_an_address_of_another_kind_is_refused_and_nothing_is_run(mesh: Path, url: str) -> None:
    assert codes(joined(mesh, git=url.format(mesh=mesh), ref="v1")) == ["federation-address"]
    assert not (mesh / "pwned").exists()


def test_nothing_of_the_repository_is_run_or_followed(mesh: Path, federation: Path) -> None:
    """Hooks and filters of the repository are not run; a link in it leads nowhere."""
    secret = mesh / "secret.sql"
    secret.write_text(rule_text(LONELY.replace("lonely", "orders")))
    os.symlink(secret, federation / "policies" / "linked.sql")
    write_text(federation / ".gitattributes", "*.sql filter=evil\n")
    for hook in ("post-checkout", "reference-transaction", "post-merge", "pre-auto-gc"):
        path = federation / ".git" / "hooks" / hook
        write_text(path, f"#!/bin/sh\ntouch {mesh}/pwned\n")
        path.chmod(0o755)
    shutil.rmtree(federation / ".git" / "hooks")
    git(federation, "add", ".")
    git(federation, "commit", "--quiet", "-m", "Links")
    git(federation, "tag", "v2")
    joined(mesh, git=str(federation), ref="v2")
    with opened(mesh) as open_mesh:
        assert [line.rule.name for line in open_mesh.rules().lines] == ["not-lonely"]
    assert not (mesh / "pwned").exists()


def test_a_repository_around_the_mesh_is_not_touched(
    mesh: Path, federation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a hook git names the repository in its environment; it is not the one that is fetched into."""
    git(mesh, "init", "--quiet")
    before = sorted(path.name for path in (mesh / ".git").rglob("*"))
    monkeypatch.setenv("GIT_DIR", str(mesh / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(mesh / ".git" / "index"))
    assert codes(joined(mesh, git=str(federation), ref="v1")) == ["rule-violated"]
    assert sorted(path.name for path in (mesh / ".git").rglob("*")) == before


def test_the_mesh_cannot_shadow_a_rule_of_the_federation(mesh: Path, federation: Path) -> None:
    joined(mesh, path="../federation")
    write_rule(mesh, "not-lonely", LONELY, severity="advise")
    (problem,) = [p for p in problems(mesh) if p.code == "rule-shadows"]
    assert "../federation/policies/not-lonely.sql" in problem.message
    with opened(mesh) as open_mesh:
        assert [line.rule.severity for line in open_mesh.rules().lines] == ["block"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"git": "x"}, "federation-incomplete"),
        ({"ref": "v1"}, "federation-incomplete"),
        ({"path": "x", "ref": "v1"}, "federation-incomplete"),
        ({}, "federation-incomplete"),
        ({"pth": "x"}, "key-unknown"),
    ],
)
def test_a_federation_that_is_half_said_is_told_in_mesh_yaml(
    mesh: Path, said: dict[str, str], code: str
) -> None:
    joined(mesh, **said)
    found = problems(mesh)
    assert code in [problem.code for problem in found]
    assert {Path(problem.place.file).name for problem in found} == {"mesh.yaml"}
