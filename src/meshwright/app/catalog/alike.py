"""Ports that are like another one, and those that can be joined with it: by terms, by names, by values.

What must stay true: no hidden port is among them; values are compared by sketches that hold none.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from time import monotonic
from weakref import WeakKeyDictionary

from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.sketches import Sketches, kept_sketches, make_sketches
from meshwright.app.product_graph import present
from meshwright.app.wiring import Wiring
from meshwright.catalog.resemblance import contained, may_join, named_alike, rarity
from meshwright.errors import UsageError, did_you_mean
from meshwright.model.address import Address
from meshwright.spi.state_store import Reader

TERM, NAMES, VALUES = "term", "names", "values"
_LEAST = {TERM: 0.0, NAMES: 0.3, VALUES: 0.5}  # less is chance
_MOST_LOOKED = 300  # ports whose sketches are looked at
_SECONDS = 3.0  # to make sketches in, one call
Columns = Mapping[str, Mapping[str, str]]  # port -> column -> type, '' where none is served


@dataclass(frozen=True, slots=True)
class Alike:
    """A port that is like another one. `kind`: term, names or values; `why` in words; `score` 0 to 1.

    `on`: pairs of columns, ours and theirs, that the two can be joined on.
    """

    address: str
    kind: str
    why: str
    score: float
    on: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Ground:
    mark: object
    columns: Columns
    weights: Mapping[str, float]


_KNOWN: "WeakKeyDictionary[Wiring, _Ground]" = WeakKeyDictionary()


def find_alike(wiring: Wiring, knowing: Knowing, text: str) -> tuple[Alike, ...]:
    """Return the ports that are like a port (or like those of a product), the most alike first.

    Raises `UsageError` (`product-unknown`, `port-unknown`).
    """
    address = present(Address.parse(text).at(None), wiring.workspace.former_names)
    card = wiring.workspace.card(address.product_address)
    names = [output.name for output in card.outputs]
    if address.port and address.port not in names:
        raise UsageError(
            "port-unknown",
            f"`{card.address}` has no port `{address.port}`",
            hint=did_you_mean(address.port, names),
        )
    ports = [address.port] if address.port else names
    with wiring.store.read() as reader:
        ground = _ground(wiring, reader)
        found = [
            one
            for port in ports
            for one in _alike(wiring, reader, knowing, ground, f"{card.address}.{port}")
        ]
    best: dict[tuple[str, str], Alike] = {}
    for one in found:
        key = (one.address, one.kind)
        if key not in best or one.score > best[key].score:
            best[key] = one
    return tuple(sorted(best.values(), key=lambda one: (-one.score, one.address, one.kind)))


def _alike(
    wiring: Wiring, reader: Reader, knowing: Knowing, ground: _Ground, port: str
) -> Iterator[Alike]:
    own = port.rpartition(".")[0]
    others = {
        name: columns
        for name, columns in ground.columns.items()
        if name.rpartition(".")[0] != own and knowing.of(name)
    }
    found = [*_by_terms(wiring, port, others), *_by_names(ground, port, others)]
    yield from found
    likely = dict.fromkeys([*(one.address for one in found), *others])
    yield from _by_values(wiring, reader, port, likely)


def _by_terms(wiring: Wiring, port: str, others: Iterable[str]) -> Iterator[Alike]:
    carried: dict[str, dict[str, str]] = {}
    for address, card in wiring.workspace.cards.items():
        for name, column, term, *_ in card.extra.get("terms") or ():
            carried.setdefault(f"{address}.{name}", {})[term] = column
    ours = carried.get(port, {})
    for other in others:
        theirs = carried.get(other, {})
        shared = sorted(ours.keys() & theirs.keys())
        if shared:
            on = tuple((ours[term], theirs[term]) for term in shared)
            why = f"has the term{'s' if len(shared) > 1 else ''} {', '.join(shared)}"
            score = len(shared) / len(ours.keys() | theirs.keys())
            yield Alike(other, TERM, why, round(score, 2), on)


def _by_names(ground: _Ground, port: str, others: Columns) -> Iterator[Alike]:
    ours = ground.columns.get(port, {})
    for other, theirs in others.items():
        score = named_alike(ours, theirs, ground.weights)
        if score < _LEAST[NAMES]:
            continue
        shared = [name for name in ours if name in theirs]
        same = [name for name in shared if ours[name] == theirs[name]]
        score *= 0.5 + 0.5 * len(same) / len(shared)
        listed = ", ".join(shared[:5]) + (", …" if len(shared) > 5 else "")
        yield Alike(
            other, NAMES, f"has {len(shared)} columns of the same name: {listed}", round(score, 2)
        )


def _by_values(wiring: Wiring, reader: Reader, port: str, others: Iterable[str]) -> Iterator[Alike]:
    end = monotonic() + _SECONDS
    ours = _sketches(wiring, reader, port, end)
    for number, other in enumerate(others if ours else ()):
        if number >= _MOST_LOOKED:
            return
        theirs = _sketches(wiring, reader, other, end)
        pairs = [
            (share, mine, their)
            for mine, sketch in ours.items()
            for their, sketched in theirs.items()
            if may_join(mine, their, sketch.family)
            and (share := contained(sketch, sketched)) >= _LEAST[VALUES]
        ]
        if pairs:
            share, mine, their = max(pairs)
            why = f"{their} has the values of {mine}, {share:.0%} of the smaller set"
            on = tuple((a, b) for _, a, b in sorted(pairs, reverse=True))
            yield Alike(other, VALUES, why, round(share, 2), on[:5])


def _sketches(wiring: Wiring, reader: Reader, port: str, end: float) -> Sketches:
    """Return the sketches of a port; of one that has none yet, as long as there is time to make them."""
    address = Address.parse(port)
    found = kept_sketches(wiring, reader, address)
    if found is None:
        found = make_sketches(wiring, reader, address) if monotonic() < end else {}
    return found


def _ground(wiring: Wiring, reader: Reader) -> _Ground:
    """Return the columns of every port, of files and of what is served; read again when either changed."""
    rows = reader.rows("SELECT max(seq) FROM facts WHERE kind = 'VersionPublished'")
    mark = (wiring.workspace.mark, rows[0][0])
    known = _KNOWN.get(wiring.origin)
    if known is None or known.mark != mark:
        columns = _columns(wiring, reader)
        known = _KNOWN[wiring.origin] = _Ground(mark, columns, rarity(columns))
    return known


def _columns(wiring: Wiring, reader: Reader) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    named = reader.rows(
        "SELECT p.address, d.address FROM search_places p JOIN search_documents d"
        " ON d.id BETWEEN p.place << 20 AND (p.place << 20) + 1048575 WHERE p.kind = 'column'"
    )
    for port, column in named:
        name = str(column).removeprefix(f"{port!s}.").lower()
        found.setdefault(str(port), {})[name] = ""
    served = reader.rows(
        "SELECT vp.product || '.' || vp.port, vp.columns FROM products p JOIN version_ports vp"
        " ON vp.product = p.product AND vp.version = p.served"
    )
    there = {str(address) for address in wiring.workspace.cards}
    for port, columns in served:
        if str(port).rpartition(".")[0] in there:
            types = found.setdefault(str(port), {})
            types |= {name.lower(): kind for name, kind in json.loads(str(columns))}
    return found
