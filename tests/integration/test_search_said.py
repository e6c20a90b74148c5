"""What people say of fields is found for as long as pages show it, and by whom it may be."""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from meshwright.app.catalog import index
from meshwright.app.catalog import search as searching
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.search import Found, search
from meshwright.app.ledger import rebuild_projections, verify_ledger
from meshwright.app.mesh import Mesh, open_mesh
from meshwright.catalog import keeping
from meshwright.catalog.places import read_places
from meshwright.model.principal import Principal
from tests.integration.web import WEB
from tests.meshes import change_yaml, home_of, settled, write_mesh
from tests.serving import Serving, serving
from tests.visiting import Visitor

GUS, OWNER = Principal("person:gus"), "person:sales@example.com"
AMOUNT, NAME = "sales.orders.orders.amount", "crm.people.people.name"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Mesh]:
    folder = write_mesh(tmp_path / "web", WEB)
    (folder / "glossary.yaml").write_text("terms: [{name: sobriquet, definition: A name.}]\n")
    with open_mesh(settled(folder)) as mesh:
        yield mesh


@pytest.fixture
def server(shop: Path) -> Iterator[Serving]:
    with serving(shop) as found:
        yield found


def addresses(found: Found) -> list[str]:
    return [hit.address for hit in found.hits]


def test_what_a_person_says_is_found_until_they_take_it_back(web: Mesh) -> None:
    assert web.search("zebra").total == 0
    web.catalog.say(NAME, "description", "What the zebra is called.")
    found = web.search("zebra")
    assert addresses(found) == [NAME]
    assert found.hits[0].description == "What the zebra is called."
    assert web.search("zebar").corrected == "zebra"
    web.catalog.say(NAME, "description", "What the okapi is called.")
    assert (addresses(web.search("okapi")), web.search("zebra").total) == ([NAME], 0)
    web.catalog.say(NAME, "description", "")
    assert (web.search("okapi").total, web.search("zebar").corrected) == (0, "")


def test_a_tag_and_a_term_that_a_person_says_are_found_and_counted(web: Mesh) -> None:
    web.catalog.say("crm.people", "tags", ["golden"])
    web.catalog.say(NAME, "terms", ["sobriquet"])
    found = web.search("", {"tag": ("golden",)}, limit=100)
    assert dict(found.facets["tag"])["golden"] == found.total == 5  # a port and columns have it too
    assert dict(found.facets["kind"]) == {"product": 1, "port": 1, "column": 3}
    assert NAME in addresses(web.search("sobriquet"))
    web.catalog.say("crm.people", "tags", [])
    assert "golden" not in dict(web.search("").facets["tag"])


def test_a_descriptor_that_says_otherwise_takes_its_place(web: Mesh) -> None:
    web.catalog.say(NAME, "description", "What the zebra is called.")
    assert web.search("zebra").total == 1
    contract = next((web.wiring.root / "domains/crm/people/contracts").iterdir())

    def described(text: str) -> Any:
        def change(document: Any) -> None:
            document["schema"][0]["properties"][1]["description"] = text

        return change

    change_yaml(contract, described("What the giraffe is called."))
    web.wiring.look_anew()
    assert (addresses(web.search("giraffe")), web.search("zebra").total) == ([NAME], 0)
    assert web.catalog.field(NAME, "description").superseded is not None
    change_yaml(contract, described(""))
    web.wiring.look_anew()
    assert (addresses(web.search("zebra")), web.search("giraffe").total) == ([NAME], 0)


