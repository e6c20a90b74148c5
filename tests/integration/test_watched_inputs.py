"""A plan looks at sources closely only where a watched file or folder has changed."""

import os
import shutil
import time
from pathlib import Path

import pytest

import meshwright
from meshwright.adapters.files import FileSource
from meshwright.documents.workspace import Workspace
from meshwright.model.product import SourceSpec
from tests.integration.shop import build, statuses
from tests.meshes import change_yaml, home_of, set_silo


def planned(folder: Path) -> dict[str, str]:
    with meshwright.open(folder) as mesh:
        return {str(step.product): step.action for step in mesh.plan().steps}


@pytest.fixture
def looks(shop: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources that were listed since the shop was planned for the first time."""
    time.sleep(0.03)  # what was written within 20 ms is not trusted
    planned(shop)
    seen: list[str] = []
    listed = FileSource.items
    monkeypatch.setattr(
        FileSource, "items", lambda self: seen.append(str(self._spec.paths[0])) or listed(self)
    )
    return seen


def test_nothing_is_listed_while_nothing_changed(shop: Path, looks: list[str]) -> None:
    assert set(planned(shop).values()) == {"up_to_date"}
    assert looks == []


def test_a_card_is_decoded_only_of_what_changed(
    shop: Path, looks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[str] = []
    load = Workspace._load_card
    monkeypatch.setattr(
        Workspace, "_load_card", lambda self, folder: decoded.append(folder) or load(self, folder)
    )
    assert set(planned(shop).values()) == {"up_to_date"}
    assert decoded == []
    set_silo(shop, "insight.lonely.raw", "x\n1\n2\n")
    assert planned(shop)["insight.lonely"] == "build"
    assert set(decoded) <= {"domains/insight/lonely"}


def test_a_changed_file_is_seen_and_only_its_source_listed(shop: Path, looks: list[str]) -> None:
    set_silo(shop, "insight.lonely.raw", "x\n1\n2\n")
    assert planned(shop)["insight.lonely"] == "build"
    assert len(set(looks)) == 1
    assert statuses(build(shop))["insight.lonely"] == "published"
    assert set(planned(shop).values()) == {"up_to_date"}


def test_another_way_of_reading_the_same_file_is_seen(shop: Path, looks: list[str]) -> None:
    change_yaml(
        home_of(shop, "insight.lonely") / "build.yaml",
        lambda built: built["inputs"]["raw"].update(columns={"x": "BIGINT"}),
    )
    assert planned(shop)["insight.lonely"] == "build"
    assert looks


def test_a_copied_mesh_watches_its_own_files(shop: Path, looks: list[str], tmp_path: Path) -> None:
    other = Path(shutil.copytree(shop, tmp_path / "other"))
    set_silo(other, "insight.lonely.raw", "x\n1\n2\n")
    assert planned(other)["insight.lonely"] == "build"
    assert planned(shop)["insight.lonely"] == "up_to_date"


def test_a_source_that_is_gone_is_looked_for_every_time(shop: Path, looks: list[str]) -> None:
    (shop / "silos" / "insight.lonely.raw.csv").unlink()
    for _ in range(2):
        assert planned(shop)["insight.lonely"] == "build"
    assert len(looks) >= 2


def test_a_pattern_watches_its_folder_and_files_and_one_over_folders_nothing(
    tmp_path: Path,
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.csv").write_text("x\n1\n")

    def watched(*paths: str) -> list[str]:
        found = FileSource(SourceSpec("files", tmp_path, paths, "", {})).watched()
        return sorted(os.path.relpath(path, tmp_path) for path in found)

    assert watched("a/*.csv") == ["a", "a/one.csv"]
    assert watched("a/one.csv", "b.csv") == ["a/one.csv", "b.csv"]
    assert watched("*/one.csv") == watched("**/*.csv") == []
