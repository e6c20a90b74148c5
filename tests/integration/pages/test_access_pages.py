"""Asking, approving, ending, reviewing in a browser; and what whoever may not know does not see."""

import re

from tests.integration.club import ANA, BOB, ELENA, FAY, PROFILES, SAM, TIERS, desk
from tests.integration.pages.conftest import mesh_of
from tests.serving import Serving
from tests.visiting import Visitor, seen

ASK = f"/access/ask/{PROFILES}"


def asked(server: Serving, who: str = ANA, address: str = PROFILES, **said: object) -> str:
    """Ask at the desk; return the id."""
    how = {"purpose": "churn model", **said}
    return str(desk(mesh_of(server), who).request(address, **how)["request"])  # type: ignore[arg-type]


def test_a_request_goes_from_the_form_to_the_inbox_of_its_owner_and_back(club: Serving) -> None:
    ana, elena = Visitor(club, ANA), Visitor(club, ELENA)
    form = ana.text(ASK)
    assert f"Somebody is asked: {ELENA}" in form
    assert "at most 90 days" in form
    assert re.search(r"email VARCHAR classified empty", form)
    sent = ana.send(ASK, purpose="churn model", lasting="30d", column=["email", "tier"])
    assert f"req-1 is sent; asked are: {ELENA}" in ana.follow(sent)
    inbox = elena.text("/access")
    assert f"{ANA} Ana asks for {PROFILES} “churn model”" in inbox
    assert "30 days" in inbox
    assert "email empty; tier as it is; 2 other columns that were not asked for stay empty" in inbox
    assert "Who asks is in team:insight" in inbox
    done = elena.send("/access/requests/req-1/approve", note="fine")
    assert f"req-1 is approved: {ANA} has access now" in elena.follow(done)
    assert "Nothing waits for you" in elena.text("/access")
    mine = ana.text("/access")
    assert "g-1" in mine
    assert f"given by {ELENA}" in mine
    assert PROFILES in ana.text("/access/reading")
    story = ana.text("/access/requests/req-1")
    assert re.search(rf"asked by {ANA}.*approved by {ELENA}.*fine.*granted by {ELENA}", story)


def test_an_approver_chooses_masks_a_filter_and_a_time_and_sees_before_what_they_would_show(
    club: Serving,
) -> None:
    asked(club)
    elena = Visitor(club, ELENA)
    chosen = {
        "shown.email": "show-last-4",
        "shown.tier": "mask-to-fixed-value",
        "value.tier": "-",
        "shown.born": "raw",
        "filter": "tier <> 'staff'",
        "lasting": "2w",
    }
    shown = elena.send("/access/requests/req-1/preview", **chosen, headers={"hx-request": "true"})
    text = seen(shown)
    assert shown.status_code == 200
    assert "<html" not in shown.text, "a script gets the part alone"
    assert "email classified the last 4 characters" in text
    assert "born classified as it is" in text
    assert "tier a fixed value: -" in text
    assert "Only rows where tier <> 'staff'" in text
    assert desk(mesh_of(club), ELENA).requests()[0]["state"] == "open", "nothing was decided"
    whole = elena.send("/access/requests/req-1/preview", **chosen)
    assert '<option value="show-last-4" selected>' in whole.text, "what was chosen is kept"
    elena.follow(elena.send("/access/requests/req-1/approve", **chosen))
    (grant,) = desk(mesh_of(club), ANA).grants()
    assert grant["masks"] == {"email": "show-last-4", "tier": "mask-to-fixed-value=-"}
    assert (grant["raw"], grant["filter"]) == (["born"], "tier <> 'staff'")


