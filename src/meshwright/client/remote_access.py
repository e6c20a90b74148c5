"""The desk of access on a server: the verbs and the JSON shapes of the local one."""

from collections.abc import Sequence
from typing import Any

from meshwright.client.wire import Wire, word

Shape = dict[str, Any]
_PATH = "/api/v1/access"


class RemoteAccess:
    """Every verb of requests and grants, as whoever the token is of."""

    def __init__(self, wire: Wire, lines: Any) -> None:
        self._wire = wire
        self._lines = lines

    def request(
        self,
        address: str,
        *,
        purpose: str,
        lasting: str = "30d",
        columns: Sequence[str] = (),
        reason: str = "",
        for_principal: str = "",
    ) -> Shape:
        """Ask for access to a port; the grant is in it where a rule approved at once."""
        said = {
            "address": address,
            "purpose": purpose,
            "lasting": lasting,
            "columns": list(columns),
            "reason": reason,
            "for_principal": for_principal,
        }
        return self._post("requests", said)

    def requests(
        self, *, mine: bool = False, to_approve: bool = False, closed: bool = False
    ) -> list[Shape]:
        """List requests that concern the asker, oldest first."""
        words = {"mine": mine, "to_approve": to_approve, "all": closed}
        return self._list("requests", "requests", **words)

    def approve(
        self,
        request: str,
        *,
        note: str = "",
        raw: Sequence[str] = (),
        masks: Sequence[str] = (),
        filter: str = "",
        lasting: str = "",
    ) -> Shape:
        """Agree to a request; the grant is in it once all levels agree."""
        said = {
            "note": note,
            "raw": list(raw),
            "masks": list(masks),
            "filter": filter,
            "lasting": lasting,
        }
        return self._post(f"requests/{word(request)}/approve", said)

    def refuse(self, request: str, *, note: str = "") -> Shape:
        """Say no to a request, or withdraw it."""
        return self._post(f"requests/{word(request)}/refuse", {"note": note})

    def revoke(self, grant: str, *, reason: str) -> Shape:
        """End a grant at once."""
        return self._post(f"grants/{word(grant)}/revoke", {"reason": reason})

    def renew(self, grant: str, *, lasting: str, reason: str = "") -> Shape:
        """Let a grant last so long from now."""
        said = {"lasting": lasting, "reason": reason}
        return self._post(f"grants/{word(grant)}/renew", said)

    def keep(self, grant: str, *, note: str = "") -> Shape:
        """Say that a grant was looked at and stays."""
        return self._post(f"grants/{word(grant)}/keep", {"note": note})

    def grants(self, address: str = "", *, principal: str = "", ended: bool = False) -> list[Shape]:
        """List grants of an address, of a principal, or all that the asker may see."""
        words = {"address": address, "principal": principal, "all": ended}
        return self._list("grants", "grants", **words)

    def review(self, *, unused: str = "90d") -> list[Shape]:
        """List the grants that the asker answers for, those not used for so long first."""
        found: list[Shape] = self._wire.get(f"{_PATH}/review", unused=unused)["grants"]
        return found

    def explain(self, address: str, *, principal: str = "", purpose: str = "") -> Shape:
        """Say what a principal (the asker, if none is named) sees of a port or column, and why."""
        words = {"address": address, "principal": principal, "purpose": purpose}
        found: Shape = self._wire.get(f"{_PATH}/explain", **words)
        return found

    def who(self, address: str, *, purpose: str = "") -> list[Shape]:
        """List who can read a port or column, and how."""
        found: list[Shape] = self._wire.get(f"{_PATH}/who", address=address, purpose=purpose)["who"]
        return found

    def what(self, principal: str = "", *, purpose: str = "") -> list[Shape]:
        """List what a principal (the asker, if none is named) can read, and how."""
        words = {"principal": principal, "purpose": purpose}
        found: list[Shape] = self._wire.get(f"{_PATH}/what", **words)["what"]
        return found

    def _post(self, path: str, said: Shape) -> Shape:
        done: Shape = self._wire.post(f"{_PATH}/{path}", said)
        return done

    def _list(self, path: str, key: str, **words: Any) -> list[Shape]:
        found: list[Shape] = list(self._lines(f"{_PATH}/{path}", key, **words))
        return found
