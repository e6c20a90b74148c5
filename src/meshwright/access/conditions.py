"""What a grant gives of a port, as people write it: columns, masks, a purpose; and what two levels give."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from meshwright.errors import UsageError, did_you_mean
from meshwright.model.access import MASKS, Mask, mask_kind, strictest

LONGEST_PURPOSE = 200
LONGEST_TEXT = 2000
_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")
_WITH_VALUE = ("mask-to-fixed-value", "round-to")


@dataclass(frozen=True, slots=True)
class Offer:
    """What approvers give so far; `days` 0 is as long as was asked."""

    raw: tuple[str, ...] = ()
    masks: Mapping[str, Mask] = field(default_factory=dict)
    filter: str = ""
    days: int = 0


def parse_purpose(text: str) -> str:
    """Return a purpose, its blanks made single; raise `UsageError` (`purpose-missing`, `purpose-invalid`)."""
    plain = " ".join(text.split())
    if not plain:
        raise UsageError(
            "purpose-missing", "access is for a purpose, and none is said", hint='--purpose "…"'
        )
    if len(plain) > LONGEST_PURPOSE or _NOT_SHOWN.search(plain):
        raise UsageError(
            "purpose-invalid",
            f"the purpose has {len(plain)} characters, or some that nobody can see",
            hint=f"say it in one line of at most {LONGEST_PURPOSE} characters",
        )
    return plain


def parse_text(text: str, what: str, *, is_needed: bool = False) -> str:
    """Return a note or a reason; raise `UsageError` (`reason-missing`, `text-invalid`)."""
    plain = " ".join(text.split())
    if is_needed and not plain:
        raise UsageError("reason-missing", f"a {what} is needed", hint=f'--{what} "…"')
    if len(plain) > LONGEST_TEXT or _NOT_SHOWN.search(plain):
        raise UsageError(
            "text-invalid",
            f"the {what} has {len(plain)} characters, or some that nobody can see",
            hint=f"at most {LONGEST_TEXT} characters",
        )
    return plain


def named_columns(wanted: Iterable[str], known: Sequence[str], port: object) -> tuple[str, ...]:
    """Return columns as the port spells them, each once; raise `UsageError` (`column-unknown`)."""
    spelled = {name.lower(): name for name in known}
    found = []
    for name in filter(None, (one.strip() for one in wanted)):
        if name.lower() not in spelled:
            raise UsageError(
                "column-unknown",
                f"`{port}` has no column `{name}`",
                hint=did_you_mean(name.lower(), known),
            )
        found.append(spelled[name.lower()])
    return tuple(dict.fromkeys(found))


def parse_mask(text: str) -> Mask:
    """Read `show-last-4`, `round-to=10`, `mask-to-fixed-value=…`; raise `UsageError` (`mask-unknown`)."""
    word, equals, said = text.partition("=")
    kind = mask_kind(word)
    if not kind:
        raise UsageError(
            "mask-unknown",
            f"`{word.strip()}` is not a mask",
            hint=did_you_mean(word.strip().lower(), MASKS),
        )
    if bool(equals) != (kind in _WITH_VALUE):
        need = "wants a value after `=`" if kind in _WITH_VALUE else "takes no value"
        raise UsageError("mask-invalid", f"the mask `{kind}` {need}", hint="round-to=10")
    value: str | int | float | None = said.strip() if equals else None
    if kind == "round-to":
        if not _NUMBER.match(str(value)) or float(str(value)) <= 0:
            raise UsageError(
                "mask-invalid", f"`{said}` is not a width of steps", hint="round-to=10"
            )
        value = float(str(value)) if "." in str(value) else int(str(value))
    return Mask(kind, value)


def parse_masks(texts: Iterable[str], known: Sequence[str], port: object) -> dict[str, Mask]:
    """Read `column=mask`, several of them; raise `UsageError` as `parse_mask` and `named_columns` do."""
    found: dict[str, Mask] = {}
    for text in texts:
        column, equals, mask = text.partition("=")
        if not equals:
            raise UsageError(
                "mask-invalid", f"`{text}` is not a column and a mask", hint="email=show-last-4"
            )
        (name,) = named_columns([column or "?"], known, port)
        found[name] = parse_mask(mask)
    return found


def agreed(earlier: Offer, later: Offer) -> Offer:
    """Return what both of two levels give: a later level may give less, not more.

    Raises `UsageError` (`raw-not-offered`).
    """
    new = [name for name in later.raw if name not in earlier.raw]
    if new:
        raise UsageError(
            "raw-not-offered",
            f"the level before did not give `{new[0]}` as it is",
            hint="leave --raw out: what it gave stays given",
        )
    masks = dict(earlier.masks)
    for name, mask in later.masks.items():
        masks[name] = strictest([mask, masks[name]] if name in masks else [mask]) or mask
    filters = [one for one in (earlier.filter, later.filter) if one]
    days = [one for one in (earlier.days, later.days) if one]
    return Offer(
        tuple(name for name in earlier.raw if name not in later.masks),
        masks,
        " AND ".join(f"({one})" for one in filters) if len(filters) > 1 else "".join(filters),
        min(days, default=0),
    )


def require_consistent(offer: Offer, columns: Sequence[str]) -> None:
    """Raise `UsageError` where an offer contradicts itself, or names what was not asked for."""
    both = [name for name in offer.raw if name in offer.masks]
    if both:
        raise UsageError(
            "mask-and-raw", f"`{both[0]}` is given as it is and masked", hint="say one of the two"
        )
    named = [*offer.raw, *offer.masks]
    other = [name for name in named if columns and name not in columns]
    if other:
        raise UsageError(
            "column-not-asked",
            f"`{other[0]}` was not asked for",
            hint=f"asked are: {', '.join(columns)}",
        )
