"""The JSON shape of a round of `mesh observe`, and its facts in a line."""

import re
from dataclasses import asdict

from meshwright.app.observe import Cycle
from meshwright.app.shapes import Shape, build_shape
from meshwright.model.facts import Fact, RequestEscalated

_VERB = re.compile(r"Incident(\w+)")


def cycle_shape(cycle: Cycle) -> Shape:
    """Return what one round did."""
    return {
        "at": cycle.at.isoformat(timespec="seconds"),
        "builds": [build_shape(build) for build in cycle.builds],
        "signals": [
            {
                "kind": signal.kind,
                "address": str(signal.address),
                "metric": signal.metric,
                "severity": signal.severity,
                "explanation": signal.explanation,
            }
            for signal in cycle.signals
        ],
        "incidents": [fact_shape(fact) for fact in cycle.facts],
        "alerts": [asdict(told) for told in cycle.told],
        "rules": [
            {"product": fact.product, "violations": list(fact.violations)} for fact in cycle.rules
        ],
        "access": [access_shape(fact) for fact in cycle.access],
        "problems": [
            {
                "code": problem.code,
                "kind": problem.kind.value,
                "message": problem.message,
                "hint": problem.hint,
                "retryable": problem.retryable,
            }
            for problem in cycle.problems
        ],
    }


def fact_shape(fact: Fact) -> Shape:
    """Return what happened to an incident."""
    return {
        "event": _event(fact),
        "incident": getattr(fact, "incident", ""),
        "product": getattr(fact, "product", ""),
        "explanation": getattr(fact, "explanation", "") or getattr(fact, "note", ""),
    }


def access_shape(fact: Fact) -> Shape:
    """Return what time did to a request or a grant."""
    return {
        "event": "escalated" if isinstance(fact, RequestEscalated) else "expired",
        "id": getattr(fact, "request", "") or getattr(fact, "grant", ""),
        "to": list(getattr(fact, "to", ())),
    }


def access_line(fact: Fact) -> str:
    """Return the same in a line."""
    shape = access_shape(fact)
    to = f" to {', '.join(getattr(fact, 'to', ()))}" if shape["to"] else ""
    return f"{shape['event']:<9} {shape['id']}{to}"


def fact_line(fact: Fact) -> str:
    """Return the same in a line."""
    shape = fact_shape(fact)
    about = f": {shape['explanation']}" if shape["explanation"] else ""
    return f"{shape['event']:<9} {shape['incident']} {shape['product']}{about}"


def _event(fact: Fact) -> str:
    found = _VERB.match(type(fact).__name__)
    return found[1].lower() if found else type(fact).__name__
