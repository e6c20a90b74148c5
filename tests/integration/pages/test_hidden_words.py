"""What is hidden is refused, asked for and filtered in the very words of what there is not."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from meshwright.app.mesh import open_mesh
from meshwright.serve.builds.watching import Watchers
from tests.integration.granted import put_policies
from tests.integration.web import WEB
from tests.meshes import write_mesh
from tests.serving import Serving, serving
from tests.visiting import Visitor, seen

GUS = "person:gus"
HIDE = "visibility:\n  - id: hide-visits\n    objects: {addresses: [web.visits]}\n"
ENDS = ("", ".visits", ".none", ".visits.who")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = write_mesh(tmp_path_factory.mktemp("words") / "mesh", WEB)
    with open_mesh(folder) as mesh:
        mesh.run()
    put_policies(folder, HIDE)
    with serving(folder) as found:
        yield found


def same(answers: list[Any]) -> None:
    """Assert that the answers for `web.visits` and `wab.visitz` differ in these names alone."""
    told = [
        (one.status_code, text.replace(name, "X"), one.headers.get("location", "").replace(name, "X"))
        for one, name in zip(answers, ("web.visits", "wab.visitz"), strict=True)
        for text in [seen(one) if one.headers["content-type"].startswith("text/html") else one.text]
    ]  # fmt: skip
    assert told[0] == told[1]
    assert "web@example.com" not in answers[0].text
    assert told[0][0] in (200, 400, 403, 404)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    "path", ["/access/ask/{}", "/access/policies?address={}", "/access/policies?address={}&who=1",
             "/monitors/{}", "/discussion/{}", "/edit/{}/description", "/lineage/{}/about"],
)  # fmt: skip
def test_a_page_of_what_is_hidden_is_a_page_of_nothing(
    server: Serving, path: str, end: str
) -> None:
    gus = Visitor(server, GUS)
    texts = [gus.get(path.format(f"{name}{end}")) for name in ("web.visits", "wab.visitz")]
    if path.startswith("/access/policies"):  # what was typed stands in its field
        for one, name in zip(texts, ("web.visits", "wab.visitz"), strict=True):
            assert f"there is no product {name}" in seen(one)
    same(texts)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/builds/start", {"select": "{}"}),
        ("/builds/start", {"select": "+{}"}),
        ("/governance/suggestions", {"column": "{}", "word": "accept"}),
        ("/governance/suggestions", {"column": "{}", "word": "refuse", "reason": "x"}),
        ("/access/ask/{}/prospect", {"purpose": "x"}),
        ("/monitors/{}/mute", {"span": "1d"}),
        ("/monitors/{}/unmute", {}),
    ],
)
def test_what_is_done_to_what_is_hidden_is_done_to_nothing(
    server: Serving, path: str, said: dict[str, str], end: str
) -> None:
    gus = Visitor(server, GUS)
    csrf = gus.csrf()
    same([
        gus.send(path.format(address), csrf=csrf, **{k: v.format(address) for k, v in said.items()})
        for address in (f"web.visits{end}", f"wab.visitz{end}")
    ])  # fmt: skip


def test_a_run_of_what_is_hidden_is_refused_as_one_of_nothing(server: Serving) -> None:
    same([
        server.ask("POST", "/api/v1/builds", token="gus", json={"select": [name]})
        for name in ("web.visits", "wab.visitz")
    ])  # fmt: skip


def test_a_place_in_the_list_of_builds_that_is_none_is_no_fault(server: Serving) -> None:
    for before in ("x", "|", "x|y|z"):
        assert Visitor(server).get("/builds", before=before).status_code == 200


def test_a_new_product_is_put_into_domains_that_one_knows(server: Serving) -> None:
    gus = Visitor(server, GUS)
    sent = gus.client.post(
        "/create/source", data={"csrf": gus.csrf()}, files={"file": ("a.csv", b"a,b\n1,2\n")}
    )
    assert sent.status_code == 303, seen(sent)
    page = gus.text(sent.headers["location"])
    assert "crm" in page
    assert "web" not in page


def test_a_view_of_an_uploaded_database_is_never_run(server: Serving, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as made:
        made.execute(
            "CREATE VIEW endless AS WITH RECURSIVE c(x) AS"
            " (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"
        )
        made.execute("CREATE TABLE plain (id INTEGER)")
        made.execute("INSERT INTO plain VALUES (1)")
        made.commit()
    gus = Visitor(server, GUS)
    sent = {"csrf": gus.csrf(), "table": "ENDLESS"}
    files = {"file": ("a.db", path.read_bytes())}
    answer = gus.client.post("/create/source", data=sent, files=files, timeout=10)
    assert answer.status_code == 400
    assert "is no table" in seen(answer)
    answer = gus.client.post("/create/source", data={**sent, "table": "plain"}, files=files)
    assert answer.status_code == 303


def test_nobody_holds_all_streams_open(server: Serving) -> None:
    gus, mine, service = Visitor(server, GUS), Visitor(server), server.service
    kept, service.watchers = service.watchers, Watchers(most_of_one=1)
    try:
        with gus.client.stream("GET", "/builds/live") as first:
            told = first.iter_text()  # kept: a stream that nobody reads is hung up on
            assert next(told).startswith("retry: 1000")
            assert gus.get("/builds/live").text == "retry: 30000\n\n"  # and it is over
            with mine.client.stream("GET", "/builds/live") as other:
                assert next(other.iter_text()).startswith("retry: 1000")
    finally:
        service.watchers = kept


def test_a_place_is_given_back() -> None:
    watchers = Watchers(most_of_one=2, most=3)
    with watchers.place("a") as one, watchers.place("a") as two, watchers.place("a") as three:
        assert (one, two, three) == (True, True, False)
        with watchers.place("b") as fourth, watchers.place("c") as fifth:
            assert (fourth, fifth) == (True, False)
    with watchers.place("a") as again:
        assert again
