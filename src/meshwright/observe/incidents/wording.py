"""What an incident says of itself: its cause in a few words, its explanation in sentences."""

from collections.abc import Collection, Sequence

from meshwright.model.address import Address
from meshwright.model.signal import BUILD, CHECK, OBJECTIVE, Signal
from meshwright.observe.incidents.incidents import rank

SHOWN = 3
_CAUSES = {CHECK: "build-rejected", BUILD: "build-failed"}
_ORDER = (BUILD, CHECK, OBJECTIVE)  # of signals that are equally bad, what is surest comes first


def by_strength(signals: Collection[Signal]) -> list[Signal]:
    """Return signals, the strongest first; the order in which they came makes no difference."""
    return sorted(
        signals,
        key=lambda signal: (
            -rank(signal.severity),
            _ORDER.index(signal.kind) if signal.kind in _ORDER else len(_ORDER),
            -signal.score,
            signal.key,
            signal.business_date,
            signal.explanation,
        ),
    )


def cause_of(signals: Sequence[Signal]) -> str:
    """Return the cause of an incident: a word that stays the same, and what was noticed."""
    strongest = signals[0]
    names = dict.fromkeys(_name(signal) for signal in signals if signal.kind == strongest.kind)
    return f"{_CAUSES.get(strongest.kind, strongest.kind)}: {_listed(list(names), ', ')}"


def explanation_of(signals: Sequence[Signal]) -> str:
    """Return the words of the strongest signals."""
    return _listed(list(dict.fromkeys(signal.explanation for signal in signals)), "; ")


def place_of_all(signals: Sequence[Signal]) -> Address:
    """Return the smallest thing that all signals of a product are about."""
    address = signals[0].address.at(None)
    for smaller in (address, address.port_address):
        if all(_is_within(signal.address, smaller) for signal in signals):
            return smaller
    return address.product_address


def _is_within(address: Address, other: Address) -> bool:
    return address.port == other.port and other.column in ("", address.column)


def _name(signal: Signal) -> str:
    """Return how a cause names a signal: `port:metric`, or the error that stopped a build."""
    if signal.kind == BUILD:
        return signal.metric or "failed"
    what = f"{signal.address.port}:{signal.metric}" if signal.address.port else signal.metric
    if signal.kind != CHECK and signal.address.column:
        what += f" of {signal.address.column}"
    return f"{what}[{signal.segment}]" if signal.segment else what


def _listed(texts: Sequence[str], between: str) -> str:
    more = len(texts) - SHOWN
    return between.join(texts[:SHOWN]) + (f" and {more} more" if more > 0 else "")
