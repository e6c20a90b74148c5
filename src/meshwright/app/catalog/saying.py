"""What a person says of a field that its descriptor leaves open: kept as their word, never in a file.

What must stay true: a run or another inference changes nothing of it; where a descriptor holds the field
there is nothing to say beside it, but a change to propose.
"""

from collections.abc import Sequence

from meshwright.app.catalog.discussing import require_owner
from meshwright.app.catalog.fields import field_of
from meshwright.app.catalog.known import known
from meshwright.app.catalog.words import labels, spoken
from meshwright.app.wiring import Wiring
from meshwright.catalog.provenance import DESCRIPTION, TERMS, Field, Value
from meshwright.errors import RefusedError, UsageError, did_you_mean
from meshwright.model.facts import FieldSaid

MOST_OF_DESCRIPTION = 4000


def say(wiring: Wiring, text: str, field: str, value: str | Sequence[str]) -> Field:
    """Say what a field is; an empty value takes back what was said.

    Raises `RefusedError` (`field-held`), `DeniedError` (`not-an-owner`), `UsageError` (`term-unknown`, …).
    """
    address = known(wiring, text)
    now = field_of(wiring, str(address), field)
    require_owner(wiring, address.product_address, f"say the {field}")
    if now.is_held:
        raise RefusedError(
            "field-held",
            f"the descriptor holds the {field} of `{address}`",
            hint=f"propose a change of {now.file}",
        )
    said = read_value(wiring, field, value)
    if now.source == "person" and now.value == said:
        return now
    product = str(address.product_address)
    plain = list(said) if isinstance(said, tuple) else said
    wiring.ledger.record([FieldSaid(product, str(address), field, plain)])
    return field_of(wiring, str(address), field)


def read_value(wiring: Wiring, field: str, value: str | Sequence[str]) -> Value:
    """Return a value as a field has it: a text, or labels; terms must be there."""
    if field == DESCRIPTION:
        text = value if isinstance(value, str) else "\n".join(value)
        return spoken(text, "a description", MOST_OF_DESCRIPTION, is_needed=False)
    texts = value.replace("\n", ",").split(",") if isinstance(value, str) else value
    found = labels(texts, "a term" if field == TERMS else "a tag")
    if field == TERMS:
        terms = wiring.workspace.terms
        for term in found:
            if term not in terms:
                raise UsageError(
                    "term-unknown", f"there is no term `{term}`", hint=did_you_mean(term, terms)
                )
    return found
