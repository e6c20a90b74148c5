"""What is no query in the trail: requests, grants, who is known, who could not prove it; from the facts."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from meshwright.app.trail.line import KIND_OF, TrailLine
from meshwright.spi.state_store import Reader, Value

PAGE = 1000
Payload = Mapping[str, Any]
Told = dict[str, Any]


class Acts:
    """Tells facts other than queries; what a later fact names by its id alone is looked up once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._requests: dict[str, Told] = {}
        self._grants: dict[str, Told] = {}

    def lines(
        self, facts: Sequence[str], since: str, until: str, *, newest_first: bool
    ) -> Iterator[TrailLine]:
        """Yield facts of some kinds, by their number, page by page."""
        if not facts:
            return
        sign, order = ("<", "DESC") if newest_first else (">", "ASC")
        where = [f"kind IN ({', '.join('?' * len(facts))})"]
        values: list[Value] = [*facts]
        for compare, bound in ((">=", since), ("<", until)):
            if bound:
                where.append(f"at {compare} ?")
                values.append(bound)
        last: int | None = None
        while True:
            after = [f"seq {sign} {last}"] if last is not None else []
            rows = self._reader.rows(
                "SELECT seq, at, actor, kind, payload FROM facts WHERE"
                f" {' AND '.join([*where, *after])} ORDER BY seq {order} LIMIT {PAGE}",
                values,
            )
            for seq, at, actor, fact, payload in rows:
                said = json.loads(str(payload))
                yield self._line(int(str(seq)), str(at), str(actor), str(fact), said)
            if len(rows) < PAGE:
                return
            last = int(str(rows[-1][0]))

    def _line(self, seq: int, at: str, actor: str, fact: str, said: Payload) -> TrailLine:
        told: Told = {"principal": actor, "by": ""}
        about = said.get("request"), said.get("grant")
        if fact != "AccessRequested" and about[0]:
            told |= self._of_request(str(about[0]))
        elif fact != "AccessGranted" and about[1]:
            told |= self._of_grant(str(about[1]))
        told |= _TELLERS[fact](said)
        line = TrailLine(seq=seq, at=at, kind=KIND_OF[fact], fact=fact, **told)
        behind = actor if actor not in (line.by, line.principal) else ""
        return replace(line, by="" if line.by == line.principal else line.by, on_behalf_of=behind)

    def _of_request(self, name: str) -> Told:
        if name not in self._requests:
            rows = self._reader.rows(
                "SELECT principal, address, purpose FROM requests WHERE request = ?", (name,)
            )
            self._requests[name] = _about(name, rows)
        return self._requests[name]

    def _of_grant(self, name: str) -> Told:
        if name not in self._grants:
            rows = self._reader.rows(
                "SELECT principal, address, purpose FROM grants WHERE grant_id = ?", (name,)
            )
            self._grants[name] = _about(name, rows)
        return self._grants[name]


def _about(name: str, rows: Sequence[Sequence[Value]]) -> Told:
    for principal, address, purpose in rows:
        return {
            "id": name,
            "principal": str(principal),
            "addresses": (str(address),),
            "purpose": str(purpose),
        }
    return {"id": name}


def _requested(said: Payload) -> Told:
    columns = f", only {', '.join(said['columns'])}" if said.get("columns") else ""
    reason = f"; {said['reason']}" if said.get("reason") else ""
    return {
        "id": said["request"],
        "principal": said["principal"],
        "by": said.get("by", ""),
        "addresses": (said["address"],),
        "purpose": said["purpose"],
        "note": f"for {said['days']} days{columns}{reason}",
    }


def _granted(said: Payload) -> Told:
    until = f"until {said['until'][:10]}" if said.get("until") else "without an end"
    parts = [until]
    if said.get("columns"):
        parts.append(f"only {', '.join(said['columns'])}")
    parts += [f"{column} as {mask}" for column, mask in (said.get("masks") or {}).items()]
    if said.get("filter"):
        parts.append("rows filtered")
    address = said["address"]
    return {
        "id": said["grant"],
        "principal": said["principal"],
        "by": said.get("by", ""),
        "addresses": (address,),
        "purpose": said["purpose"],
        "raw": tuple(f"{address}.{column}" for column in said.get("raw", ())),
        "masked": tuple(f"{address}.{column}" for column in said.get("masks") or ()),
        "policies": (said["source"],) if said.get("source") else (),
        "note": ", ".join(parts),
    }


def _approved(said: Payload) -> Told:
    note = f"; {said['note']}" if said.get("note") else ""
    return {"by": said["approver"], "note": f"level {said['level']}{note}"}


def _by(said: Payload) -> Told:
    return {"by": said["by"], "note": said.get("note") or said.get("reason") or ""}


def _renewed(said: Payload) -> Told:
    reason = f"; {said['reason']}" if said.get("reason") else ""
    return {"by": said["by"], "note": f"until {said['until'][:10]}{reason}"}


def _known(said: Payload) -> Told:
    teams = [*said.get("teams", ()), *said.get("roles", ())]
    return {"principal": said["principal"], "note": ", ".join(["known", *teams])}


def _left(said: Payload) -> Told:
    reason = f": {said['reason']}" if said.get("reason") else ""
    return {"principal": said["principal"], "by": said["by"], "note": f"left{reason}"}


def _token(said: Payload) -> Told:
    until = f", until {said['expires'][:10]}" if said.get("expires") else ""
    scopes = f" for {', '.join(said['scopes'])}" if said.get("scopes") else ""
    return {
        "id": said["token"],
        "principal": said["principal"],
        "by": said.get("by", ""),
        "purpose": said.get("purpose", ""),
        "note": f"token{scopes}{until}",
    }


_TELLERS: Mapping[str, Callable[[Payload], Told]] = {
    "AccessRequested": _requested,
    "RequestApproved": _approved,
    "RequestRefused": _by,
    "RequestEscalated": lambda said: {"note": f"escalated to {', '.join(said['to'])}"},
    "AccessGranted": _granted,
    "AccessRenewed": _renewed,
    "AccessRevoked": _by,
    "AccessReviewed": _by,
    "PrincipalAdded": _known,
    "PrincipalRemoved": _left,
    "PasswordChanged": lambda said: {"principal": said["principal"], "by": said["by"], "note": "password"},
    "TokenIssued": _token,
    "TokenRevoked": lambda said: {"id": said["token"], "by": said["by"], "note": "token revoked"},
    "SignInRefused": lambda said: {
        "principal": said["name"], "door": said["door"], "error": said["reason"],
    },
    "SignedIn": lambda said: {
        "principal": said["principal"], "door": said["door"], "note": f"by {said['how']}",
    },
    "SignedOut": lambda said: {
        "principal": said["principal"], "door": said["door"],
        "note": f"{said['sessions']} sessions" if said.get("sessions", 1) > 1 else "",
    },
    "ActedAs": lambda said: {"principal": said["principal"], "by": said["by"], "note": said["what"]},
    "ColumnDeclassified": lambda said: {
        "addresses": (said["column"],), "by": said["owner"],
        "note": f"as {said['classification']}: {said['reason']}",
    },
}  # fmt: skip
