"""An access policy as a sentence, for people who do not read YAML."""

from collections.abc import Sequence

from meshwright.model.access import (
    AGGREGATE,
    ALLOW,
    CEILING,
    DENY,
    FILTER,
    MASK,
    PURPOSE,
    AccessPolicy,
    Objects,
    Subjects,
)

_SHOWN = {
    "replace-with-null": "empty",
    "mask-to-fixed-value": "a fixed value",
    "sha-256-query-local": "hashed, anew in each query",
    "token-purpose": "a token that joins within the purpose",
    "token-domain": "a token that joins within the domain",
    "sha-256-global": "hashed",
    "truncate-to-year": "the year",
    "truncate-to-month": "the month",
    "round-to": "rounded",
    "mask-alphanum": "its form (x and n)",
    "show-last-4": "the last 4 characters",
    "show-first-4": "the first 4 characters",
}


def shown_as(mask: object) -> str:
    """Return how a mask (or its text) shows a column; None and `raw` are no mask."""
    kind, _, value = str(mask or "raw").partition("=")
    words = {"raw": "as it is", "null": "empty", **_SHOWN}.get(kind, kind)
    return f"{words}: {value}" if value else words


def in_words(policy: AccessPolicy) -> str:
    """Return what a policy says: whom, what, how, but for whom."""
    who, what = _who(policy.subjects), _what(policy)
    s = "" if policy.subjects.kinds else "s"  # of the verb
    said = {
        ALLOW: f"{who} may read {what}",
        DENY: f"{who} may not read {what}",
        MASK: f"{who} see{s} {what} as {policy.mask}",
        FILTER: f"{who} see{s} of {what} only rows where {policy.filter}",
        PURPOSE: f"{who} must say a purpose to read {what}",
        AGGREGATE: f"{who} get{s} of {what} only totals of at least {policy.minimum_group} rows",
        CEILING: f"{who} may read {what} {_ceiling(policy)}",
    }[policy.effect]
    purposes = f", when they ask for {_any(policy.purposes)}" if policy.purposes else ""
    unless = f", except {_lower(_who(policy.unless))}" if policy.unless else ""
    text = f"{said}{purposes}{unless}"
    return text[:1].upper() + text[1:]


def _ceiling(policy: AccessPolicy) -> str:
    parts = ["only by a grant"] if policy.by_grant else []
    if policy.days:
        parts.append(f"for at most {policy.days} days at a time")
    return ", ".join(parts) or "as grants say"


def _who(said: Subjects) -> str:
    parts = [
        _any(said.principals),
        _any([f"{kind}s" if kind != "person" else "people" for kind in said.kinds]),
        f"whoever is in {_any(said.teams)}" if said.teams else "",
        f"whoever has the role {_any(said.roles)}" if said.roles else "",
        f"whoever belongs to the domain {_any(said.domains)}" if said.domains else "",
        *(f"whoever has {name} {_any(values)}" for name, values in said.attributes.items()),
    ]
    return " and ".join(filter(None, parts)) or "everybody"


def _what(policy: AccessPolicy) -> str:
    said = policy.objects
    place = _place(said, policy.domain)
    marks = []
    if said.tags:
        marks.append(f"tagged {_any(said.tags)}")
    if said.classifications:
        marks.append(f"classified {_any(said.classifications)} or higher")
    return f"what is {' and '.join(marks)} in {place}" if marks else place


def _place(said: Objects, domain: str) -> str:
    if said.addresses:
        return _any(said.addresses)
    return f"the domain {domain}" if domain else "any domain"


def _any(words: Sequence[str]) -> str:
    return " or ".join(words)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
