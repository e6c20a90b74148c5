"""What holds of grouping whatever is noticed, in whatever order."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from incident_board import PORTS, Board, reads

from meshwright.model.address import Address
from meshwright.model.facts import IncidentResolved
from meshwright.model.signal import SEVERITIES, Signal
from meshwright.observe.incidents.downstream import Reach
from meshwright.observe.incidents.incidents import WINDOW, Incident

DAYS = [f"2013-02-{day:02}" for day in range(1, 28)]
signals_ = st.builds(
    Signal,
    st.sampled_from(["check", "anomaly", "late", "build"]),
    st.sampled_from([Address.parse(port) for port in PORTS]),
    st.sampled_from(["too few", "too many"]),
    severity=st.sampled_from(SEVERITIES),
    metric=st.sampled_from(["rows", "mean"]),
    business_date=st.sampled_from(["", "", *DAYS]),
    score=st.sampled_from([1.5, 3.0]),
)
live = signals_.map(
    lambda s: Signal(s.kind, s.address, s.explanation, s.severity, s.metric, score=s.score)
)
batches = st.lists(st.lists(signals_, min_size=1, max_size=6), min_size=1, max_size=5)
live_batches = st.lists(st.lists(live, min_size=1, max_size=5), min_size=1, max_size=6)
steps = st.randoms(use_true_random=False)


def play(noticed: list[list[Signal]], chance: random.Random) -> Board:
    """Raise batches; now and then somebody resolves an incident."""
    board = Board()
    for batch in noticed:
        board.notice(*batch)
        still_open = board.open()
        if still_open and chance.random() < 0.3:
            one = chance.choice(still_open)
            board.record(IncidentResolved(one.id, str(one.product)))
        board.later(days=chance.choice([0, 0.2, 3, 12]))
    return board


@given(batches, signals_, steps)
@settings(max_examples=40, deadline=None)
def test_the_order_of_a_batch_makes_no_difference(
    noticed: list[list[Signal]], another: Signal, chance: random.Random
) -> None:
    board = play(noticed[:-1], chance)
    batch = [*noticed[-1], another]
    shuffled = batch.copy()
    chance.shuffle(shuffled)
    assert board.decide(*batch) == board.decide(*shuffled)
    board.close()


@given(batches, steps)
@settings(max_examples=40, deadline=None)
def test_noticing_the_same_again_changes_nothing(
    noticed: list[list[Signal]], chance: random.Random
) -> None:
    board = play(noticed[:-1], chance)
    board.notice(*noticed[-1])
    assert board.notice(*noticed[-1]) == []
    board.close()


@given(live_batches, steps)
@settings(max_examples=40, deadline=None)
def test_no_two_open_incidents_have_one_cause(
    noticed: list[list[Signal]], chance: random.Random
) -> None:
    """Of what is about now: one incident a product, and none below another that explains it."""
    board = play(noticed, chance)
    found = board.open()
    assert len({one.product for one in found}) == len(found)
    reach = Reach(reads)
    assert not [
        (above.id, below.id)
        for above in found
        for below in found
        if reach.explains(above, below.product) and are_near(above, below)
    ]
    board.close()


@given(batches, steps)
@settings(max_examples=40, deadline=None)
def test_the_ledger_replays_to_what_is_live(
    noticed: list[list[Signal]], chance: random.Random
) -> None:
    board = play(noticed, chance)
    assert board.is_replayed()
    board.close()


def are_near(one: Incident, other: Incident) -> bool:
    """Say whether two incidents are about days within a week."""
    return one.days_from(other.first, other.last) <= WINDOW
