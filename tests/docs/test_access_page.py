"""The page about access policies: its policies are sound, and explained and tested as it says."""

import re
from pathlib import Path

import pytest

from tests.e2e.shell import mesh
from tests.integration.granted import PORT, granted, known, put_policies, wired, write_crm
from tests.integration.shop import build, copied

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "write-access-policies.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_crm(tmp_path_factory.mktemp("page") / "mesh")
    build(folder)
    federation, domain, tests = blocks("yaml")
    put_policies(folder, federation)
    put_policies(folder, domain, "crm")
    (folder / "policies" / "access.test.yaml").write_text(tests)
    rex = known("person:rex", employment="contractor")
    with wired(folder, known("service:bi"), rex, granted("person:rex")):
        pass
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    return copied(built, tmp_path / "mesh")


def plain(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


def test_the_policies_are_sound(folder: Path) -> None:
    assert mesh(folder, "check", "--json").json["problems"] == []


@pytest.mark.parametrize(("number", "who", "code"), [(0, "service:bi", 0), (1, "person:rex", 4)])
def test_somebody_is_explained_as_the_page_says(
    folder: Path, number: int, who: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ended = mesh(folder, "access", "explain", who, PORT)
    assert ended.code == code
    assert plain(ended.out + ended.err) == plain(blocks("text")[number])


def test_the_tests_pass_as_the_page_says(folder: Path) -> None:
    ended = mesh(folder, "access", "test")
    assert plain(ended.out + ended.err) == plain(blocks("text")[2])
