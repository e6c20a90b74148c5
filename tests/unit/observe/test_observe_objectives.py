"""Every entry of `slaProperties` becomes an objective, or is reported by name."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meshwright.model.contract import Contract, ContractColumn, ContractObject, ServiceLevel
from meshwright.observe.service.objectives import (
    REASONS,
    Promises,
    contract_promises,
    read_promises,
)

DAY = 86400.0


def level(name: str, value: object, unit: str = "", element: str = "") -> ServiceLevel:
    return ServiceLevel(name, value, unit, element)


@pytest.mark.parametrize(
    ("entry", "kind", "limit"),
    [
        (level("freshness", 4, "h"), "freshness", 4 * 3600),
        (level("Freshness", "4", "hours"), "freshness", 4 * 3600),
        (level("latency", 4, "d"), "latency", 4 * DAY),
        (level("frequency", 1, "w"), "frequency", 7 * DAY),
        (level("frequency", 0.5, "d"), "frequency", DAY / 2),
        (level("time_of_availability", "06:00-05:00"), "timeofavailability", 6 * 3600),
        (level("availability", "99.9%"), "availability", 0.999),
        (level("completeness", 99.5, "percent"), "completeness", 0.995),
        (level("errorRate", 1, "%"), "errorrate", 0.01),
        (level("generalAvailability", "1970-01-02T00:00:00+00:00"), "generalavailability", DAY),
        (level("endOfSupport", "1970-01-03"), "endofsupport", 2 * DAY),
        (level("endOfLife", "1970-01-03"), "endoflife", 2 * DAY),
        (level("timeToDetect", 30, "min"), "timetodetect", 1800),
        (level("timeToNotify", 5, "m"), "timetonotify", 300),
        (level("timeToRepair", 1, "d"), "timetorepair", DAY),
    ],
)
def test_an_entry_of_the_vocabulary_is_an_objective(
    entry: ServiceLevel, kind: str, limit: float
) -> None:
    (found,) = read_promises([entry], has_clock=True).enforced
    assert (found.kind, found.name) == (kind, entry.name)
    assert found.limit == pytest.approx(limit)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (level("mood", "good"), "unknown"),
        (level("retention", 3, "y"), "rows"),
        (level("throughput", 3, "MB/s"), "readers"),
        (level("freshness", 3, "M"), "amount"),
        (level("freshness", -1, "d"), "amount"),
        (level("freshness", "soon"), "amount"),
        (level("frequency", 3, "parsecs"), "amount"),
        (level("availability", 120, "%"), "amount"),
        (level("timeOfAvailability", "late"), "amount"),
        (level("endOfLife", "one day"), "amount"),
        (level("latency", 1, "d"), "clock"),
        (level("completeness", 99, "%", "orders.nothing"), "column"),
    ],
)
def test_what_nobody_enforces_says_why(entry: ServiceLevel, reason: str) -> None:
    promises = read_promises([entry], ["id"])
    assert promises.enforced == ()
    assert [(n.name, n.reason) for n in promises.not_enforced] == [(entry.name, REASONS[reason])]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.builds(
            ServiceLevel,
            st.text(max_size=12) | st.sampled_from(["freshness", "frequency", "endOfLife"]),
            st.text(max_size=8) | st.integers() | st.floats() | st.none() | st.booleans(),
            st.text(max_size=4) | st.sampled_from(["d", "h", "%", "M"]),
            st.text(max_size=8),
        )
    )
)
def test_no_entry_is_lost(levels: list[ServiceLevel]) -> None:
    """Whatever stands there is enforced or reported, and never raises."""
    promises = read_promises(levels)
    assert len(promises.enforced) + len(promises.not_enforced) == len(levels)


def test_the_target_is_declared_or_ninety_nine_percent() -> None:
    availability = level("availability", 99.9, "%")
    assert read_promises([]).target == 0.99
    assert read_promises([availability]).target == 0.999
    assert read_promises([availability], target="95%").target == 0.95
    assert read_promises([], target=99.5).target == 0.995


def test_an_entry_about_another_object_is_not_this_ports() -> None:
    objects = tuple(ContractObject(name, (ContractColumn("id"),)) for name in ("orders", "totals"))
    levels = (level("freshness", 1, "h", "totals.id"), level("frequency", 1, "d"))
    contract = Contract("c", "1.0.0", "active", "v3.2.0", objects, service_levels=levels)

    def names(promises: Promises) -> list[str]:
        return [objective.name for objective in promises.enforced]

    assert names(contract_promises(contract, "orders", has_clock=False)) == ["frequency"]
    assert names(contract_promises(contract, "totals", has_clock=False)) == [
        "freshness",
        "frequency",
    ]
