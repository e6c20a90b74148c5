"""Which domains' rows of metadata newer facts concern.

What must stay true: a fact that may concern a domain is never passed over; one that names none concerns all.
"""

import re
from collections.abc import Collection

from meshwright.spi.state_store import Reader

_SILENT = frozenset(
    (
        "BuildStarted", "RulesJudged", "AlertSent", "AlertFailed", "AddressMuted", "ChangeAnnounced",
        "AnomalyFound", "IncidentCommented", "ContractPublished",
    )
)  # fmt: skip
_NAMED = re.compile(r'"([a-z][a-z0-9_]*)[."]')
_MOST = 5_000  # facts; of more, all is read anew


def touched(reader: Reader, since: int, domains: Collection[str]) -> tuple[int, set[str] | None]:
    """Return where the ledger stands, and the domains that facts after `since` name; None: any of them."""
    ((now,),) = reader.rows("SELECT coalesce(max(seq), 0) FROM facts")
    assert isinstance(now, int)
    if now == since:
        return now, set()
    ((count,),) = reader.rows("SELECT count(*) FROM facts WHERE seq > ?", (since,))
    if since == 0 or int(str(count)) > _MOST or now < since:
        return now, None
    found: set[str] = set()
    known = set(domains)
    for kind, payload in reader.rows("SELECT kind, payload FROM facts WHERE seq > ?", (since,)):
        if kind in _SILENT:
            continue
        named = set(_NAMED.findall(str(payload))) & known
        if not named:
            return now, None
        found |= named
    return now, found
