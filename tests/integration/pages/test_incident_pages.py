"""Incidents and monitors in a browser: told in words, cared for by who may, silent on what is hidden."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.shop import BAD_ORDERS, build, copied, rows
from tests.meshes import set_silo
from tests.serving import Serving, serving
from tests.visiting import Visitor, seen

INCIDENT = "/incidents/inc-1"
GUS, SALES = "person:gus", "person:sales@example.com"


@pytest.fixture(scope="module")
def broken(built_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop after a delivery that fails its contract."""
    folder = copied(built_shop, tmp_path_factory.mktemp("broken") / "mesh")
    set_silo(folder, "sales.orders.raw", BAD_ORDERS)
    assert build(folder, "sales.orders")["sales.orders"].status == "rejected"
    rows(folder, "select count(*) from insight.report.names")
    return folder


@pytest.fixture
def server(broken: Path, tmp_path: Path) -> Iterator[Serving]:
    with serving(copied(broken, tmp_path / "mesh")) as found:
        yield found


def test_an_incident_says_what_is_wrong_whom_it_hurts_and_what_happened(server: Serving) -> None:
    gus = Visitor(server, GUS)
    listed = gus.text("/incidents")
    assert "1 open" in listed
    assert "reaches 2 ports downstream" in listed
    said = gus.text(INCIDENT)
    assert "orders fails amount.minimum in 1 of 4 rows" in said
    assert "orders fails primaryKey" in said
    assert "insight.report" in said
    assert "insight@example.com" in said
    assert "Expected at least 0. 1 of 4 rows fail." in said
    assert "Its story" in said
    assert "opened" in said
    assert "input raw" in said
    picture = gus.get(INCIDENT).text
    assert picture.count('<g class="') >= 3
    assert 'class="suspect"' in picture
    assert f"/builds/{build_of(server)}" in picture


def build_of(server: Serving) -> str:
    with server.service.wiring.store.read() as reader:
        return str(reader.rows("SELECT build FROM incidents")[0][0])


def test_rows_that_a_check_points_at_are_for_the_owners_alone(server: Serving) -> None:
    assert "<td>-1</td>" in Visitor(server, SALES).get(INCIDENT).text
    assert "<td>-1</td>" in Visitor(server).get(INCIDENT).text
    for who in (GUS, "person:insight@example.com"):
        said = Visitor(server, who).get(INCIDENT).text
        assert "<td>-1</td>" not in said
        assert "Rows are shown to the product" in said


def test_an_owner_takes_care_of_it_from_the_first_sign_to_the_last(server: Serving) -> None:
    owner = Visitor(server, SALES)
    done = owner.follow(owner.send(f"{INCIDENT}/acknowledge", note="the delivery is torn"))
    assert "You take care of it" in done
    assert "acknowledged" in done
    assert "the delivery is torn" in done
    assert "called the team" in owner.follow(
        owner.send(f"{INCIDENT}/comment", note="called the team")
    )
    assert "resolved just now" in owner.follow(owner.send(f"{INCIDENT}/resolve", note="it is back"))
    assert "Nothing is open" in owner.text("/incidents")
    assert "inc-1" in owner.text("/incidents", state="resolved")
    assert "Open again" in owner.follow(owner.send(f"{INCIDENT}/reopen", note="not yet"))
    assert "marked expected" in owner.follow(owner.send(f"{INCIDENT}/expected", note="a holiday"))
    again = owner.send(f"{INCIDENT}/resolve")
    assert again.status_code == 409
    assert "is resolved already" in seen(again)


def test_who_may_not_is_told_who_may_and_changes_nothing(server: Serving) -> None:
    gus = Visitor(server, GUS)
    said = gus.text(INCIDENT)
    assert "You can read this, and not change it." in said
    assert "its owners (sales@example.com) and whoever is administrator may" in said
    assert "<textarea" not in gus.get(INCIDENT).text
    for act in ("acknowledge", "comment", "expected", "real", "resolve"):
        refused = gus.send(f"{INCIDENT}/{act}", note="mine")
        assert refused.status_code == 403
        assert "sales@example.com" in refused.text
    assert "mine" not in gus.text(INCIDENT)
    owner = Visitor(server, SALES)
    assert owner.send(f"{INCIDENT}/resolve", csrf="0" * 32).status_code == 403
    assert owner.send(f"{INCIDENT}/explode").status_code == 404
    assert owner.send(f"{INCIDENT}/comment").status_code == 400
    assert "open" in owner.text(INCIDENT)


