"""Decide what of a product must be made: the same code over the same input versions is never made again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from meshwright.app.clock import AsOf
from meshwright.app.references import Referred, reference_stamp
from meshwright.app.served import ServedPort
from meshwright.app.spans import all_spans, held_spans, missing_spans, named_span, read_spans
from meshwright.model.product import OutputPort, Product
from meshwright.transform.graph import AS_OF, ModelGraph, ModelNode
from meshwright.transform.intervals import Span

MAKE, AUDIT, REUSE = "make", "audit", "reuse"
NOTHING = Referred({}, {})


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with one port: make it (in full, or just `spans`), audit it again, or reuse it.

    `extends` says that rows of the served version stay.
    """

    port: OutputPort
    action: str
    reason: str = ""
    spans: tuple[Span, ...] = ()
    extends: bool = False


@dataclass(frozen=True, slots=True)
class Before:
    """The version that is served: its ports, its inputs' stamps, and what it pretended.

    `intervals`: append port -> what its inputs were when the interval that a rerun names was made.
    """

    ports: Mapping[str, ServedPort]
    stamps: Mapping[str, str]
    as_of: str = ""
    intervals: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def decide(
    product: Product,
    graph: ModelGraph,
    codes: Mapping[str, str],
    stamps: Mapping[str, str],
    before: Before,
    as_of: AsOf,
    referred: Referred = NOTHING,
    *,
    force: bool = False,
) -> dict[str, Decision]:
    """Return a decision for every output port that has a model.

    A port whose foreign keys refer to rows that changed is audited again, since it may hold orphans now.
    """
    changed = {name for name, stamp in stamps.items() if before.stamps.get(name) != stamp}
    tables = {port.name for port in product.outputs if port.materialisation.kind == "append"}
    decisions = {}
    for port in product.outputs:
        old = before.ports.get(port.name)
        if port.name in tables:
            made = before.intervals.get(port.name, {})
            read = graph.reach[port.name].inputs
            is_stale = any(made.get(name) != stamps[name] for name in read)
            decision = _append(port, old, codes, is_stale, as_of, force)
        else:
            nodes = [graph.nodes[name] for name in graph.made_with(port.name, tables)]
            decision = _full(port, old, nodes, codes, changed, as_of, before.as_of, force)
        decisions[port.name] = decision
    return _refer_anew(_downstream(decisions, graph), referred, changed)


def has_new_targets(port: str, referred: Referred, changed: Collection[str]) -> bool:
    """Say whether a port of others that this one refers to has changed; `changed` are names of stamps."""
    return any(reference_stamp(target) in changed for target in referred.foreign.get(port, ()))


def _refer_anew(
    decisions: dict[str, Decision], referred: Referred, changed: Collection[str]
) -> dict[str, Decision]:
    made = {name for name, decision in decisions.items() if decision.action == MAKE}
    settled = dict(decisions)
    for name, decision in decisions.items():
        is_new = has_new_targets(name, referred, changed) or made & referred.siblings.get(
            name, frozenset()
        )
        if decision.action == REUSE and is_new:
            settled[name] = Decision(decision.port, AUDIT, f"what {name} refers to changed")
    return settled


def _full(
    port: OutputPort,
    old: ServedPort | None,
    nodes: Sequence[ModelNode],
    codes: Mapping[str, str],
    changed: set[str],
    as_of: AsOf,
    before_as_of: str,
    force: bool,
) -> Decision:
    if old is None:
        return Decision(port, MAKE, "never built")
    if force:
        return Decision(port, MAKE, "forced")
    anew = _why_anew(port, old, codes)
    if anew:
        return Decision(port, MAKE, anew)
    read = sorted({name for node in nodes for name in node.inputs} & changed)
    if read:
        return Decision(port, MAKE, f"input {', '.join(read)} changed")
    uses_as_of = any(AS_OF in node.parameters for node in nodes)
    if uses_as_of and (as_of.is_now or as_of.text != before_as_of):
        return Decision(port, MAKE, f"{port.name} reads $as_of")
    return _same_rows(port, old)


def _append(
    port: OutputPort,
    old: ServedPort | None,
    codes: Mapping[str, str],
    is_stale: bool,
    as_of: AsOf,
    force: bool,
) -> Decision:
    """Make what is missing; everything when the code changed; a named interval again when rows may differ."""
    making = port.materialisation
    if old is None:
        return Decision(port, MAKE, "never built", missing_spans(making, as_of, ()))
    anew = _why_anew(port, old, codes) or ("forced" if force and as_of.is_now else "")
    if anew:
        held = held_spans(
            making, read_spans(old.done), as_of.zone
        )  # a moment in the past loses no later interval
        return Decision(port, MAKE, anew, all_spans(missing_spans(making, as_of, ()), held))
    spans = missing_spans(making, as_of, read_spans(old.done))
    if not as_of.is_now and (force or is_stale):
        spans = all_spans(spans, named_span(making, as_of))
    if spans:
        shown = f"{spans[0].start:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
        return Decision(port, MAKE, f"intervals of {port.name} from {shown}", spans, extends=True)
    return _same_rows(port, old)


def _why_anew(port: OutputPort, old: ServedPort, codes: Mapping[str, str]) -> str:
    """Return why no row of the served version may stay; empty when they may.

    Rows that an earlier contract set aside are in no table: under another contract they may belong there.
    """
    if old.code != codes[port.name]:
        return f"code of {port.name} changed"
    if _is_promised_anew(port, old):
        assert port.contract is not None
        if old.quarantined or port.contract.quarantine is not None:
            return f"contract of {port.name} changed, and rows may go aside"
    return ""


def _is_promised_anew(port: OutputPort, old: ServedPort) -> bool:
    return port.contract is not None and port.contract.digest != old.contract


def _same_rows(port: OutputPort, old: ServedPort) -> Decision:
    if _is_promised_anew(port, old):
        return Decision(port, AUDIT, f"contract of {port.name} changed")
    return Decision(port, REUSE)


def _downstream(decisions: dict[str, Decision], graph: ModelGraph) -> dict[str, Decision]:
    """A port that reads a port which is made anew is made anew too."""
    settled = dict(decisions)
    for name in graph.nodes:
        decision = settled.get(name)
        if decision is None or decision.action == MAKE:
            continue
        read = [m for m in graph.reach[name].models if m != name and m in settled]
        made = sorted(m for m in read if settled[m].action == MAKE)
        if made and decision.port.materialisation.kind == "full":
            settled[name] = Decision(decision.port, MAKE, f"{', '.join(made)} made anew")
    return settled
