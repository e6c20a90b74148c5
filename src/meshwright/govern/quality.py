"""Quality rules, relationships and service levels: promises about the whole table.

They rule out no row that a reader had, so a stronger one is minor; a weaker or dropped one breaks whoever
relies on it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from meshwright.govern.change import MAJOR, MINOR, PATCH, ChangeItem
from meshwright.govern.thresholds import EQUAL, STRONGER, WEAKER, compare_thresholds
from meshwright.model.contract import QualityRule, Relationship

_RELIED = "consumers that rely on it are no longer protected"


def compare_rules(
    old: Sequence[QualityRule], new: Sequence[QualityRule], prefix: str = ""
) -> Iterator[ChangeItem]:
    """Yield what changed between two lists of quality rules; rules pair by what they say, then by key."""
    before, after = list(old), list(new)
    for rule in old:
        same = next((other for other in after if _meaning(other) == _meaning(rule)), None)
        if same is not None:
            before.remove(rule)
            after.remove(same)
            if _words(rule) != _words(same):
                path = prefix + same.key
                yield ChangeItem(PATCH, path, f"words of quality rule `{path}` changed")
    by_key = {rule.key: rule for rule in after}
    for rule in before:
        other = by_key.pop(rule.key, None)
        path = prefix + rule.key
        if other is None:
            yield _dropped(rule, path)
        else:
            yield from _compared(rule, other, path)
    for key in by_key:
        yield ChangeItem(MINOR, prefix + key, f"quality rule `{prefix}{key}` was added")


def compare_relationships(
    old: Sequence[Relationship], new: Sequence[Relationship], path: str
) -> Iterator[ChangeItem]:
    """Yield which references were promised or dropped."""
    before = {(r.columns, r.references, r.kind) for r in old}
    after = {(r.columns, r.references, r.kind) for r in new}
    for columns, references, kind in sorted(before - after):
        what = f"{kind} of `{', '.join(columns) or path}` to {', '.join(references)} was dropped"
        yield ChangeItem(MAJOR, path, what, "joins over it may lose rows")
    for columns, references, kind in sorted(after - before):
        what = f"{kind} of `{', '.join(columns) or path}` to {', '.join(references)} was added"
        yield ChangeItem(MINOR, path, what)


def _compared(old: QualityRule, new: QualityRule, path: str) -> Iterator[ChangeItem]:
    if old.kind == new.kind == "text":
        yield ChangeItem(PATCH, path, f"words of quality rule `{path}` changed")
        return
    if _question(old) != _question(new):
        what = f"quality rule `{path}` asks something else"
        yield replace(_dropped(old, path), what=what)
        return
    if old.severity != new.severity:
        is_weaker = old.severity == "error"
        what = f"severity of quality rule `{path}` changed from {old.severity} to {new.severity}"
        yield ChangeItem(MAJOR if is_weaker else MINOR, path, what, _RELIED if is_weaker else "")
    relation = compare_thresholds(old.thresholds, new.thresholds)
    if relation == EQUAL:
        return
    if relation == STRONGER:
        yield ChangeItem(MINOR, path, f"quality rule `{path}` became stricter")
    elif old.severity != "error":
        yield ChangeItem(MINOR, path, f"quality rule `{path}`, a warning, changed its bounds")
    elif relation == WEAKER:
        yield ChangeItem(MAJOR, path, f"quality rule `{path}` allows more than before", _RELIED)
    else:
        yield ChangeItem(MAJOR, path, f"quality rule `{path}` has other bounds", _RELIED)


def _dropped(rule: QualityRule, path: str) -> ChangeItem:
    what = f"quality rule `{path}` was dropped"
    if rule.kind == "text" or rule.severity != "error":
        return ChangeItem(MINOR, path, what)
    return ChangeItem(MAJOR, path, what, _RELIED)


def _question(rule: QualityRule) -> tuple[object, ...]:
    """Return what a rule measures; layout of its SQL does not count."""
    arguments = sorted((name, str(value)) for name, value in rule.arguments.items())
    return (rule.kind, rule.metric, arguments, " ".join(rule.query.split()), rule.unit)


def _meaning(rule: QualityRule) -> tuple[object, ...]:
    words = rule.description if rule.kind == "text" else ""
    thresholds = [(t.operator, str(t.value)) for t in rule.thresholds]
    return (*_question(rule), thresholds, rule.severity, words)


def _words(rule: QualityRule) -> tuple[str, str, str]:
    return (rule.name, rule.description, rule.dimension)
