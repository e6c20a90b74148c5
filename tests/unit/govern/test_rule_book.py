"""Federation and domains: a domain adds and tightens, and never weakens or shadows."""

from dataclasses import replace
from datetime import date

import pytest

from meshwright.govern.rules.book import RuleBook, bind_book
from meshwright.govern.rules.rule import Exemption, Found, Rule, violations_of

TODAY = date(2026, 6, 1)
GLOBAL = Rule(
    name="owned",
    file="policies/owned.sql",
    origin="federation",
    title="Owned.",
    severity="warn",
    scope="product",
    rationale="Because.",
    remedy="Name an owner.",
    owner="gov@example.com",
    sql="SELECT 1",
)
OWN = replace(GLOBAL, file="domains/sales/policies/owned.sql", origin="domain:sales")
TIGHTER = replace(OWN, tightens="owned", severity="block", sql="")
EXEMPTION = Exemption("sales.orders", date(2027, 1, 1), "ada", "why", 3)


def book(*domain: Rule, layers: tuple[tuple[Rule, ...], ...] = ((GLOBAL,),)) -> RuleBook:
    return bind_book(layers, domain, ())


def codes(made: RuleBook) -> list[str]:
    return [problem.code for problem in made.problems]


def test_a_domain_adds_rules_of_its_own() -> None:
    made = book(replace(OWN, name="named"))
    assert [rule.key for rule in made.rules] == ["owned", "sales/named"]
    assert codes(made) == []


def test_two_domains_may_have_rules_of_one_name() -> None:
    own = replace(OWN, name="named")
    made = book(own, replace(own, origin="domain:fleet"))
    assert [rule.key for rule in made.rules] == ["owned", "fleet/named", "sales/named"]


def test_a_rule_of_the_name_of_a_global_one_shadows_it_and_is_refused() -> None:
    made = book(OWN)
    assert codes(made) == ["rule-shadows"]
    message = made.problems[0].message
    assert "domains/sales/policies/owned.sql" in message
    assert "policies/owned.sql" in message
    assert [rule.key for rule in made.rules] == ["owned"]


@pytest.mark.parametrize(
    "weaker",
    [
        replace(OWN, severity="advise"),
        replace(OWN, exemptions=(EXEMPTION,)),
        replace(TIGHTER, severity="advise"),
        replace(TIGHTER, exemptions=(EXEMPTION,)),
    ],
)
def test_what_weakens_a_global_rule_is_refused_and_names_both_files(weaker: Rule) -> None:
    made = book(weaker)
    assert codes(made) == ["rule-weakens"]
    assert "`domains/sales/policies/owned.sql` weakens" in made.problems[0].message
    assert "`policies/owned.sql`" in made.problems[0].message
    assert made.raised == {}
    assert [rule.severity for rule in made.rules] == ["warn"]


def test_a_header_alone_raises_the_severity_in_its_domain_only() -> None:
    made = book(TIGHTER)
    assert codes(made) == []
    rows = [Found("sales.orders", "no owner"), Found("fleet.planes", "no owner")]
    found = violations_of(made.rules[0], rows, made.raised, TODAY)
    assert [violation.severity for violation in found] == ["block", "warn"]


def test_what_tightens_has_no_sql_of_its_own() -> None:
    assert codes(book(replace(TIGHTER, sql="SELECT 2"))) == ["rule-shadows"]


def test_what_tightens_has_the_name_of_the_rule() -> None:
    assert codes(book(replace(TIGHTER, name="other"))) == ["rule-name"]


def test_what_tightens_no_rule_names_the_nearest() -> None:
    made = book(replace(TIGHTER, tightens="ownd"))
    assert codes(made) == ["rule-unknown"]
    assert "`owned`" in made.problems[0].hint


def test_the_rules_of_a_shared_federation_cannot_be_shadowed_by_the_mesh() -> None:
    shared = replace(GLOBAL, file="../federation/policies/owned.sql", severity="block")
    made = book(layers=((shared,), (GLOBAL,)))
    assert codes(made) == ["rule-shadows"]
    assert [rule.severity for rule in made.rules] == ["block"]


def test_only_a_domain_tightens() -> None:
    made = book(layers=((GLOBAL,), (replace(TIGHTER, name="x", origin="federation"),)))
    assert codes(made) == ["rule-tightens"]


def test_an_exemption_of_the_global_rule_stays_visible() -> None:
    rule = replace(GLOBAL, exemptions=(EXEMPTION,))
    (violation,) = violations_of(rule, [Found("sales.orders.x", "no")], {}, TODAY)
    assert violation.exempted == "2027-01-01"
    assert not replace(violation, severity="block").is_blocking
