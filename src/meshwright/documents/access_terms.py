"""Read `access` of mesh.yaml: which requests are approved at once, and when one is escalated."""

from collections.abc import Mapping

from meshwright.documents.alert_reader import find_duration
from meshwright.model.access_request import AccessTerms, AutomaticRule, QueryTerms
from meshwright.model.json_value import Json


def read_access_terms(raw: Json | None) -> AccessTerms:
    """Return what is said of requests; `raw` is free of errors."""
    said = raw if isinstance(raw, dict) else {}
    rules = said.get("approve_automatically")
    return AccessTerms(
        automatic=tuple(
            _rule(one, number)
            for number, one in enumerate(rules if isinstance(rules, list) else (), 1)
            if isinstance(one, dict)
        ),
        escalate_after=find_duration(str(said.get("escalate_after") or "")),
        limits=_limits(said.get("limits")),
    )


def _limits(raw: Json | None) -> QueryTerms:
    said = raw if isinstance(raw, dict) else {}
    given = {name: value for name, value in said.items() if isinstance(value, int)}
    usual = QueryTerms()
    return QueryTerms(
        rows=given.get("rows", usual.rows),
        seconds=given.get("seconds", usual.seconds),
        memory=given["memory_mb"] * 1024**2 if "memory_mb" in given else usual.memory,
        at_once=given.get("at_once", usual.at_once),
    )


def _rule(raw: Mapping[str, Json], number: int) -> AutomaticRule:
    days = raw.get("max_days")
    return AutomaticRule(
        name=str(raw.get("name") or number),
        same_domain=raw.get("same_domain") is True,
        not_personal=raw.get("not_personal") is True,
        days=days if isinstance(days, int) else 0,
        addresses=_texts(raw.get("addresses")),
        kinds=_texts(raw.get("kinds")),
    )


def _texts(value: Json | None) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()
