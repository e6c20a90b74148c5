"""Words that find very much: counted whole, named first, turned to page by page, and hidden as ever."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from meshwright.app.catalog import search as module
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.search import Found, search
from meshwright.app.mesh import Mesh, open_mesh
from meshwright.catalog import asking, counting, ranking
from meshwright.model.principal import Principal
from tests.integration.web import WEB
from tests.meshes import settled, write_mesh

GUS = Principal("person:gus")
TEXTS = ("p", "pe", "v", "na", "people", "visits name", "people nowhere")


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Mesh]:
    with open_mesh(settled(write_mesh(tmp_path / "web", WEB))) as mesh:
        yield mesh


@pytest.fixture
def much(web: Mesh, monkeypatch: pytest.MonkeyPatch) -> Mesh:
    """A mesh in which three documents are very many, and pages after the fourth seldom turned to."""
    monkeypatch.setattr(asking, "MOST_RANKED", 3)
    monkeypatch.setattr(counting, "_MANY", 10)
    for one in (ranking, module):
        monkeypatch.setattr(one, "FEW", 4)
    return web


def addresses(found: Found) -> list[str]:
    return [hit.address for hit in found.hits]


@pytest.mark.parametrize("knowing", [Knowing(GUS), Knowing(GUS, frozenset({"web.visits"}))])
@pytest.mark.parametrize("filters", [{}, {"kind": ("column", "port"), "domain": ("web", "crm")}])
def test_very_much_is_found_whole_and_counted_as_a_little_is(
    web: Mesh,
    monkeypatch: pytest.MonkeyPatch,
    knowing: Knowing,
    filters: dict[str, tuple[str, ...]],
) -> None:
    def all_of(text: str) -> tuple[set[str], Found]:
        found = search(web.wiring, knowing, text, filters, limit=100)
        return set(addresses(found)), found

    little = {text: all_of(text) for text in TEXTS}
    monkeypatch.setattr(asking, "MOST_RANKED", 1)
    monkeypatch.setattr(counting, "_MANY", 10)
    module._KNOWN[web.wiring]._kept.clear()
    for text, (named, found) in little.items():
        again, other = all_of(text)
        assert again == named, text
        assert (other.total, other.facets, other.corrected) == (
            found.total, found.facets, found.corrected
        )  # fmt: skip
        assert len(again) == found.total


def test_what_begins_so_comes_before_what_is_about_it(much: Mesh) -> None:
    found = addresses(much.search("pe", limit=100))
    assert found[0] == "crm.people"
    assert len(found) > 4
    named = [address.rpartition(".")[2].startswith("pe") for address in found]
    assert named == sorted(named, reverse=True)


@pytest.mark.parametrize("text", ["p", "people", ""])
def test_pages_that_are_seldom_turned_to_follow_the_first_without_gaps(
    much: Mesh, text: str
) -> None:
    whole = addresses(much.search(text, limit=100))
    pages = [addresses(much.search(text, limit=2, offset=at)) for at in range(0, len(whole), 2)]
    assert [address for page in pages for address in page] == whole
    assert len(set(whole)) == much.search(text).total > 4


def test_facets_of_very_much_follow_what_changes(
    much: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):  # the newest places are put again under the numbers that they had
        much.catalog.say("crm.people", "tags", [f"tag{number}"])
        facets = much.search("p", limit=100).facets
        tags = dict(facets["tag"])
        assert {tag for tag in tags if tag.startswith("tag")} == {f"tag{number}"}
        monkeypatch.setattr(counting, "_MANY", 0)
        module._KNOWN[much.wiring]._kept.clear()
        assert much.search("p", limit=100).facets == facets
        monkeypatch.setattr(counting, "_MANY", 10)
