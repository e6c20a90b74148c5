"""The whole story of a request: who said what and when, the grant that it led to, and what became of that."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from meshwright.access.conditions import agreed
from meshwright.access.durations import written
from meshwright.app.access.explaining import Explanation
from meshwright.app.access.granting import Conditions, offered
from meshwright.app.access.kept import (
    ENDED_BY_TIME,
    KeptGrant,
    KeptRequest,
    get_request,
    read_grants,
)
from meshwright.app.access.ports import find_wanted
from meshwright.app.access.prospect import preview
from meshwright.app.access.requesting import requests
from meshwright.app.access.sight import manages_all, owns
from meshwright.app.identity.principals import find_principal
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError, UsageError
from meshwright.model.access_request import OPEN
from meshwright.model.principal import Asker, Principal
from meshwright.spi.state_store import Reader

NONE = Conditions()
_LATER = {"AccessRenewed": "renewed", "AccessReviewed": "kept", "AccessRevoked": "ended"}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `by` is '' for what happened by itself."""

    at: str
    word: str
    by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A request as whoever looks at it may answer it. `sight`: what it would show; None where it is over.

    `wrong` says why nobody can tell what it would show.
    """

    kept: KeptRequest
    asks: Principal | None
    events: tuple[Event, ...]
    grant: KeptGrant | None = None
    sight: Explanation | None = None
    wrong: str = ""
    may_answer: bool = False
    may_withdraw: bool = False
    may_end: bool = False


def story(wiring: Wiring, asker: Asker, name: str, said: Conditions = NONE) -> Story:
    """Return a request with all that happened; `UsageError` (`request-unknown`) where it is not theirs."""
    with wiring.store.read() as reader:
        kept = get_request(reader, name)
    if kept.request.id not in _visible(wiring, asker):
        raise UsageError("request-unknown", f"there is no request `{name}`", hint="/access")
    with wiring.store.read() as reader:
        return _story(wiring, reader, asker, kept, said)


def inbox(wiring: Wiring, asker: Asker) -> tuple[Story, ...]:
    """Return the open requests that wait for somebody's word, the oldest first."""
    waiting = requests(wiring, asker, to_approve=not asker.principal.owns_mesh)
    with wiring.store.read() as reader:
        return tuple(
            found
            for kept in waiting
            if (found := _story(wiring, reader, asker, kept, NONE)).may_answer
        )


def _visible(wiring: Wiring, asker: Asker) -> set[str]:
    return {kept.request.id for kept in requests(wiring, asker, closed=True)}


def _story(
    wiring: Wiring, reader: Reader, asker: Asker, kept: KeptRequest, said: Conditions
) -> Story:
    who, request = asker.principal, kept.request
    grants = read_grants(reader, "source = ?", (f"request:{request.id}",))
    grant = grants[0] if grants else None
    sight, wrong = None, ""
    if request.state == OPEN:
        try:
            sight = _sight(wiring, reader, kept, said)
        except MeshwrightError as error:
            wrong = error.message
    is_own = request.by == who.name or request.principal in who.names
    has_said = any(said.by == who.name for said in request.said)
    is_asked = who.owns_mesh or not who.names.isdisjoint(request.asked_now)
    return Story(
        kept,
        find_principal(wiring, reader, request.principal),
        tuple(sorted(_events(reader, kept, grant), key=lambda event: event.at)),
        grant,
        sight,
        wrong,
        request.state == OPEN
        and is_asked
        and not has_said
        and who.name not in (request.principal, request.by),
        request.state == OPEN and is_own,
        grant is not None and may_end(wiring, who, grant),
    )


def _sight(wiring: Wiring, reader: Reader, kept: KeptRequest, said: Conditions) -> Explanation:
    request = kept.request
    wanted = find_wanted(wiring, reader, str(request.address), request.columns)
    offer = offered(wiring, reader, wanted, request, said)
    return preview(wiring, reader, request, agreed(kept.offer, offer) if request.level else offer)


def may_end(wiring: Wiring, who: Principal, kept: KeptGrant) -> bool:
    """Say whether somebody may end a grant that holds."""
    if kept.state(written(wiring.now())) != "active":
        return False
    grant = kept.grant
    is_own = grant.principal in who.names or grant.by == who.name
    return is_own or manages_all(who) or owns(wiring, who, grant.address.product_address)


def _events(reader: Reader, kept: KeptRequest, grant: KeptGrant | None) -> Iterator[Event]:
    request = kept.request
    yield Event(request.at, "asked", request.by or request.principal, request.reason)
    for said in request.said:
        yield Event(said.at, said.word, said.by, said.note)
    if request.escalated_at:
        to = ", ".join(request.escalated)
        yield Event(request.escalated_at, "escalated", "", f"nobody answered: {to} asked too")
    if grant is not None:
        yield Event(grant.at, "granted", grant.grant.by, f"as {grant.grant.id}")
        yield from _later(reader, grant.grant.id)


def _later(reader: Reader, grant: str) -> Iterator[Event]:
    marks = ", ".join("?" * len(_LATER))
    rows = reader.rows(
        f"SELECT at, kind, payload FROM facts WHERE kind IN ({marks})"
        " AND json_extract(payload, '$.grant') = ? ORDER BY seq",
        (*_LATER, grant),
    )
    for at, kind, payload in rows:
        said: dict[str, Any] = json.loads(str(payload))
        by = "" if said["by"] == ENDED_BY_TIME else str(said["by"])
        note = str(said.get("reason") or said.get("note") or "")
        if kind == "AccessRenewed":
            note = f"until {said['until'][:10]}{f'; {note}' if note else ''}"
        yield Event(str(at), _LATER[str(kind)], by, note)
