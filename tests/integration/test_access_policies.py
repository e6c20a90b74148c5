"""Policies of federation and domains, in files, as they decide."""

from pathlib import Path
from typing import Any

import pytest

from meshwright.app.access.reachable import open_ports
from meshwright.app.check import check
from meshwright.app.governed.visible import visible_ports
from meshwright.app.identity.principals import find_principal
from meshwright.model.principal import Asker, Principal
from tests.integration.granted import (
    ANALYST,
    OWNER,
    PII,
    PORT,
    TEAM,
    VISITS,
    decided,
    granted,
    known,
    put_policies,
    shown,
    wired,
)
from tests.integration.shop import KEY, build, column, statuses
from tests.meshes import change_yaml, write_product

ALLOW = """\
policies:
  - {id: open, effect: allow, objects: {addresses: [crm.people.*]}}
"""


def test_a_domain_lets_read_its_data(crm: Path) -> None:
    put_policies(crm, ALLOW, "crm")
    with wired(crm) as wiring:
        decision = decided(wiring)
        assert decision.is_allowed
        assert decision.policies == ("crm/open", "default")
        assert not decided(wiring, address=VISITS).is_allowed


def test_a_policy_that_comes_or_goes_bites_at_the_next_decision(crm: Path) -> None:
    with wired(crm) as wiring:
        assert not decided(wiring).is_allowed
        path = put_policies(crm, ALLOW, "crm")
        assert decided(wiring).is_allowed
        path.unlink()
        assert not decided(wiring).is_allowed


def test_deny_wins_over_owner_grant_and_allow(crm: Path) -> None:
    put_policies(crm, ALLOW, "crm")
    put_policies(crm, """\
policies:
  - id: nobody
    description: Under investigation.
    effect: deny
    objects: {addresses: [crm.people.people]}
    unless: {principals: ["service:police"]}
""")  # fmt: skip
    with wired(crm, granted(), known("service:police")) as wiring:
        for who in (OWNER, TEAM, ANALYST):
            decision = decided(wiring, who)
            assert (decision.is_allowed, decision.policies) == (False, ("federation/nobody",))
            assert "Under investigation" in decision.reasons[0].text
        assert decided(wiring, "service:police").is_allowed


def test_a_denied_column_reads_null_and_the_rest_is_shown(crm: Path) -> None:
    put_policies(crm, """\
policies:
  - {id: no-birth, effect: deny, objects: {addresses: ["*.*.*.born"]}}
  - {id: no-pii-for-agents, effect: deny, subjects: {kinds: [agent]}, objects: {tags: [PII]}}
""")  # fmt: skip
    with wired(crm, granted("agent:a"), known("agent:a")) as wiring:
        assert shown(decided(wiring, OWNER)) == {"born": "replace-with-null"}
        agent = decided(wiring, "agent:a")
        assert agent.is_allowed
        assert {c for c, m in shown(agent).items() if m == "replace-with-null"} == {
            "name", "email", "born",
        }  # fmt: skip


def test_a_grant_does_not_lift_what_a_policy_masks_but_unless_does(crm: Path) -> None:
    put_policies(crm, """\
policies:
  - id: emails-as-tokens
    effect: mask
    objects: {addresses: ["crm.*.*.email"]}
    mask: token-domain
    unless: {teams: [fraud]}
""")  # fmt: skip
    raw = granted(raw=["email"])
    fraud = granted("team:fraud", grant="g-2", raw=["email"])
    with wired(crm, raw, fraud, known("person:fay", "team:fraud")) as wiring:
        assert shown(decided(wiring))["email"] == "token-domain"
        assert shown(decided(wiring, OWNER)) == {"email": "token-domain"}
        assert "email" not in shown(decided(wiring, "person:fay"))


def test_the_strictest_mask_holds_and_each_that_masks_is_named(crm: Path) -> None:
    put_policies(crm, """\
policies:
  - {id: born-by-month, effect: mask, objects: {addresses: ["*.*.*.born"]}, mask: truncate-to-month}
  - {id: points, effect: mask, objects: {addresses: ["*.*.*.points"]}, mask: "round-to=10"}
""")  # fmt: skip
    put_policies(crm, """\
policies:
  - {id: born-by-year, effect: mask, objects: {addresses: ["crm.*.*.born"]}, mask: truncate-to-year}
  - {id: points, effect: mask, objects: {addresses: ["*.*.*.points"]}, mask: "round-to=100"}
""", "crm")  # fmt: skip
    with wired(crm) as wiring:
        decision = decided(wiring, OWNER)
    assert shown(decision) == {"born": "truncate-to-year", "points": "round-to=100"}
    assert set(decision.policies) == {
        "owner", "federation/born-by-month", "crm/born-by-year", "federation/points", "crm/points",
    }  # fmt: skip


