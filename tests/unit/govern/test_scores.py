"""Maturity follows from what is known of a product; the badge is never typed."""

from dataclasses import replace

import pytest

from meshwright.govern.scores import (
    ASPECTS,
    PortStanding,
    Standing,
    domain_means,
    judge_standing,
)

PORT = PortStanding(
    "orders",
    has_contract=True,
    has_description=True,
    columns=4,
    columns_described=4,
    columns_typed=4,
    has_key=True,
    checks=2,
    levels=("frequency", "retention"),
    has_personal=True,
)
GOOD = Standing(
    product="sales.orders",
    purpose="Orders.",
    owners=("ada@example.com",),
    semver="1.2.0",
    tags=("sales",),
    ports=(PORT,),
    tests=1,
    terms=1,
    is_served=True,
    health="healthy",
    is_alerted=True,
    is_ruled=True,
    consumers=1,
    readers=1,
)


def score_of(standing: Standing, aspect: str) -> float:
    return judge_standing(standing).scores[aspect]


def todos(standing: Standing) -> str:
    return "\n".join(todo for aspect in judge_standing(standing).aspects for todo in aspect.todo)


def test_a_product_that_lacks_nothing_is_certified() -> None:
    score = judge_standing(GOOD)
    assert score.scores == dict.fromkeys(ASPECTS, 1.0)
    assert score.is_certified
    assert todos(GOOD) == ""


def test_use_is_no_condition_of_the_badge() -> None:
    score = judge_standing(replace(GOOD, consumers=0, readers=0))
    assert score.scores["used"] == 0
    assert score.is_certified


@pytest.mark.parametrize(
    ("what", "aspect", "told"),
    [
        ({"purpose": ""}, "documented", "what the product is for"),
        ({"owners": ()}, "documented", "name an owner"),
        ({"terms": 0}, "documented", "glossary"),
        ({"ports": (replace(PORT, columns_described=1),)}, "documented", "describe 3 columns of orders"),
        ({"ports": (replace(PORT, has_contract=False),)}, "contracted", "write a contract for port orders"),
        ({"ports": (replace(PORT, has_key=False),)}, "contracted", "primary key of orders"),
        ({"ports": (replace(PORT, not_enforced=2),)}, "contracted", "2 promises of orders NOT ENFORCED"),
        ({"tests": 0}, "contracted", "model test"),
        ({"semver": "0.3.0"}, "contracted", "1.0.0"),
        ({"is_served": False}, "observed", "mesh run"),
        ({"health": "broken"}, "observed", "it is broken"),
        ({"incidents": 2}, "observed", "2 open incidents"),
        ({"is_alerted": False}, "observed", "let somebody be told"),
        ({"ports": (replace(PORT, levels=("retention",)),)}, "observed", "how fresh orders is"),
        ({"ports": (replace(PORT, is_watched=False),)}, "observed", "watch orders again"),
        ({"violations": (("has-owner", "warn"),)}, "governed", "it breaks rules: has-owner"),
        ({"is_ruled": False}, "governed", "mesh policy add"),
        ({"suggestions": 3}, "governed", "3 columns may be personal"),
        ({"waivers": 1}, "governed", "1 waiver in force"),
        ({"exemptions": 1}, "governed", "1 exemption in force"),
        ({"ports": (replace(PORT, levels=("frequency",)),)}, "governed", "how long personal data of orders"),
        ({"consumers": 0}, "used", "no product reads it"),
        ({"readers": 0}, "used", "nobody read it"),
    ],
)  # fmt: skip
def test_what_lacks_lowers_its_aspect_and_is_the_next_step(
    what: dict[str, object], aspect: str, told: str
) -> None:
    standing = replace(GOOD, **what)  # type: ignore[arg-type]
    assert score_of(standing, aspect) < 1
    assert told in todos(standing)


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ({"is_served": False}, "it was never published"),
        ({"health": "degraded"}, "it is degraded"),
        ({"incidents": 1}, "1 open incident"),
        ({"violations": (("has-owner", "block"),)}, "it breaks has-owner"),
    ],
)
def test_what_is_wrong_now_withholds_the_badge(what: dict[str, object], why: str) -> None:
    assert why in judge_standing(replace(GOOD, **what)).withheld  # type: ignore[arg-type]


def test_advice_alone_withholds_nothing_by_itself() -> None:
    score = judge_standing(replace(GOOD, violations=(("nice-to-have", "advise"),)))
    assert not any("it breaks" in why for why in score.withheld)


def test_a_share_counts_as_a_share() -> None:
    half = replace(GOOD, ports=(replace(PORT, columns_described=2),))
    none = replace(GOOD, ports=(replace(PORT, columns_described=0),))
    assert score_of(none, "documented") < score_of(half, "documented") < 1


def test_a_domain_is_the_mean_of_its_products() -> None:
    one = judge_standing(GOOD)
    other = judge_standing(replace(GOOD, product="sales.returns", consumers=0, readers=0))
    alone = judge_standing(replace(GOOD, product="stock.parts"))
    means = domain_means([one, other, alone])
    assert means["sales"]["used"] == 0.5
    assert means["stock"] == dict.fromkeys(ASPECTS, 1.0)
