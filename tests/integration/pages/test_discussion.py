"""Questions, announcements and edits in a browser; what is typed is shown as text."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from meshwright.app.catalog import known
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.wiring import Wiring
from meshwright.model.principal import Principal
from tests.meshes import home_of
from tests.serving import Serving, error_of, serving
from tests.visiting import Visitor, seen

OWNER, ADA, GUS = "person:sales@example.com", "person:ada", "person:gus"
ORDERS, AMOUNT = "sales.orders", "sales.orders.orders.amount"
TALK = f"/discussion/{ORDERS}"
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def server(shop: Path) -> Iterator[Serving]:
    with serving(shop) as found:
        yield found


def edit(visitor: Visitor, address: str, field: str, way: str, value: str) -> httpx.Response:
    """Send the form of a field as its page has it."""
    path = f"/edit/{address}/{field}"
    was = re.search(r'name="was" value="(\w+)"', visitor.get(path).text)
    assert was
    return visitor.send(path, way=way, value=value, was=was[1])


def test_a_question_is_asked_and_answered_on_the_product_s_page(server: Serving) -> None:
    gus, owner = Visitor(server, GUS), Visitor(server, OWNER)
    assert "Nobody has asked anything yet" in gus.text(f"/products/{ORDERS}", view="discussion")
    sent = gus.send(f"{TALK}/ask", text="Are returns in it?", **{"from": "product"})
    assert sent.headers["location"] == f"/products/{ORDERS}?view=discussion"
    gus.send(f"{TALK}/ask", text=f"Which {EVIL}?", about=AMOUNT)
    assert "Are returns in it?" in owner.text(f"/products/{ORDERS}", view="discussion")
    owner.follow(owner.send(f"{TALK}/question-1/answer", text=f"No.\n{EVIL}"))
    page = gus.get(TALK)
    assert EVIL not in page.text
    assert EVIL in seen(page), "it is shown as text"
    gus.follow(gus.send(f"{TALK}/question-1/accept", answer="answer-1"))
    assert "settled" in gus.text(TALK)
    assert gus.send(f"{TALK}/question-1/close").status_code == 403
    assert "closed" in owner.follow(owner.send(f"{TALK}/question-1/close", note="done"))


def test_what_was_typed_is_kept_where_it_cannot_be(server: Serving) -> None:
    gus, owner = Visitor(server, GUS), Visitor(server, OWNER)
    sent = gus.send(f"{TALK}/ask", text="x" * 4001)
    assert sent.status_code == 400
    assert "x" * 4001 in sent.text
    wrong = owner.send(f"{TALK}/announce", text="It moves", until="2001-01-01")
    assert (wrong.status_code, "It moves" in wrong.text) == (400, True)
    foreign = gus.send(f"{TALK}/ask", text="why", about="insight.report")
    assert foreign.status_code == 400


def test_what_owners_announce_stands_on_every_view_of_the_product(server: Serving) -> None:
    owner, gus = Visitor(server, OWNER), Visitor(server, GUS)
    assert "Announce" not in seen(gus.get(TALK)).replace("announce", "")
    owner.follow(owner.send(f"{TALK}/announce", text="The source moves on Friday."))
    for view in ("overview", "schema", "discussion"):
        assert "The source moves on Friday." in gus.text(f"/products/{ORDERS}.orders", view=view)
    assert gus.send(f"{TALK}/recall", announcement="announcement-1").status_code == 403
    owner.follow(owner.send(f"{TALK}/recall", announcement="announcement-1"))
    assert "moves on Friday" not in gus.text(f"/products/{ORDERS}")


def test_each_field_shows_where_it_comes_from_and_is_edited_in_its_place(
    server: Serving, shop: Path
) -> None:
    owner = Visitor(server, OWNER)
    page = f"/products/{ORDERS}.orders"
    assert "nobody says" in owner.text(page, view="schema")
    part = owner.get(f"/edit/{AMOUNT}/description", headers={"hx-request": "true"})
    assert "<html" not in part.text
    assert "Say so, beside the descriptor" in seen(part)
    owner.follow(edit(owner, AMOUNT, "description", "say", f"Owed.\n{EVIL}"))
    schema = owner.get(page, view="schema")
    assert "said by sales@example.com" in seen(schema)
    assert EVIL not in schema.text
    owner.follow(edit(owner, AMOUNT, "description", "apply", "Owed, in euros."))
    assert "descriptor, orders.odcs.yaml:" in owner.text(page, view="schema")
    assert "supersedes what sales@example.com said" in owner.text(page, view="schema")
    contract = home_of(shop, ORDERS) / "contracts" / "orders.odcs.yaml"
    assert 'description: "Owed, in euros."' in contract.read_text()


def test_who_does_not_own_it_proposes_and_an_owner_decides(server: Serving, shop: Path) -> None:
    gus, owner = Visitor(server, GUS), Visitor(server, OWNER)
    form = seen(gus.get(f"/edit/{ORDERS}/description"))
    assert "Propose a change" in form
    assert "Say so" not in form
    assert edit(gus, ORDERS, "tags", "say", "x").status_code == 403
    assert edit(gus, ORDERS, "tags", "apply", "x").status_code == 403
    assert gus.text("/proposals").count("Nothing is proposed"), (
        "what could not be done is withdrawn"
    )
    sent = edit(gus, ORDERS, "description", "propose", "Every: order")
    page = gus.follow(sent)
    assert 'purpose: "Every: order"' in page
    assert "Apply now" not in page
    where = sent.headers["location"]
    patch = gus.get(f"{where}/patch")
    assert patch.headers["content-type"].startswith("text/x-diff")
    assert patch.text.startswith("--- a/domains/sales/orders/product.odps.yaml")
    assert "Proposed changes" in owner.text(TALK)
    assert "applied" in owner.follow(owner.send(where, way="apply"))
    assert "Every: order" in owner.text(f"/products/{ORDERS}")


def test_of_two_who_edit_a_field_at_once_the_second_is_told(server: Serving) -> None:
    owner, ada = Visitor(server, OWNER), Visitor(server, ADA)
    path = f"/edit/{AMOUNT}/tags"
    was = re.search(r'name="was" value="(\w+)"', owner.get(path).text)
    assert was
    ada.follow(edit(ada, AMOUNT, "tags", "say", "first"))
    late = owner.send(path, way="say", value="second", was=was[1])
    assert late.status_code == 409
    assert "somebody changed this meanwhile" in seen(late)
    assert "second" in late.text, "nothing that was typed is lost"
    assert owner.follow(
        owner.send(
            path,
            way="say",
            value="first, second",
            was=re.search(r'name="was" value="(\w+)"', late.text)[1],
        )
    )  # type: ignore[index]


def test_a_hidden_product_has_no_discussion_no_field_and_no_proposal(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = Visitor(server, ADA)
    ada.send("/discussion/insight.lonely/ask", text="why?")
    edit(ada, "insight.lonely", "description", "propose", "Lonely.")

    def knowing(wiring: Wiring, principal: Principal) -> Knowing:
        return Knowing(principal, frozenset(("insight.lonely",)))

    monkeypatch.setattr(known, "knowing_of", knowing)
    gus = Visitor(server, GUS)
    for path in (
        "/discussion/insight.lonely", "/edit/insight.lonely/tags", "/proposals/1", "/proposals/1/patch"
    ):  # fmt: skip
        assert gus.get(path).status_code == 404, path
    assert gus.send("/discussion/insight.lonely/ask", text="x").status_code == 404
    assert gus.send("/discussion/sales.orders/question-1/answer", text="x").status_code == 404
    assert "lonely" not in gus.get("/proposals", all="1").text


def test_the_same_is_done_over_http_by_whom_a_token_names(server: Serving) -> None:
    api = "/api/v1/catalog"
    asked = server.ask(
        "POST", f"{api}/questions", token="gus", json={"address": ORDERS, "text": "Why?"}
    )
    assert asked.json()["by"] == GUS
    one = asked.json()["question"]
    told = server.ask("POST", f"{api}/questions/{one}/answers", token="sales", json={"text": "So."})
    answer = told.json()["answers"][0]["answer"]
    accept = server.ask(
        "POST", f"{api}/questions/{one}/accept", token="gus", json={"answer": answer}
    )
    assert accept.json()["state"] == "settled"
    assert (
        server.get(f"{api}/questions", params={"address": ORDERS}).json()["questions"][0]["text"]
        == "Why?"
    )
    refused = server.ask("POST", f"{api}/questions/{one}/close", token="gus", json={})
    assert error_of(refused) == (403, "not-an-owner")
    said = {"field": "tags", "value": ["money"]}
    path = f"{api}/fields/{AMOUNT}"
    assert error_of(server.ask("POST", path, token="gus", json=said)) == (403, "not-an-owner")
    assert server.ask("POST", path, token="sales", json=said).json()["shown"]["source"] == "person"
    fields = server.get(path).json()["fields"]
    assert [(one["name"], one["shown"] and one["shown"]["source"]) for one in fields] == [
        ("description", None), ("tags", "person"), ("terms", None)
    ]  # fmt: skip
    wish = {"address": AMOUNT, "field": "description", "value": "Owed.", "reason": "asked"}
    made = server.ask("POST", f"{api}/proposals", token="gus", json=wish).json()
    name = made["proposal"]["proposal"]
    assert "Owed." in made["patch"]
    assert made["changes"][0]["level"] == "patch"
    listed = server.get(f"{api}/proposals").json()["proposals"]
    assert [one["proposal"] for one in listed] == [name]
    assert error_of(server.ask("POST", f"{api}/proposals/{name}/apply", token="gus"))[0] == 403
    applied = server.ask("POST", f"{api}/proposals/{name}/apply", token="sales")
    assert applied.json()["state"] == "applied"
    assert (
        error_of(server.ask("POST", f"{api}/proposals/{name}/withdraw", token="gus", json={}))[0]
        == 409
    )
    announced = {"address": ORDERS, "text": "It moves."}
    made = server.ask("POST", f"{api}/announcements", token="sales", json=announced).json()
    ended = f"{api}/announcements/{made['announcement']}/end"
    assert error_of(server.ask("POST", ended, token="gus"))[0] == 403
    assert server.ask("POST", ended, token="sales").json()["is_over"] is True
    assert error_of(server.get(f"{api}/fields/sales.nothing"))[0] == 404
