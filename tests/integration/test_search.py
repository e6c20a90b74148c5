"""Search over a real mesh: what is found, how it keeps up with files and publications, and what it costs."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from meshwright.app.catalog import index
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.search import Found, search
from meshwright.app.ledger import rebuild_projections, verify_ledger
from meshwright.app.mesh import Mesh, open_mesh
from meshwright.catalog import keeping
from meshwright.errors import UsageError
from meshwright.model.facts import QueryRan, RulesJudged
from meshwright.model.principal import Principal
from tests.integration.shop import column
from tests.integration.web import WEB
from tests.meshes import settled, write_mesh

GLOSSARY = """terms:
  - name: visitor
    definition: Somebody who looked at a page.
    synonyms: [guest, passer-by]
"""


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Mesh]:
    folder = write_mesh(tmp_path / "web", WEB)
    (folder / "glossary.yaml").write_text(GLOSSARY)
    with open_mesh(settled(folder)) as mesh:
        yield mesh


def addresses(found: Found) -> list[str]:
    return [hit.address for hit in found.hits]


def test_products_that_were_never_built_are_found_by_their_contracts(web: Mesh) -> None:
    assert addresses(web.search("people"))[:2] == ["crm.people", "crm.people.people"]
    assert addresses(web.search("email", {"kind": ("column",)})) == ["crm.people.people.email"]
    assert web.search("email").facets["classification"] == (("confidential", 1),)


def test_a_typo_a_beginning_and_another_word_of_the_glossary_find_it(web: Mesh) -> None:
    found = web.search("peopel")
    assert (found.corrected, addresses(found)[0]) == ("people", "crm.people")
    assert "crm.people" in addresses(web.search("peo"))
    assert addresses(web.search("guest")) == ["visitor"]
    assert "web.visits" not in addresses(web.search("vizits", {"kind": ("term",)}))


def test_all_words_come_first_then_any(web: Mesh) -> None:
    assert set(addresses(web.search("visits who"))) == {
        "web.visits",
        "web.visits.visits",
    }
    assert "crm.people" in addresses(web.search("people nowhere"))


def test_what_is_written_tomorrow_is_found_tomorrow_and_what_is_deleted_is_not(web: Mesh) -> None:
    assert web.search("harbour").total == 0
    contract = next((web.wiring.root / "domains/crm/people/contracts").iterdir())
    text = contract.read_text()
    told = re.sub(r"( *)(- )?name: email\n", r"\g<0>\1  description: the harbour\n", text)
    assert told != text
    contract.write_text(told)
    assert "crm.people.people.email" in addresses(web.search("harbour"))
    contract.write_text(text)
    assert web.search("harbour").total == 0
    for path in sorted((web.wiring.root / "domains/top/summary").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (web.wiring.root / "domains/top/summary").rmdir()
    assert "top.summary" not in addresses(web.search("", limit=100))


def test_only_what_changed_is_indexed_again(web: Mesh, monkeypatch: pytest.MonkeyPatch) -> None:
    web.search("people")
    read: list[str] = []
    places = index._places

    def noted(wiring: Any, workspace: Any, name: str, served: Any) -> Any:
        read.append(name)
        return places(wiring, workspace, name, served)

    monkeypatch.setattr(index, "_places", noted)
    web.search("people")
    assert read == []
    build = web.wiring.root / "domains/web/visits/product.odps.yaml"
    build.write_text(build.read_text() + "\n# a comment\n")
    web.search("people")
    assert read == ["web.visits"]
    web.run("crm.people")
    web.search("people")
    assert read[1:2] == ["crm.people"]
    assert "top.summary" not in read


def test_health_and_use_follow_publications_and_queries(web: Mesh) -> None:
    assert [hit.health for hit in web.search("people", limit=1).hits] == ["unknown"]
    web.run()
    hit = web.search("people", limit=1).hits[0]
    assert hit.health == "healthy"
    before = addresses(web.search("name", {"kind": ("column",)}))
    read = [f"{before[-1].rpartition('.')[0]}@1"]
    web.wiring.ledger.record([QueryRan(f"query-{n}", "0" * 64, read, 1, 0.1) for n in range(60)])
    after = addresses(web.search("name", {"kind": ("column",)}))
    assert after[0] == before[-1]


def test_a_hit_is_certified_where_its_score_says_so(
    web: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    def certified() -> set[str]:
        return set(
            addresses(web.search("", {"kind": ("product",), "certified": ("yes",)}, limit=100))
        )

    web.run()
    assert certified() == {score.product for score in web.score() if score.is_certified} == set()
    monkeypatch.setattr("meshwright.govern.scores.ENOUGH", 0.0)
    with web.wiring.store.write() as writer:
        keeping.look_again(writer)
    assert certified() == {score.product for score in web.score() if score.is_certified}
    assert "crm.people" in certified()
    broken = {
        "rule": "r",
        "severity": "block",
        "address": "crm.people",
        "message": "",
        "exempted": "",
    }
    web.wiring.ledger.record([RulesJudged("crm.people", [broken])])
    assert "crm.people" not in certified()
    assert certified()


def test_the_index_is_no_projection_and_may_be_erased(web: Mesh) -> None:
    web.run()
    first = web.search("people")
    assert verify_ledger(web.wiring)["problems"] == []
    rebuild_projections(web.wiring)
    assert web.search("people") == first
    with web.wiring.store.write() as writer:
        for table in ("search_vocabulary", "search_words", "search_documents", "search_state"):
            writer.run(f"DROP TABLE {table}")
    assert web.search("people") == first


HOSTILE = (
    '"', "'", "*", "^", "a*b", "NEAR(", "people AND", "OR", "NOT people", "{name}: people", "name:people",
    "-", "--", "people) OR (1", 'people" OR "x', "\x00", "people\x00visits", "\u202epeople", "\ud800",
    "é" * 200, "a" * 500, " ".join("a" for _ in range(240)), "%", "_", "\\", "; DROP TABLE facts",
    "\U0001f600", "\ufb00", "ß", "İ", "१२३", "日本語",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_read_as_a_syntax(web: Mesh, text: str) -> None:
    assert web.search(text).total >= 0


def test_a_search_that_is_too_long_or_of_no_facet_says_so(web: Mesh) -> None:
    with pytest.raises(UsageError, match="at most 500 letters"):
        web.search("x" * 501)
    with pytest.raises(UsageError, match="no facet `colour`"):
        web.search("x", {"colour": ("red",)})
    with pytest.raises(UsageError, match="`robot` is no kind"):
        web.search("x", {"kind": ("robot",)})


def test_nothing_hidden_is_found_counted_or_hinted_at(web: Mesh) -> None:
    gus = Principal("person:gus")
    knowing = Knowing(gus, frozenset({"web.visits"}))
    mine = search(web.wiring, Knowing(gus), "")
    theirs = search(web.wiring, knowing, "", limit=100)
    assert not [address for address in addresses(theirs) if "visits" in address or address == "web"]
    assert theirs.total < mine.total
    assert "web" not in dict(theirs.facets["domain"])
    assert theirs.total == sum(count for _, count in theirs.facets["kind"])
    for typo in ("vizits", "visist", "hashd", "totels"):
        found = search(web.wiring, knowing, typo)
        assert (found.total, found.corrected) == (0, ""), typo
    assert search(web.wiring, Knowing(gus), "vizits").corrected == "visits"


def test_pages_follow_each_other_without_gaps(web: Mesh) -> None:
    whole = addresses(web.search("", limit=100))
    pages = [addresses(web.search("", limit=3, offset=at)) for at in range(0, len(whole), 3)]
    assert [address for page in pages for address in page] == whole
    assert len(set(whole)) == web.search("").total


ALIKE: dict[str, dict[str, dict[str, Any]]] = {
    domain: {
        "thing": {
            "inputs": {"raw": "id,name,secret\n" + "".join(f"{n},n{n},s{n}\n" for n in values)},
            "ports": {"all": "select id, name, secret from raw"},
            "contracts": {
                "all": {
                    "columns": [
                        column("id", "integer", primaryKey=True),
                        column("name", "string"),
                        column("secret", "string", unique=True, classification="confidential"),
                    ]
                }
            },
        }
    }
    for domain, values in (("here", range(40)), ("there", range(20, 60)), ("else", range(900, 940)))
}


def test_ports_are_alike_by_names_and_by_values_of_keys_that_are_not_classified(
    tmp_path: Path,
) -> None:
    folder = write_mesh(tmp_path / "alike", ALIKE)
    with open_mesh(folder) as mesh:
        by_files = mesh.alike("here.thing")
        assert {(one.address, one.kind) for one in by_files} == {
            ("there.thing.all", "names"), ("else.thing.all", "names"),
        }  # fmt: skip
        mesh.run()
        found = {(one.address, one.kind): one for one in mesh.alike("here.thing.all")}
        values = found["there.thing.all", "values"]
        assert values.on == (("id", "id"),)
        assert values.score == pytest.approx(0.5, abs=0.05)
        assert ("else.thing.all", "values") not in found
        with pytest.raises(UsageError, match="has no port `al`"):
            mesh.alike("here.thing.al")
        kept = list(folder.rglob(".sketches/*.json"))
        assert len(kept) == 3
        text = "".join(path.read_text() for path in kept)
        assert "secret" not in text  # a classified column has no sketch
        assert '"39"' not in text
        for path in kept:
            path.unlink()
        assert {(one.address, one.kind): one for one in mesh.alike("here.thing.all")} == found