def test_filters_of_policies_and_of_the_grant_all_hold(crm: Path) -> None:
    put_policies(crm, """\
policies:
  - {id: north, effect: filter, objects: {addresses: [crm.people.people]}, filter: "region = 'north'"}
""")  # fmt: skip
    with wired(crm, granted(filter="points > 3")) as wiring:
        assert decided(wiring).filters == ("region = 'north'", "points > 3")
        assert decided(wiring, OWNER).filters == ("region = 'north'",)


def test_a_purpose_is_required_for_a_port_with_such_a_column(crm: Path) -> None:
    put_policies(crm, """\
policies:
  - {id: say-why, effect: require-purpose, objects: {tags: [pii]}}
""")  # fmt: skip
    with wired(crm, granted()) as wiring:
        refused = decided(wiring, OWNER)
        assert refused.policies == ("federation/say-why",)
        assert "--purpose" in refused.help
        assert decided(wiring, OWNER, purpose="anything").is_allowed
        assert decided(wiring).is_allowed  # the grant says what for
        assert decided(wiring, "person:web@example.com", VISITS).is_allowed


def test_a_ceiling_takes_a_grant_and_bounds_its_days(crm: Path) -> None:
    put_policies(crm, ALLOW, "crm")
    ceiling = "policies:\n  - {id: short, effect: ceiling, objects: {tags: [pii]}, %s}\n"
    put_policies(crm, ceiling % "by_grant: true")
    with wired(crm) as wiring:
        assert decided(wiring).policies == ("federation/short",)
        wiring.ledger.record([granted()])
        assert decided(wiring).grant == "g-1"
        put_policies(crm, ceiling % "days: 45, by_grant: true")
        assert decided(wiring).grant == "g-1"
        put_policies(crm, ceiling % "days: 7, by_grant: true")
        decision = decided(wiring)
    assert not decision.is_allowed
    assert "ended" in decision.reasons[0].text


def test_aggregates_over_the_largest_minimum_group_alone(crm: Path) -> None:
    put_policies(crm, """\
policies:
  - {id: ten, effect: aggregate, objects: {addresses: [crm.people.people]}, minimum_group: 10}
  - {id: five, effect: aggregate, objects: {classifications: [restricted]}, minimum_group: 5}
""")  # fmt: skip
    with wired(crm) as wiring:
        assert decided(wiring, OWNER).minimum_group == 10


def test_a_policy_may_hold_for_a_purpose_only(crm: Path) -> None:
    put_policies(
        crm, ALLOW.replace("effect: allow", "effect: allow, purposes: [Fraud  Check]"), "crm"
    )
    with wired(crm) as wiring:
        assert decided(wiring, purpose="fraud check").is_allowed
        assert not decided(wiring, purpose="marketing").is_allowed
        assert not decided(wiring).is_allowed


@pytest.mark.parametrize("domain", ["", "crm"])
def test_where_a_policy_file_is_broken_nobody_but_the_mesh_owner_reads(
    crm: Path, domain: str
) -> None:
    put_policies(crm, "policies:\n  - {id: open, effect: alow}\n", domain)
    with wired(crm, granted()) as wiring:
        for who in (OWNER, TEAM, ANALYST):
            decision = decided(wiring, who)
            assert not decision.is_allowed
            assert "access.yaml:2" in decision.reasons[0].text
            assert decision.help == "mesh check"
        other = decided(wiring, "person:web@example.com", VISITS)
        assert other.is_allowed is bool(domain)
        assert decided_as_owner(wiring)


def decided_as_owner(wiring: object) -> bool:
    from meshwright.app.access.deciding import decide
    from meshwright.model.address import Address
    from meshwright.publish.reading import pin

    with wiring.store.read() as reader:  # type: ignore[attr-defined]
        asker = Asker(Principal("person:me", owns_mesh=True))
        return decide(wiring, reader, asker, pin(reader, Address.parse(PORT))).is_whole  # type: ignore[arg-type]


def problems_of(folder: Path) -> set[tuple[str, str, int]]:
    from meshwright.app.wiring import Wiring

    wiring = Wiring(folder)
    try:
        return {
            (p.code, p.place.file, p.place.line) for p in check(wiring) if "access" in p.place.file
        }
    finally:
        wiring.close()


