"""Selection expressions: which products a command means.

`domain.product` one product, `domain.product.port` the product of that port, `operations.*` or `*` a
pattern, `+x` with everything that x rests on, `x+` with everything that rests on x. Several unite.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TypeVar

from meshwright.errors import UsageError, did_you_mean
from meshwright.orchestrate.dag import levels, reachable, turned

Node = TypeVar("Node", bound=Hashable)  # an address, or its text
Edges = Mapping[Node, Iterable[Node]]
NO_NAMES: Mapping[str, str] = {}


def select(
    expressions: Sequence[str],
    nodes: Iterable[Node],
    depends_on: Edges[Node],
    *,
    changed: Collection[Node] | None = None,
    order: Edges[Node] | None = None,
    formerly: Mapping[str, str] = NO_NAMES,
) -> tuple[Node, ...]:
    """Return the products meant, those that others rest on first. No expression means all.

    `order` (else `depends_on`) says what waits for what in the answer. With `changed` (not None) only changed
    products, and what rests on them, are left. `formerly` maps addresses that products had to those that they
    have. Raises `UsageError` (`selection-unknown`) for an expression that names nothing.
    """
    known = {str(node): node for node in nodes}
    named = {old: known[new] for old, new in formerly.items() if new in known} | known
    needs_dependents = bool(changed) or any("+" in expression for expression in expressions)
    dependents: Edges[Node] = turned(depends_on) if needs_dependents else {}
    if expressions:
        chosen: set[Node] = set()
        for expression in expressions:
            chosen |= _meant(expression, known, named, depends_on, dependents)
    else:
        chosen = set(known.values())
    if changed is not None:
        affected: set[Node] = reachable(changed, dependents)
        chosen &= affected
    chosen &= set(known.values())
    waits_for = depends_on if order is None else order
    return tuple(node for layer in levels(chosen, waits_for) for node in layer)


def _meant(
    expression: str,
    known: Mapping[str, Node],
    named: Mapping[str, Node],
    depends_on: Edges[Node],
    dependents: Edges[Node],
) -> set[Node]:
    name = expression.strip()
    is_up, is_down = name.startswith("+"), name.endswith("+") and len(name) > 1
    name = name.removeprefix("+").removesuffix("+").strip()
    matched = _matched(name, known, named)
    if not matched and name != "*":
        raise _unknown(expression, name, known)
    found = set(matched)
    if is_up:
        found |= reachable(matched, depends_on)
    if is_down:
        found |= reachable(matched, dependents)
    return found


def _matched(name: str, known: Mapping[str, Node], named: Mapping[str, Node]) -> list[Node]:
    """Return what a name means: `named` has former names too, which no pattern means."""
    if any(mark in name for mark in "*?["):
        return [node for text, node in known.items() if fnmatchcase(text, name)]
    parts = name.split(".")
    product = named.get(".".join(parts[:2])) if 2 <= len(parts) <= 3 else None
    return [product] if product is not None else []


def _unknown(expression: str, name: str, known: Mapping[str, Node]) -> UsageError:
    if any(text.startswith(f"{name}.") for text in known):
        hint = f"`{name}.*` selects every product of the domain"
    elif "@" in name:
        hint = "a version cannot be built again: leave out what follows `@`"
    else:
        hint = did_you_mean(".".join(name.split(".")[:2]), known)
    return UsageError("selection-unknown", f"`{expression}` selects no product", hint=hint)
