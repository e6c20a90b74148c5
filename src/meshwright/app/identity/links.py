"""Links that sign somebody in once, made by whoever sits at the machine: `mesh open`.

What must stay true: a link works once and for minutes, its key is kept as a digest, and only the owner of the
mesh's files can make one: as themselves, or as somebody else, which is recorded.
"""

import hashlib
import json
import secrets
from datetime import datetime, timedelta

from meshwright.app.acting import ActingWiring
from meshwright.app.asking import record_acting
from meshwright.app.identity.principals import find_principal
from meshwright.app.identity.proving import Proven
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError

KIND = "link"
LASTS = timedelta(minutes=10)


def make(wiring: Wiring) -> str:
    """Return the key of a new link for whoever acts; raise `DeniedError` where they are nobody."""
    key = secrets.token_urlsafe(24)
    origin, who = wiring.origin, ["", ""]
    if isinstance(wiring, ActingWiring):
        who = [wiring.principal().name, wiring.behind]
        record_acting(wiring, "open")
    ends = (origin.now() + LASTS).isoformat()
    with origin.store.write() as writer:
        writer.run("DELETE FROM credentials WHERE kind = ? AND at < ?", [KIND, _now(origin)])
        writer.run(
            "INSERT INTO credentials (id, kind, digest, verifier, at) VALUES (?, ?, ?, ?, ?)",
            [f"link-{secrets.token_hex(8)}", KIND, _digest(key), json.dumps(who), ends],
        )
    return key


def use(wiring: Wiring, key: str) -> Proven:
    """Return whom a link signs in, and end it; raise `DeniedError` (`link-over`)."""
    digest = _digest(key)
    with wiring.store.write() as writer:
        rows = writer.rows(
            "SELECT id, verifier, at FROM credentials WHERE kind = ? AND digest = ?", [KIND, digest]
        )
        writer.run("DELETE FROM credentials WHERE kind = ? AND digest = ?", [KIND, digest])
        if not rows or datetime.fromisoformat(str(rows[0][2])) <= wiring.now():
            raise DeniedError(
                "link-over", "this link was used, or is too old", hint="mesh open makes a new one"
            )
        name, behind = json.loads(str(rows[0][1]))
        found = find_principal(wiring, writer, name) if name else wiring.asker().principal
    if found is None:
        raise DeniedError("link-over", "whom this link is for has left the mesh")
    return Proven(found, behind=behind)


def _now(wiring: Wiring) -> str:
    return wiring.now().isoformat()


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