def test_a_comment_that_is_markup_is_told_as_text(server: Serving) -> None:
    owner = Visitor(server, SALES)
    evil = "<script>alert(1)</script> `<img src=x onerror=alert(1)>` </p>"
    owner.send(f"{INCIDENT}/comment", note=evil)
    page = owner.get(INCIDENT).text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_filters_choose_by_state_domain_owner_and_severity(server: Serving) -> None:
    gus = Visitor(server, GUS)
    for words, is_there in (
        ({"domain": "sales"}, True),
        ({"domain": "insight"}, False),
        ({"owner": "sales@example.com"}, True),
        ({"owner": "nobody"}, False),
        ({"severity": "high"}, True),
        ({"severity": "low"}, False),
        ({"state": "resolved"}, False),
        ({"state": "all"}, True),
        ({"product": "sales.orders"}, True),
        ({"product": "sales.customers"}, False),
    ):
        said = gus.text("/incidents", **words)
        assert ("fails amount.minimum" in said) is is_there, words
        assert is_there or "Nothing like that" in said


def test_an_incident_of_a_hidden_product_is_one_that_there_is_not(
    server: Serving, hiding: Any
) -> None:
    hiding("sales.orders")
    gus = Visitor(server, GUS)
    listed = gus.get("/incidents", state="all").text
    assert "sales.orders" not in listed
    assert "No incident yet" in listed
    asked, missing = gus.get(INCIDENT), gus.get("/incidents/inc-9")
    assert asked.status_code == missing.status_code == 404
    assert seen(asked) == seen(missing).replace("inc-9", "inc-1")
    assert gus.send(f"{INCIDENT}/comment", note="x").status_code == 404
    assert "inc-1" in Visitor(server).text("/incidents")


def test_what_it_reaches_is_nameless_where_it_is_hidden(server: Serving, hiding: Any) -> None:
    hiding("insight.report")
    page = Visitor(server, GUS).get(INCIDENT).text
    assert "insight.report" not in page
    assert "insight@example.com" not in page
    assert "something you may not know of" in page
    assert "insight.report" not in Visitor(server, GUS).get("/incidents").text


def test_series_are_shown_with_what_is_learned_and_a_backtest_replays_them(server: Serving) -> None:
    gus = Visitor(server, GUS)
    listed = gus.text("/monitors")
    assert "sales.orders.orders" in listed
    assert "insight.report.names" not in gus.text("/monitors", q="orders")
    said = gus.text("/monitors/sales.orders.orders")
    assert "Rows" in said
    assert "of 14 points are there to learn from" in said
    assert 'data-chart="s1"' in gus.get("/monitors/sales.orders.orders").text
    column = gus.text("/monitors/sales.orders.orders", column="amount")
    assert "Column amount of sales.orders.orders" in column
    assert "Null rate of amount" in column
    assert gus.get("/monitors/sales.orders.orders", column="nothing").status_code == 404
    assert "0 alarms in 1 day " in gus.text("/monitors/sales.orders.orders", backtest="1")
    assert gus.get("/monitors/sales.orders.orders", backtest="1", metric="zebra").status_code == 404
    assert gus.text("/monitors/sales.orders") == said.replace("/monitors/sales.orders.orders", "")


def test_who_may_mutes_a_port_and_lets_it_tell_again(server: Serving) -> None:
    url = "/monitors/sales.orders.orders"
    owner = Visitor(server, SALES)
    assert "Muted until" in owner.follow(
        owner.send(f"{url}/mute", span="1d", reason="<b>migration</b>")
    )
    assert "<b>migration" not in owner.get(url).text
    gus = Visitor(server, GUS)
    assert "Nobody is told about sales.orders.orders" in gus.text("/monitors")
    assert "You cannot mute this." in gus.text(url)
    assert gus.send(f"{url}/unmute").status_code == 403
    assert gus.send(f"{url}/mute", span="1d").status_code == 403
    assert "No longer muted" in owner.follow(owner.send(f"{url}/unmute"))
    assert owner.send(f"{url}/mute", span="soon").status_code == 400


def test_a_hidden_port_is_watched_in_silence(server: Serving, hiding: Any) -> None:
    hiding("sales.orders")
    gus = Visitor(server, GUS)
    assert "sales.orders" not in gus.get("/monitors").text
    asked = gus.get("/monitors/sales.orders.orders")
    missing = gus.get("/monitors/sales.ordres.orders")
    assert asked.status_code == missing.status_code == 404
    assert seen(asked) == seen(missing).replace("ordres", "orders")
    for act in ("mute", "unmute"):
        refused = gus.send(f"/monitors/sales.orders.orders/{act}", span="1d")
        assert refused.status_code == 404
        owner = Visitor(server, "person:insight@example.com")
        assert "sales.orders" not in owner.send(f"/monitors/sales.ordres.x/{act}", span="1d").text


def test_whoever_is_not_signed_in_sees_nothing(server: Serving) -> None:
    nobody = Visitor(server, None)
    for path in ("/incidents", INCIDENT, "/monitors", "/monitors/sales.orders.orders"):
        assert nobody.get(path).status_code == 303
    assert nobody.send(f"{INCIDENT}/resolve", csrf="x").status_code in (303, 403)
