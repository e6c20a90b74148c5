"""Compare two contracts of one port: what changed, how much it matters, and whom it breaks.

The rules, with their reasons, are in `docs/adr/0002-contract-compatibility.md`.
"""

from collections.abc import Iterator

from meshwright.govern.change import MAJOR, MINOR, PATCH, Change, ChangeItem
from meshwright.govern.columns import compare_columns
from meshwright.govern.quality import compare_relationships, compare_rules
from meshwright.govern.service_levels import compare_end_of_life, compare_service_levels
from meshwright.model.contract import Contract, ContractObject


def compare(old: Contract, new: Contract, port: str) -> Change:
    """Return what changed for the readers of `port` from one contract to another."""
    if old.digest and old.digest == new.digest:
        return Change(port)
    return Change.of(port, _items(old, new, port))


def removed(port: str) -> Change:
    """Return the change that taking a port away is."""
    what = f"port `{port}` was removed"
    return Change.of(port, (ChangeItem(MAJOR, port, what, "whoever reads it fails"),))


def _items(old: Contract, new: Contract, port: str) -> Iterator[ChangeItem]:
    before, after = old.object_for(port), new.object_for(port)
    if before is not None and after is not None:
        yield from _objects(before, after)
    elif before is not None:
        what = f"the contract no longer describes `{port}`"
        yield ChangeItem(MAJOR, port, what, "nothing is promised of it any more")
    elif after is not None:
        yield ChangeItem(MINOR, port, f"the contract describes `{port}`")
    yield from compare_service_levels(old.service_levels, new.service_levels)
    yield from compare_end_of_life(old.end_of_life, new.end_of_life)
    yield from _quarantine(old, new)
    if old.id != new.id:
        what = f"the contract's id changed from {old.id} to {new.id}"
        yield ChangeItem(MAJOR, "id", what, "references to the old id find nothing")
    if old.status != new.status:
        is_notice = new.status.lower() in ("deprecated", "retired")
        what = f"status changed from {old.status or 'none'} to {new.status or 'none'}"
        yield ChangeItem(MINOR if is_notice else PATCH, "status", what)
    elif old.is_deprecated != new.is_deprecated and old.end_of_life == new.end_of_life:
        what = "it is deprecated" if new.is_deprecated else "it is deprecated no longer"
        yield ChangeItem(MINOR, "status", what)
    for label, was, now in _descriptions(old, new):
        if was != now:
            yield ChangeItem(PATCH, label, f"{label} of the contract changed")


def _objects(old: ContractObject, new: ContractObject) -> Iterator[ChangeItem]:
    yield from _keys(old.key, new.key)
    yield from compare_columns(old.columns, new.columns)
    yield from compare_rules(old.quality, new.quality)
    yield from compare_relationships(old.relationships, new.relationships, "relationships")
    if old.granularity != new.granularity:
        yield ChangeItem(MINOR, "granularity", "what a row stands for is described otherwise")
    words = (old.name, old.description, sorted(old.tags), dict(old.custom), old.physical_name)
    others = (new.name, new.description, sorted(new.tags), dict(new.custom), new.physical_name)
    if words != others:
        yield ChangeItem(PATCH, "schema", "words about the table changed")


def _keys(old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[ChangeItem]:
    if old == new:
        return
    was, now = ", ".join(old), ", ".join(new)
    if set(old) == set(new):
        yield ChangeItem(PATCH, "primaryKey", f"the key is written ({now}) instead of ({was})")
    elif not new:
        what = f"the key ({was}) was dropped"
        yield ChangeItem(MAJOR, "primaryKey", what, "joins on it may multiply rows")
    elif not old:
        what = f"({now}) became the key"
        breaks = "rows that had been published are refused from now on"
        yield ChangeItem(MAJOR, "primaryKey", what, breaks)
    else:
        what = f"the key changed from ({was}) to ({now})"
        yield ChangeItem(MAJOR, "primaryKey", what, "joins on the old key may multiply rows")


def _quarantine(old: Contract, new: Contract) -> Iterator[ChangeItem]:
    before, after = old.quarantine, new.quarantine
    if before == after:
        return
    if after is None:
        yield ChangeItem(PATCH, "quarantine", "rows are no longer put aside")
        return
    shown = f"{after.rows} rows" if after.rows is not None else f"{(after.share or 0) * 100:.9g}%"
    note = "rows that fail are missing from what is published"
    if before is None:
        what = f"up to {shown} of the rows may be put aside"
        yield ChangeItem(MINOR, "quarantine", what, note)
    else:
        yield ChangeItem(MINOR, "quarantine", f"the quarantine's tolerance is now {shown}", note)


def _descriptions(old: Contract, new: Contract) -> tuple[tuple[str, object, object], ...]:
    return (
        ("name", old.name, new.name),
        ("description", old.description, new.description),
        ("domain", old.domain, new.domain),
        ("dataProduct", old.data_product, new.data_product),
        ("owners", sorted(old.owners), sorted(new.owners)),
        ("tags", sorted(old.tags), sorted(new.tags)),
        ("replaces", old.replaces, new.replaces),
        ("apiVersion", old.api_version, new.api_version),
        ("customProperties", dict(old.custom), dict(new.custom)),
    )
