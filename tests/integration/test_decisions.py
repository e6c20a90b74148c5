"""What is decided where no policy speaks: ownership, grants, masks by default, and otherwise no."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from meshwright.app.governed.ask import ask
from meshwright.errors import UsageError
from meshwright.model.facts import (
    AccessRevoked,
    ClassificationRefused,
    ClassificationSuggested,
    PrincipalAdded,
    PrincipalRemoved,
)
from meshwright.model.principal import Asker, Principal
from tests.integration.granted import (
    ANALYST,
    BEFORE,
    LATER,
    OWNER,
    PORT,
    TEAM,
    VISITS,
    decided,
    granted,
    known,
    shown,
    wired,
)
from tests.meshes import change_contract

BY_DEFAULT = {"name": "replace-with-null", "email": "show-last-4", "born": "replace-with-null"}


def test_nothing_allows_so_it_is_denied_with_what_would_help(crm: Path) -> None:
    with wired(crm) as wiring:
        decision = decided(wiring)
    assert not decision.is_allowed
    assert decision.policies == ("default",)
    assert decision.help == f'mesh access request {PORT} --purpose "…"'


def test_a_principal_that_nobody_knows_is_denied_whatever_was_granted(crm: Path) -> None:
    with wired(crm, granted("person:ghost")) as wiring:
        assert decided(wiring, "person:ghost").policies == ("unknown-principal",)


def test_the_product_owner_sees_it_as_it_is(crm: Path) -> None:
    with wired(crm) as wiring:
        decision = decided(wiring, OWNER)
    assert decision.is_whole
    assert decision.policies == ("owner",)
    assert decision.classified == {"name", "email", "born"}


def test_the_domains_team_reads_with_classified_columns_masked(crm: Path) -> None:
    with wired(crm, known("person:tim", "team:crm")) as wiring:
        for principal in (TEAM, "person:tim"):
            assert shown(decided(wiring, principal)) == BY_DEFAULT


def test_a_team_of_that_domain_only_opens_that_domain(crm: Path) -> None:
    with wired(crm, known("person:tim", "team:crm")) as wiring:
        assert not decided(wiring, "person:tim", VISITS).is_allowed


def test_a_grant_lets_read_with_default_masks_and_names_itself(crm: Path) -> None:
    with wired(crm, granted()) as wiring:
        decision = decided(wiring)
    assert decision.is_allowed
    assert (decision.grant, decision.purpose) == ("g-1", "churn")
    assert shown(decision) == BY_DEFAULT
    assert decision.policies == ("grant:g-1", "default")


def test_raw_columns_of_a_grant_are_shown_and_said_to_be(crm: Path) -> None:
    with wired(crm, granted(raw=["EMAIL"])) as wiring:
        decision = decided(wiring)
    assert "email" not in decision.masks
    assert any(r.columns == ("email",) and "raw" in r.text for r in decision.reasons)


def test_a_grant_may_mask_otherwise_and_show_less(crm: Path) -> None:
    given = granted(columns=["id", "name", "region"], masks={"name": "mask-alphanum"})
    with wired(crm, given) as wiring:
        assert shown(decided(wiring)) == {
            "name": "mask-alphanum", "email": "replace-with-null", "born": "replace-with-null",
            "points": "replace-with-null",
        }  # fmt: skip


def test_a_mask_that_nobody_knows_is_null(crm: Path) -> None:
    with wired(crm, granted(masks={"name": "blur"})) as wiring:
        assert shown(decided(wiring))["name"] == "replace-with-null"


def test_the_filter_of_a_grant_holds(crm: Path) -> None:
    with wired(crm, granted(filter="region = 'north'")) as wiring:
        assert decided(wiring).filters == ("region = 'north'",)


def test_a_grant_is_for_its_purpose_alone(crm: Path) -> None:
    with wired(crm, granted()) as wiring:
        other = decided(wiring, purpose="marketing")
        same = decided(wiring, purpose=" Churn ")
    assert same.is_allowed
    assert not other.is_allowed
    assert "`churn`" in other.reasons[0].text
    assert other.help.endswith('--purpose "churn"')


def test_a_grant_to_a_team_is_its_members(crm: Path) -> None:
    with wired(crm, granted("team:fleet"), known("person:flo", "team:fleet")) as wiring:
        assert decided(wiring, "person:flo").grant == "g-1"
        assert not decided(wiring).is_allowed


def test_of_two_grants_one_counts_and_they_are_never_added_up(crm: Path) -> None:
    narrow = granted(grant="g-2", raw=["email"], filter="region = 'north'")
    with wired(crm, granted(), narrow) as wiring:
        decision = decided(wiring)
    assert (decision.grant, decision.filters, shown(decision)) == ("g-1", (), BY_DEFAULT)


@pytest.mark.parametrize(
    "said",
    [
        {"until": BEFORE},
        {"since": LATER, "until": "9999-01-01"},
        {"until": "next week"},
        {"since": "once"},
    ],
)
def test_a_grant_that_does_not_hold_now_opens_nothing(crm: Path, said: dict[str, str]) -> None:
    with wired(crm, granted(**said)) as wiring:
        assert not decided(wiring).is_allowed


def test_a_grant_ends_while_its_decision_is_kept(crm: Path) -> None:
    """A decision that is kept lasts no longer than the grant."""
    times = [datetime.now(UTC)]
    soon = times[0] + timedelta(minutes=1)
    with wired(crm, granted(until=soon.isoformat())) as wiring:
        wiring.now = lambda: times[-1]
        assert decided(wiring).is_allowed
        times.append(soon + timedelta(seconds=1))
        assert not decided(wiring).is_allowed


def test_a_revocation_bites_at_the_next_decision(crm: Path) -> None:
    with wired(crm, granted()) as wiring:
        assert decided(wiring).is_allowed
        wiring.ledger.record([AccessRevoked("g-1", OWNER)])
        assert not decided(wiring).is_allowed


def test_whoever_leaves_a_team_or_the_mesh_sees_no_more_at_once(crm: Path) -> None:
    with wired(crm, granted("team:fleet"), known("person:flo", "team:fleet")) as wiring:
        assert decided(wiring, "person:flo").is_allowed
        wiring.ledger.record([PrincipalAdded("person:flo")])
        assert not decided(wiring, "person:flo").is_allowed
        wiring.ledger.record([known(OWNER)])
        assert decided(wiring, OWNER).is_allowed
        wiring.ledger.record([PrincipalRemoved(OWNER, "test")])
        assert decided(wiring, OWNER).policies == ("unknown-principal",)


def test_what_looks_personal_is_masked_until_an_owner_has_looked(crm: Path) -> None:
    column = f"{PORT}.region"
    looks = ClassificationSuggested("crm.people", column, "place", "confidential", ["pii"], 0.9, [])
    with wired(crm, granted()) as wiring:
        assert "region" not in decided(wiring).masks
        wiring.ledger.record([looks])
        assert shown(decided(wiring))["region"] == "replace-with-null"
        wiring.ledger.record([ClassificationRefused("crm.people", column, "place", OWNER, "no")])
        assert "region" not in decided(wiring).masks


def test_the_contract_in_the_files_counts_before_it_is_published(crm: Path) -> None:
    def classify(document: dict) -> None:
        (points,) = [c for c in document["schema"][0]["properties"] if c["name"] == "points"]
        points["classification"] = "restricted"

    change_contract(crm, PORT, classify)
    with wired(crm, granted()) as wiring:
        assert shown(decided(wiring))["points"] == "replace-with-null"


def test_a_product_reads_its_own_domain_and_others_by_grant(crm: Path) -> None:
    product = "product:web.visits"
    with wired(crm, granted(product, purpose="build", raw=["email"])) as wiring:
        assert decided(wiring, product, VISITS, "build").is_whole
        decision = decided(wiring, product, PORT, "build")
        assert decision.grant == "g-1"
        assert "email" not in decision.masks
        assert not decided(wiring, "product:web.gone", PORT, "build").is_allowed


def test_a_product_in_the_team_of_another_domain_reads_as_the_team_does(crm: Path) -> None:
    product = "product:web.visits"
    with wired(crm, known(product, "team:crm")) as wiring:
        assert shown(decided(wiring, product, PORT, "build")) == BY_DEFAULT


def test_a_wrong_name_is_answered_with_what_the_asker_may_read_alone(crm: Path) -> None:
    asker = Asker(Principal(ANALYST))
    with wired(crm, granted()) as wiring, pytest.raises(UsageError) as caught:
        ask(wiring, asker, "select * from crm.people.peopel")
    assert PORT in caught.value.hint
    assert VISITS not in caught.value.hint


def test_a_column_that_an_old_version_had_and_the_port_no_longer_has_is_masked(crm: Path) -> None:
    """It may have been renamed and classified since: what became of it is not known."""
    change_contract(crm, PORT, _rename_region)
    with wired(crm, granted()) as wiring:
        assert shown(decided(wiring)) == {**BY_DEFAULT, "region": "replace-with-null"}


def _rename_region(document: dict[str, Any]) -> None:
    (table,) = document["schema"]
    (region,) = (one for one in table["properties"] if one["name"] == "region")
    region["name"] = "area"
