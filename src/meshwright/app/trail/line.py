"""One line of the trail, the same for every kind of thing that happened."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

# What `--kind` names, and the facts that it means.
KINDS: dict[str, tuple[str, ...]] = {
    "query": ("QueryRan",),
    "request": ("AccessRequested", "RequestEscalated"),
    "approval": ("RequestApproved",),
    "refusal": ("RequestRefused",),
    "grant": ("AccessGranted", "AccessRenewed"),
    "revocation": ("AccessRevoked",),
    "review": ("AccessReviewed",),
    "identity": ("PrincipalAdded", "PrincipalRemoved", "TokenIssued", "TokenRevoked", "PasswordChanged"),
    "sign-in": ("SignedIn", "SignedOut", "SignInRefused"),
    "acting": ("ActedAs",),
    "declassification": ("ColumnDeclassified",),
}  # fmt: skip
KIND_OF = {fact: kind for kind, facts in KINDS.items() for fact in facts}


@dataclass(frozen=True, slots=True)
class TrailLine:
    """What happened. `principal` did it or is whom it is about; `by` is who acted, where that is another.

    `id` is of the query, request, grant or token; `addresses` have versions where data was read; `error` is
    the code of what a refused or failed query ended with. No field holds a value of data.
    """

    seq: int
    at: str
    kind: str
    fact: str
    principal: str
    by: str = ""
    on_behalf_of: str = ""
    door: str = ""
    id: str = ""
    purpose: str = ""
    addresses: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    rows: int | None = None
    seconds: float | None = None
    error: str = ""
    note: str = ""

    @property
    def is_refused(self) -> bool:
        """Say whether somebody was not let do what they wanted."""
        return bool(self.error) or self.fact in ("RequestRefused", "SignInRefused")

    @property
    def ports(self) -> Iterator[str]:
        """Yield the addresses without their versions."""
        return (address.partition("@")[0] for address in self.addresses)

    @property
    def shape(self) -> dict[str, object]:
        """Return its JSON shape."""
        return asdict(self)