def test_a_word_has_its_own_product_indexed_again_and_no_other(
    web: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.search("people")
    read: list[str] = []
    places = index._places

    def noted(wiring: Any, workspace: Any, name: str, told: Any) -> Any:
        read.append(name)
        return places(wiring, workspace, name, told)

    monkeypatch.setattr(index, "_places", noted)
    web.catalog.say(NAME, "description", "A zebra.")
    web.search("zebra")
    web.search("zebra")
    assert read == ["crm.people"]


def test_what_was_said_moves_with_the_name_of_a_product(web: Mesh) -> None:
    web.run("crm.people")
    web.catalog.say(NAME, "description", "A zebra.")
    assert addresses(web.search("zebra")) == [NAME]
    old = web.wiring.root / "domains/crm/people"
    change_yaml(old / "product.odps.yaml", _renamed)
    old.rename(old.parent / "persons")
    web.wiring.look_anew()
    web.search("zebra")  # before any run tells of the name
    web.run("crm.persons")
    assert addresses(web.search("zebra")) == ["crm.persons.people.name"]


def _renamed(document: Any) -> None:
    document["name"] = "persons"
    document["customProperties"] = [
        *document.get("customProperties", []),
        {"property": "formerly", "value": ["crm.people"]},
    ]


def test_an_index_that_is_made_anew_has_what_was_said(web: Mesh) -> None:
    web.catalog.say(NAME, "description", "A zebra.")
    first = web.search("zebra")
    assert first.total == 1
    rebuild_projections(web.wiring)
    assert web.search("zebra") == first
    assert verify_ledger(web.wiring)["problems"] == []


def test_nothing_said_of_what_is_hidden_is_found_counted_or_hinted_at(web: Mesh) -> None:
    web.catalog.say(NAME, "description", "A zebra.")
    web.catalog.say("crm.people", "tags", ["golden"])
    knowing = Knowing(GUS, frozenset({"crm.people"}))
    for word in ("zebra", "zebar", "zebr", "golden", "golddn"):
        found = search(web.wiring, knowing, word)
        assert (found.total, found.corrected) == (0, ""), word
        assert not any(found.facets.values()), word
        assert search(web.wiring, Knowing(GUS), word).total, word
    assert "golden" not in dict(search(web.wiring, knowing, "").facets["tag"])
    assert search(web.wiring, knowing, "", {"tag": ("golden",)}).total == 0


def test_what_is_said_over_http_or_in_a_browser_is_found_over_http(server: Serving) -> None:
    def found(word: str) -> list[str]:
        listed = server.get("/api/v1/search", params={"q": word}, token="gus").json()["hits"]
        return [hit["address"] for hit in listed]

    def say(**said: Any) -> None:
        answer = server.ask("POST", f"/api/v1/catalog/fields/{AMOUNT}", token="sales", json=said)
        assert answer.status_code == 200, answer.text

    assert found("zebra") == []
    say(field="description", value="Owed by a zebra.")
    assert found("zebra") == [AMOUNT]
    say(field="description", value="")
    assert found("zebra") == []
    visitor = Visitor(server, OWNER)
    form = f"/edit/{AMOUNT}/description"
    was = visitor.get(form).text.partition('name="was" value="')[2].partition('"')[0]
    visitor.follow(visitor.send(form, way="say", value="Owed by an okapi.", was=was))
    assert found("okapi") == [AMOUNT]
    assert "Owed by an okapi" in visitor.text("/search", q="okapi")


def test_of_two_that_index_at_once_the_older_words_do_not_stay(
    web: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As two processes do it: the second finds what there is, and says that it is not all."""
    monkeypatch.setattr(index, "_LOCK", nullcontext())
    monkeypatch.setattr(index, "_STEP", 1)
    web.search("")
    name = "web.visits.visits.name"
    web.catalog.say("crm.people", "tags", ["early"])
    web.catalog.say(name, "description", "An okapi.")
    has_read, may_go_on = Event(), Event()

    def pause(_: float) -> None:
        has_read.set()
        assert may_go_on.wait(30)

    with open_mesh(web.wiring.root) as other:
        older = Thread(target=index.bring_up_to_date, args=(other.wiring, None, pause))
        older.start()
        assert has_read.wait(30)
        web.catalog.say(name, "description", "A zebra.")
        found = web.search("zebra")
        assert (found.total, found.is_partial) == (0, True)
        may_go_on.set()
        older.join(30)
        assert not older.is_alive()
    found = web.search("zebra")
    assert (addresses(found), found.is_partial, web.search("okapi").total) == ([name], False, 0)


def test_a_snapshot_is_searched_by_its_own_places(web: Mesh) -> None:
    """Another thread may have read a newer one meanwhile, in which a place is something else."""
    web.catalog.say("web.visits", "description", "A zebra.")
    web.search("")
    with web.wiring.store.read() as reader:
        generation = keeping.read_generation(reader)

        def index_more() -> None:
            for product in ("top.summary", "web.visits", "crm.people"):
                web.catalog.say(product, "tags", ["later"])
                web.search("")

        thread = Thread(target=index_more)
        thread.start()
        thread.join(60)
        found = searching._places(web.wiring, reader)
        assert found.generation == generation
        assert found.spots == read_places(reader, generation, None).spots


def test_an_index_whose_state_is_lost_is_made_anew(web: Mesh) -> None:
    for word in ("a", "b", "c"):
        web.catalog.say("crm.people", "tags", [word])
        web.search("")
    with closing(sqlite3.connect(web.wiring.root / ".mesh" / "state.db")) as other:
        other.execute("DROP TABLE search_state")
        other.commit()
    for _ in range(3):
        found = web.search("people")
        assert found.total > 0
        assert len(found.hits) == min(found.total, 20)


def test_what_is_gone_is_not_found_while_the_index_is_old(
    web: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can judge any more who might know of it."""
    assert web.search("visits").total > 0
    monkeypatch.setattr(searching, "keep_up", lambda wiring: False)
    shutil.rmtree(home_of(web.wiring.root, "web.visits"))
    web.wiring.look_again()
    found = web.search("visits", limit=50)
    assert found.is_partial
    assert not any(address.startswith("web.visits") for address in addresses(found))


def test_a_synonym_of_a_hidden_domain_leads_nowhere_for_others(web: Mesh) -> None:
    """All that the domain has is hidden, and so are its words."""
    glossary = web.wiring.root / "domains" / "web" / "glossary.yaml"
    glossary.write_text("terms: [{name: bluebird, definition: A name, synonyms: [people]}]\n")
    settled(web.wiring.root)
    web.wiring.look_again()
    assert "crm.people" in addresses(web.search("bluebird"))
    hidden = Knowing(GUS, frozenset({"web.visits"}), {"web": frozenset({"web.visits"})})
    assert search(web.wiring, hidden, "bluebird").total == 0
    assert "crm.people" in addresses(search(web.wiring, hidden, "people"))


def test_a_server_waits_for_no_other_process_and_an_erased_index_is_made_again(
    web: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.search("")
    web.catalog.say("crm.people", "tags", ["later"])
    with web.wiring.store.hold("index", "somebody else", 0.0):
        began = time.monotonic()
        assert not index.bring_up_to_date(web.wiring, 20)
        assert time.monotonic() - began < index._WAIT / 2
    monkeypatch.setattr(index, "_STEP", 1)
    web.catalog.say("web.visits", "tags", ["later"])
    assert not index.bring_up_to_date(web.wiring, rest=lambda _: index.erase_index(web.wiring))
    assert web.search("", {"tag": ("later",)}, limit=50).total > 0
    assert web.search("people").total > 0
