"""Access: policies, requests, grants, and what is decided of them.

Masks carry the names of Iceberg REST `read-restrictions`, and more of the same make. A filter sees original
values, masks come after it; NULL stays NULL; the type of a column stays where a mask can keep it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from meshwright.model.address import Address

# Strictest first: of two masks of a column, the one that stands earlier holds.
MASKS = (
    "replace-with-null",
    "mask-to-fixed-value",  # value
    "sha-256-query-local",  # another key at each query: equal within one, linked to nothing
    "token-purpose",  # keyed by domain and purpose: joins within a purpose
    "token-domain",  # keyed by domain: joins within a domain, cannot be linked across
    "sha-256-global",  # keyed by the mesh: joins anywhere in it
    "truncate-to-year",
    "truncate-to-month",
    "round-to",  # value: the width of a step of numbers
    "mask-alphanum",  # letters x, digits n: the form stays
    "show-last-4",
    "show-first-4",
)
KEYED = frozenset(("token-domain", "sha-256-global"))  # worth computing once, at the build
_ALIASES = {"nullify": "replace-with-null", "null": "replace-with-null", "redact": "mask-alphanum"}

ALLOW, DENY, MASK, FILTER, PURPOSE, AGGREGATE, CEILING = EFFECTS = (
    "allow", "deny", "mask", "filter", "require-purpose", "aggregate", "ceiling",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mask:
    """How a column is shown. `value` is the fixed value, or the width of `round-to`."""

    kind: str
    value: str | int | float | bool | None = None

    @property
    def rank(self) -> int:
        """Return how strict it is: 0 is the strictest."""
        return MASKS.index(self.kind)

    def __str__(self) -> str:
        return self.kind if self.value is None else f"{self.kind}={self.value}"


NULLED = Mask("replace-with-null")


def mask_kind(word: str) -> str:
    """Return the name of a mask as it is spelled here; '' for a word that is none."""
    plain = word.strip().lower().replace("_", "-")
    plain = _ALIASES.get(plain, plain)
    return plain if plain in MASKS else ""


def plain_purpose(text: str) -> str:
    """Return a purpose as purposes are compared: letter case and spaces say nothing."""
    return " ".join(text.casefold().split())


def read_mask(said: object) -> Mask | None:
    """Read `show-last-4`, `round-to=10`, or {kind, value}; None for a mask that there is not."""
    if isinstance(said, Mapping):
        kind, value = mask_kind(str(said.get("kind") or "")), said.get("value")
    else:
        text, equals, rest = str(said or "").partition("=")
        kind, value = mask_kind(text), (_number(rest) if equals else None)
    if not kind or not (value is None or isinstance(value, str | int | float | bool)):
        return None
    return Mask(kind, value)


def _number(text: str) -> str | int | float:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def strictest(masks: Iterable[Mask]) -> Mask | None:
    """Return the mask that holds of several; None where there is none. Of two steps, the wider holds."""
    return min(masks, key=_strictness, default=None)


def _strictness(mask: Mask) -> tuple[int, float, str]:
    step = mask.value if isinstance(mask.value, int | float) else 0
    return mask.rank, -step, str(mask.value)


@dataclass(frozen=True, slots=True)
class Subjects:
    """Whom a policy is about: all that is said must hold; what is empty says nothing.

    `domains`: those who belong to a domain (its owners and its team). Words are alternatives to each other.
    """

    principals: tuple[str, ...] = ()  # names, or patterns such as service:*
    kinds: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Objects:
    """What a policy is about: all that is said must hold; what is empty says nothing.

    `addresses` are `domain.product.port` or `….column`, each part a name or `*`. Tags and classifications
    (the least level) are of columns and, where they stand on it, of the port.
    """

    addresses: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    classifications: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """One policy of the federation (`domain` is '') or of a domain, about that domain's data alone.

    `purposes`: it holds only when one of them is asked for. `unless`: whom it spares. Of a `ceiling`, `days`
    is how long a grant lasts at most, and `by_grant` says that no `allow` is enough: it takes a grant.
    """

    id: str
    domain: str
    effect: str
    subjects: Subjects = Subjects()
    objects: Objects = Objects()
    unless: Subjects | None = None
    purposes: tuple[str, ...] = ()
    mask: Mask | None = None
    filter: str = ""
    minimum_group: int = 0
    days: int = 0
    by_grant: bool = False
    description: str = ""
    file: str = ""
    line: int = 0

    @property
    def name(self) -> str:
        """Return what people are told: `federation/<id>` or `<domain>/<id>`."""
        return f"{self.domain or 'federation'}/{self.id}"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a grant gives of a port. `columns`: only these are shown (none said: all), others are NULL;
    `raw`: classified columns that are shown as they are; `masks`: those shown otherwise than by default.
    """

    columns: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    masks: Mapping[str, Mask] = field(default_factory=dict)
    filter: str = ""


@dataclass(frozen=True, slots=True)
class AccessGrant:
    """That a principal may read a port, for a purpose, for a time. Times are ISO 8601, UTC.

    `source` says where it comes from: `request:<id>`, or `file:access/<name>.yaml`.
    """

    id: str
    principal: str
    address: Address
    purpose: str
    since: str
    until: str  # '' only where no end was asked and no ceiling is
    conditions: Conditions = Conditions()
    by: str = ""
    source: str = ""

    def holds(self, now: str) -> bool:
        """Say whether it holds at a time, as ISO 8601 in UTC."""
        return self.since <= now and (not self.until or now < self.until)


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that decided: `policy` names it, as `loyalty/mask-emails`, `grant:g-12`, `owner`, `default`.

    `columns` are those it is about; none: the whole port.
    """

    policy: str
    effect: str
    text: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a principal sees of a port, and why. `masks` has every column that is not shown as it is.

    `minimum_group`: 0, or only aggregates over at least so many rows are answered. `help` says what would
    help where it is denied or masked: the next thing to type.
    """

    principal: str
    address: Address
    purpose: str
    is_allowed: bool
    masks: Mapping[str, Mask] = field(default_factory=dict)
    filters: tuple[str, ...] = ()
    minimum_group: int = 0
    reasons: tuple[Reason, ...] = ()
    classified: frozenset[str] = frozenset()  # columns above internal, or personal
    grant: str = ""
    help: str = ""

    @property
    def is_whole(self) -> bool:
        """Say whether every row and column is shown as it is."""
        limited = self.masks or self.filters or self.minimum_group
        return self.is_allowed and not limited

    @property
    def policies(self) -> tuple[str, ...]:
        """Return the names of what decided, each once."""
        return tuple(dict.fromkeys(reason.policy for reason in self.reasons))


@dataclass(frozen=True, slots=True)
class VisibilityPolicy:
    """Products that are hidden (`addresses` are `domain.product`, each part a name or `*`), from whom, and
    who may know of them nevertheless. `domain` is '' for the federation; a domain hides its own products.
    """

    id: str
    domain: str
    objects: Objects
    subjects: Subjects = Subjects()
    unless: Subjects | None = None
    description: str = ""
    file: str = ""
    line: int = 0

    @property
    def name(self) -> str:
        """Return what people are told: `federation/<id>` or `<domain>/<id>`."""
        return f"{self.domain or 'federation'}/{self.id}"
