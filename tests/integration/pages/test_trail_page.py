"""The trail in a browser: as much as somebody may know, to look through and to take along."""

import csv
import io
import json

from tests.integration.club import ANA, BOB, ELENA, PROFILES, desk
from tests.integration.pages.conftest import mesh_of
from tests.serving import Serving
from tests.visiting import Visitor

AUDITOR = "person:aud@example.com"


def test_the_trail_is_told_to_whom_it_concerns_and_to_auditors(club: Serving) -> None:
    desk(mesh_of(club), ANA).request(PROFILES, purpose="churn", reason="=1+1")
    for who in (ANA, ELENA, AUDITOR):
        assert "ana@example.com asked req-1" in Visitor(club, who).text("/trail", kind="request")
    bob = Visitor(club, BOB)
    assert "asked req-1" not in bob.text("/trail")
    assert "Nothing of that kind" in bob.text("/trail", kind="request")
    assert "req-1" not in bob.get("/trail/export", form="csv").text


def test_an_export_has_the_whole_search_and_no_formula(club: Serving) -> None:
    desk(mesh_of(club), ANA).request(PROFILES, purpose="=cmd()")
    ana = Visitor(club, ANA)
    sent = ana.get("/trail/export", form="csv", kind="request")
    assert "attachment" in sent.headers["content-disposition"]
    assert sent.headers["cache-control"] == "no-store"
    (row,) = csv.DictReader(io.StringIO(sent.text))
    assert (row["id"], row["purpose"]) == ("req-1", "'=cmd()")
    lines = ana.get("/trail/export", form="ndjson", kind="request").text.splitlines()
    assert [json.loads(line)["purpose"] for line in lines] == ["=cmd()"]


def test_a_wrong_word_is_told_and_the_form_stays(club: Serving) -> None:
    answer = Visitor(club, ANA).get("/trail", since="yesterday", who=ANA)
    assert answer.status_code == 400
    assert "<code>yesterday</code> is not a day or a time" in answer.text
    assert 'value="yesterday"' in answer.text


def test_auditors_verify_the_chain_and_others_do_not(club: Serving) -> None:
    auditor, ana = Visitor(club, AUDITOR), Visitor(club, ANA)
    assert "Verify the chain" in auditor.text("/trail")
    assert "As it was written." in auditor.send("/trail").text
    assert "Verify the chain" not in ana.text("/trail")
    assert ana.send("/trail").status_code == 403