def test_check_judges_policy_files_with_their_lines(crm: Path) -> None:
    put_policies(crm, """\
policies:
  - id: open
    effect: allow
  - id: open
    effect: mask
    objects: {addresses: [crm.people]}
  - id: blur
    effect: mask
    mask: blur
    days: 3
  - id: who
    effect: deny
    subjects: {principals: [ada], colours: [red]}
""")  # fmt: skip
    put_policies(crm, """\
policies:
  - {id: far, effect: deny, objects: {addresses: [web.visits.visits]}}
  - {id: top, effect: ceiling, days: 3}
""", "crm")  # fmt: skip
    file = "policies/access.yaml"
    assert {
        ("policy-duplicate", file, 4), ("policy-incomplete", file, 5), ("address-pattern", file, 6),
        ("mask-unknown", file, 9), ("policy-key-idle", file, 10), ("principal-pattern", file, 13),
        ("key-unknown", file, 13),
    } <= problems_of(crm)  # fmt: skip
    own = f"domains/crm/{file}"
    assert {("address-foreign", own, 2), ("effect-not-here", own, 3)} <= problems_of(crm)
    put_policies(crm, "policies:\n  - {id: open, effect: allow}\n")
    assert ("effect-not-here", file, 2) in problems_of(crm)


def test_what_is_out_of_reach_is_denied_and_nothing_else_is_left_out(crm: Path) -> None:
    """The short list that catalogs are made of holds every port that may be read."""
    put_policies(
        crm, "policies:\n  - {id: bi, effect: allow, subjects: {kinds: [service]}}\n", "web"
    )
    facts = (granted("team:fleet"), known("person:flo", "team:fleet"), known("service:bi"))
    with wired(crm, *facts) as wiring, wiring.store.read() as reader:
        for name in (ANALYST, OWNER, TEAM, "person:flo", "service:bi", "product:web.visits"):
            principal = find_principal(wiring, reader, name)
            assert principal is not None
            near = {str(address) for address in open_ports(wiring, reader, principal)}
            seen = {
                address for address in (PORT, VISITS) if decided(wiring, name, address).is_allowed
            }
            assert seen <= near
            listed = visible_ports(wiring, Asker(Principal(name)))
            assert {str(port.address) for port in listed} == seen
        assert visible_ports(wiring, Asker(Principal("person:ghost"))) == ()


def test_what_is_derived_from_personal_data_is_masked_too(crm: Path) -> None:
    """A contract that says less is refused when it is built; one that says it masks for whom is let in."""
    mails = {
        "inputs": {"people": {"port": PORT}},
        "ports": {"mails": "select id, 'to: ' || email as recipient from people"},
        "contracts": {"mails": {"columns": [column("id", **KEY), column("recipient", "string")]}},
    }
    write_product(crm, "web", "mails", mails)
    assert statuses(build(crm, "web.mails")) == {"web.mails": "refused"}
    mails["contracts"]["mails"]["columns"][1] |= PII
    write_product(crm, "web", "mails", mails)
    assert statuses(build(crm, "web.mails")) == {"web.mails": "published"}
    with wired(crm, granted(address="web.mails.mails")) as wiring:
        decision = decided(wiring, address="web.mails.mails")
    assert shown(decision) == {"recipient": "replace-with-null"}


def test_where_the_file_of_groups_is_broken_nobody_but_the_mesh_owner_reads(crm: Path) -> None:
    """Who is in a team may be whom a policy denies."""
    change_yaml(crm / "mesh.yaml", lambda raw: raw.update(identity={"groups": "groups.yaml"}))
    (crm / "groups.yaml").write_text("analysts: [person:anna]\n")
    with wired(crm, granted("team:analysts")) as wiring:
        assert decided(wiring).is_allowed
        (crm / "groups.yaml").write_text("analysts: {person:anna}\n")
        wiring.look_again()
        for who in (OWNER, ANALYST):
            decision = decided(wiring, who)
            assert not decision.is_allowed
            assert "groups.yaml" in decision.reasons[0].text
        (crm / "groups.yaml").write_text("analysts: [person:anna, person:bob]\n")
        wiring.look_again()
        assert decided(wiring, "person:bob").is_allowed
        assert decided_as_owner(wiring)


def test_a_rename_lifts_no_policy(crm: Path) -> None:
    """What was forbidden of a product is forbidden of it under its new name."""
    put_policies(crm, """\
policies:
  - {id: closed, effect: deny, objects: {addresses: [crm.people.people]}}
""")  # fmt: skip
    (crm / "domains/crm/people").rename(crm / "domains/crm/persons")

    def renamed(raw: Any) -> None:
        raw["name"] = "persons"
        raw["customProperties"] = [{"property": "formerly", "value": "crm.people"}]

    change_yaml(crm / "domains/crm/persons/product.odps.yaml", renamed)
    assert statuses(build(crm))["crm.persons"] in ("published", "up_to_date")
    with wired(crm) as wiring:
        decision = decided(wiring, OWNER, "crm.persons.people")
    assert decision.policies == ("federation/closed",)