def test_what_makes_no_sense_is_told_beside_what_was_typed(club: Serving) -> None:
    asked(club)
    elena = Visitor(club, ELENA)
    wrong = elena.send("/access/requests/req-1/approve", filter="no_such_column = 1", note="so")
    assert wrong.status_code == 400
    assert "no_such_column" in seen(wrong)
    assert 'value="so"' in wrong.text
    longer = elena.send("/access/requests/req-1/approve", lasting="60d")
    assert "`req-1` asks for 30 days" in seen(longer)
    ana = Visitor(club, ANA)
    beyond = ana.send(f"/access/ask/{PROFILES}", purpose="more", lasting="1y")
    assert beyond.status_code == 409
    assert "more than the 90 days" in seen(beyond)
    assert 'value="more"' in beyond.text


def test_nobody_answers_what_is_not_theirs_to_answer(club: Serving) -> None:
    asked(club)
    bob, ana = Visitor(club, BOB), Visitor(club, ANA)
    assert bob.get("/access/requests/req-1").status_code == 404, "of others, not even that it is"
    assert bob.send("/access/requests/req-1/approve").status_code == 404
    own = ana.send("/access/requests/req-1/approve")
    assert own.status_code == 403
    assert "somebody else approves it" in seen(own)
    assert desk(mesh_of(club), ELENA).requests()[0]["state"] == "open"
    assert "Nothing waits for you" in bob.text("/access")
    assert ANA not in bob.text("/access")


def test_a_second_level_is_asked_once_the_first_agrees(club: Serving) -> None:
    asked(club, ANA, TIERS)
    fay, sam = Visitor(club, FAY), Visitor(club, SAM)
    assert "Nothing waits for you" in sam.text("/access")
    said = fay.follow(fay.send("/access/requests/req-1/approve"))
    assert "the next level is asked" in said
    assert "word 2 of 2" in sam.text("/access")
    assert "has access now" in sam.follow(sam.send("/access/requests/req-1/approve"))


def test_a_request_is_refused_with_a_note_or_withdrawn(club: Serving) -> None:
    asked(club)
    elena, ana = Visitor(club, ELENA), Visitor(club, ANA)
    said = elena.follow(elena.send("/access/requests/req-1/refuse", note="ask for tiers"))
    assert "req-1 is refused" in said
    assert "refused by person:elena@example.com" in ana.text("/access/requests/req-1")
    assert "ask for tiers" in ana.text("/access/requests/req-1")
    asked(club, ANA, purpose="another")
    gone = ana.send("/access/requests/req-2/refuse", word="withdrawn")
    assert "req-2 is withdrawn" in ana.follow(gone)


def test_somebody_asks_for_their_team_and_service_and_for_nobody_else(club: Serving) -> None:
    ana = Visitor(club, ANA)
    form = ana.get(ASK).text
    assert 'value="team:insight"' in form
    assert 'value="service:bi"' in form
    assert "team:desk" not in form
    ana.follow(ana.send(ASK, purpose="dashboards", **{"for": "service:bi"}))
    (one,) = desk(mesh_of(club), ELENA).requests()
    assert (one["principal"], one["by"]) == ("service:bi", ANA)
    assert ana.send(ASK, purpose="for them", **{"for": BOB}).status_code == 403


def test_a_rule_that_approves_is_told_before_and_after(club: Serving) -> None:
    file = club.service.wiring.root / "mesh.yaml"
    rule = "{name: totals-for-all, addresses: [loyalty.members.tiers]}"
    file.write_text(f"{file.read_text()}access:\n  approve_automatically: [{rule}]\n")
    club.service.wiring.look_anew()
    ana = Visitor(club, ANA)
    assert "Approved at once. The rule totals-for-all" in ana.text(f"/access/ask/{TIERS}")
    done = ana.follow(ana.send(f"/access/ask/{TIERS}", purpose="slides"))
    assert "A rule approved it at once: person:ana@example.com has access until" in done


def test_a_product_offers_its_ports_to_choose_from(club: Serving) -> None:
    page = Visitor(club, ANA).get("/access/ask/loyalty.members").text
    assert f'href="/access/ask/{PROFILES}"' in page
    assert f'href="/access/ask/{TIERS}"' in page
    assert Visitor(club, ANA).get("/access/ask/loyalty.nothing").status_code == 404


