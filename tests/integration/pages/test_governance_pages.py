"""Rules, exemptions, suggestions and scores in a browser."""

from meshwright.model.facts import ClassificationSuggested
from tests.integration.club import ANA, ELENA, PROFILES
from tests.integration.pages.conftest import mesh_of
from tests.serving import Serving
from tests.visiting import Visitor

RULE = """\
-- title: Every port has readers.
-- severity: warn
-- scope: product
-- rationale: What nobody reads costs and serves nobody.
-- remedy: Tell people of it.
-- owner: governance
-- exempt: loyalty.members.tiers until 2027-06-01 by elena@example.com: it is new
SELECT address, 'nobody reads it' AS message FROM mesh.ports
"""


def test_a_rule_tells_what_breaks_it_why_and_what_to_do(club: Serving) -> None:
    (club.service.wiring.root / "policies" / "ports-read.sql").write_text(RULE)
    ana = Visitor(club, ANA)
    assert "Every port has readers." in ana.text("/governance")
    rule = ana.text("/governance/rules/ports-read")
    assert "What nobody reads costs and serves nobody." in rule
    assert f"{PROFILES} : nobody reads it" in rule
    assert "Do this: Tell people of it." in rule
    assert "FROM mesh.ports" in rule
    assert "It has no test" in rule
    assert "nobody reads it" in ana.text("/governance/violations", severity="warn")
    assert "nobody reads it" not in ana.text("/governance/violations", severity="block")
    assert ana.get("/governance/rules/no-such-rule").status_code == 404


def test_scores_are_shown_and_not_recorded_by_looking(club: Serving) -> None:
    page = Visitor(club, ANA).text("/governance/scores", domain="loyalty")
    assert "loyalty.members not certified" in page
    assert "insight.churn" not in page.partition("Products of loyalty")[2]
    assert mesh_of(club).score_history("loyalty.members") == ()


def test_an_owner_confirms_or_refuses_what_looks_personal_and_nobody_else(club: Serving) -> None:
    column = f"{PROFILES}.tier"
    suggested = ClassificationSuggested(
        "loyalty.members",
        column,
        "person_name",
        "confidential",
        ["pii"],
        0.8,
        ["header says `tier`"],
    )
    mesh_of(club).wiring.ledger.record([suggested])
    elena, ana = Visitor(club, ELENA), Visitor(club, ANA)
    page = ana.text("/governance/suggestions")
    assert "80 % sure" in page
    assert "An owner of loyalty.members answers it." in page
    said = {"column": column, "kind": "person_name", "word": "refuse", "reason": "a level"}
    assert ana.send("/governance/suggestions", **said).status_code == 403
    assert "is not person_name" in elena.follow(elena.send("/governance/suggestions", **said))
    assert "Nothing is suggested" in elena.text("/governance/suggestions")
