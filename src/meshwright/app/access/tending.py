"""What time does to access: a request that nobody answers is escalated, a grant whose time is over ends.

A grant ends by its time alone, whether or not this ever runs; here it is said in the ledger, so that the
trail tells who lost access, and when.
"""

from datetime import datetime, timedelta

from meshwright.access.durations import written
from meshwright.access.requests import escalate_to
from meshwright.app.access.kept import ENDED_BY_TIME, read_grants, read_requests
from meshwright.app.identity.principals import list_principals
from meshwright.app.wiring import Wiring
from meshwright.model.access_request import AccessRequest
from meshwright.model.facts import AccessRevoked, Fact, RequestEscalated
from meshwright.model.principal import GOVERNANCE
from meshwright.spi.state_store import Reader


def tend_access(wiring: Wiring, moment: datetime) -> list[Fact]:
    """Record what is due, and return it."""
    with wiring.store.read() as reader:
        if not _due(wiring, reader, moment):
            return []
    with wiring.store.write() as writer:  # again: another process may have done it meanwhile
        facts = _due(wiring, writer, moment)
        wiring.ledger.append(writer, facts)
        return facts


def _due(wiring: Wiring, reader: Reader, moment: datetime) -> list[Fact]:
    return [*_expired(reader, moment), *_escalated(wiring, reader, moment)]


def _expired(reader: Reader, moment: datetime) -> list[Fact]:
    over = read_grants(reader, "revoked_at = '' AND until <> '' AND until <= ?", (written(moment),))
    return [AccessRevoked(kept.grant.id, ENDED_BY_TIME, "its time is over") for kept in over]


def _escalated(wiring: Wiring, reader: Reader, moment: datetime) -> list[Fact]:
    after = wiring.mesh.access.escalate_after
    if after is None:
        return []
    found: list[Fact] = []
    for request in _unanswered(reader, moment, after):
        domain = wiring.workspace.domains.get(request.address.domain)
        watching = (one.name for one in list_principals(wiring, reader) if GOVERNANCE in one.roles)
        to = escalate_to(request, domain.owners if domain else (), tuple(watching))
        if to:
            found.append(RequestEscalated(request.id, list(to)))
    return found


def _unanswered(reader: Reader, moment: datetime, after: timedelta) -> list[AccessRequest]:
    bound = written(moment - after)
    waiting = read_requests(reader, "state = 'open' AND at <= ?", (bound,))
    return [kept.request for kept in waiting if kept.request.quiet_since <= bound]