def test_grants_are_given_back_ended_and_renewed(club: Serving) -> None:
    for number, purpose in enumerate(("one", "two"), 1):
        asked(club, ANA, purpose=purpose)
        desk(mesh_of(club), ELENA).approve(f"req-{number}")
    ana, elena, bob = Visitor(club, ANA), Visitor(club, ELENA), Visitor(club, BOB)
    assert bob.send("/access/grants/g-1/end", reason="I say so").status_code == 403
    assert "g-1 of loyalty.members.profiles has ended" in ana.follow(
        ana.send("/access/grants/g-1/end", reason="not needed any more")
    )
    assert ana.send("/access/grants/g-2/renew", lasting="60d").status_code == 403
    renewed = elena.send("/access/grants/g-2/renew", lasting="60d", **{"from": "review"})
    assert "lasts until" in elena.follow(renewed)
    story = elena.text("/access/requests/req-2")
    assert "renewed by person:elena@example.com" in story
    assert "ended by person:ana@example.com" in elena.text("/access/requests/req-1")


def test_review_keeps_and_ends_several_at_once(club: Serving) -> None:
    for number, purpose in enumerate(("one", "two", "three"), 1):
        asked(club, ANA, purpose=purpose)
        desk(mesh_of(club), ELENA).approve(f"req-{number}")
    elena, bob = Visitor(club, ELENA), Visitor(club, BOB)
    assert "3 grants" in elena.text("/access/review")
    assert "Nothing to review" in bob.text("/access/review")
    kept = elena.send("/access/review", grant=["g-1", "g-2"], word="keep", note="still used")
    assert "kept: g-1, g-2" in elena.follow(kept)
    bare = elena.send("/access/review", grant=["g-3"], word="end")
    assert bare.status_code == 400
    assert "whoever loses access is told why" in seen(bare)
    ended = elena.send("/access/review", grant=["g-3", "g-9"], word="end", note="unused")
    assert "ended: g-3; there is no grant `g-9`" in elena.follow(ended)
    states = {one["grant"]: one["state"] for one in desk(mesh_of(club), ANA).grants(ended=True)}
    assert states == {"g-1": "active", "g-2": "active", "g-3": "revoked"}
    other = bob.send("/access/review", grant=["g-1"], word="end", note="mine")
    assert "has no say in `g-1`" in bob.follow(other)


def test_policies_are_told_in_words_and_tested_as_another(club: Serving) -> None:
    elena, ana = Visitor(club, ELENA), Visitor(club, ANA)
    words = ana.text("/access/policies")
    assert (
        "Everybody may read what is tagged pii in any domain only by a grant,"
        " for at most 90 days at a time." in words
    )
    assert "Agents may not read what is tagged pii in any domain." in words
    decided = elena.text("/access/policies", **{"as": ANA, "address": PROFILES})
    assert "May not read it" in decided
    assert f'What would help: mesh access request {PROFILES} --purpose "…"' in decided
    asked(club)
    desk(mesh_of(club), ELENA).approve("req-1", masks=["email=show-last-4"])
    decided = elena.text("/access/policies", **{"as": ANA, "address": PROFILES})
    assert "May read it" in decided
    assert re.search(r"email classified the last 4 characters .*grant:g-1", decided)
    readers = elena.text("/access/policies", address=f"{PROFILES}.email", who="1")
    assert f"{ANA} Ana the last 4 characters" in readers


def test_whoever_may_not_ask_about_others_is_told_so(club: Serving) -> None:
    bob = Visitor(club, BOB)
    denied = bob.text("/access/policies", **{"as": ANA, "address": PROFILES})
    assert "may not ask what person:ana@example.com may read" in denied
    assert "May not read it" not in denied
    denied = bob.text("/access/policies", address=PROFILES, who="1")
    assert "may not ask who may read" in denied
    own = bob.text("/access/policies", address=PROFILES)
    assert "May not read it" in own, "about themselves everybody may ask"
