"""Facts to and from the text of the ledger, by their dataclass alone.

What must stay true: an entry of an older version reads (new fields have defaults), and so does one of a
newer version (fields and kinds that are not known here are passed over).
"""

from dataclasses import MISSING, fields

from meshwright.errors import LedgerError
from meshwright.ledger.canonical import canonical
from meshwright.model.exact import loads
from meshwright.model.facts import KINDS, Entry, Fact


def encode(fact: Fact) -> str:
    """Return the payload of a fact: its fields as canonical JSON."""
    return canonical({name: getattr(fact, name) for name in _shape(type(fact))[0]})


def decode(kind: str, payload: str) -> Fact | None:
    """Return the fact of an entry, or None when its kind is not known here.

    Raises `LedgerError` (`entry-unreadable`) when it is known but does not read.
    """
    cls = KINDS.get(kind)
    if cls is None:
        return None
    known, required = _shape(cls)
    try:
        said = loads(payload)
        values = {name: said[name] for name in known if name in said}
    except (ValueError, TypeError) as error:
        raise LedgerError("entry-unreadable", f"a `{kind}` is not a JSON object") from error
    missing = sorted(required - values.keys())
    if missing:
        raise LedgerError("entry-unreadable", f"a `{kind}` lacks `{missing[0]}`")
    return cls(**values)


def fact_of(entry: Entry) -> Fact | None:
    """Return the fact of an entry, or None when its kind is not known here."""
    try:
        return decode(entry.kind, entry.payload)
    except LedgerError as error:
        raise LedgerError(error.code, f"entry {entry.seq}: {error.message}") from error


def _shape(cls: type[Fact]) -> tuple[tuple[str, ...], frozenset[str]]:
    every = fields(cls)
    required = [f.name for f in every if f.default is MISSING and f.default_factory is MISSING]
    return tuple(f.name for f in every), frozenset(required)
