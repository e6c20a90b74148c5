"""The desk of access, for whoever sits at this machine: requests, grants, reviews.

Results are JSON shapes, but for what only pages show: those are values.
"""

from collections.abc import Sequence
from typing import Any

from meshwright.access.durations import written
from meshwright.app.access import as_code, explaining, exporting, granting, requesting, reviewing
from meshwright.app.access.explain_shapes import explanation_shape, sights_shape
from meshwright.app.access.granting import Conditions
from meshwright.app.access.listing import PolicyFile, list_policies
from meshwright.app.access.prospect import Prospect, askable, prospect
from meshwright.app.access.shapes import grant_shape, request_shape
from meshwright.app.access.story import Story, inbox, story
from meshwright.app.acting import ActingWiring
from meshwright.app.asking import local_asker
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.model.principal import Asker, Principal

Shape = dict[str, Any]


class AccessDesk:
    """Every verb of requests and grants, as one asker."""

    def __init__(self, wiring: Wiring, asker: Asker | None = None) -> None:
        self._wiring = wiring
        self._given = asker

    @property
    def asker(self) -> Asker:
        """Return who speaks."""
        return self._given or local_asker(self._wiring)

    def request(
        self,
        address: str,
        *,
        purpose: str,
        lasting: str = requesting.DAYS,
        columns: Sequence[str] = (),
        reason: str = "",
        for_principal: str = "",
    ) -> Shape:
        """Ask for access to a port; the grant is in it where a rule approved at once."""
        done = requesting.request(
            self._wiring,
            self.asker,
            address,
            purpose=purpose,
            lasting=lasting,
            columns=columns,
            reason=reason,
            for_principal=for_principal,
        )
        return request_shape(done.kept, done.grant, self._now)

    def requests(
        self, *, mine: bool = False, to_approve: bool = False, closed: bool = False
    ) -> list[Shape]:
        """List requests that concern the asker, oldest first; `closed`: those that ended too."""
        found = requesting.requests(
            self._wiring, self.asker, mine=mine, to_approve=to_approve, closed=closed
        )
        return [request_shape(one) for one in found]

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
        done = granting.approve(
            self._wiring,
            self.asker,
            request,
            note=note,
            raw=raw,
            masks=masks,
            filter=filter,
            lasting=lasting,
        )
        return request_shape(done.kept, done.grant, self._now)

    def refuse(self, request: str, *, note: str = "") -> Shape:
        """Say no to a request, or withdraw it."""
        return request_shape(granting.refuse(self._wiring, self.asker, request, note=note))

    def waiting(self) -> tuple[Story, ...]:
        """Return the requests that wait for the asker's word, with what each would show."""
        return inbox(self._wiring, self.asker)

    def story(
        self,
        request: str,
        *,
        raw: Sequence[str] = (),
        masks: Sequence[str] = (),
        filter: str = "",
        lasting: str = "",
    ) -> Story:
        """Return a request with all that happened; where it is open, what these conditions would show."""
        return story(self._wiring, self.asker, request, Conditions(raw, masks, filter, lasting))

    def prospect(
        self,
        address: str,
        *,
        purpose: str = "",
        lasting: str = requesting.DAYS,
        columns: Sequence[str] = (),
        for_principal: str = "",
    ) -> Prospect:
        """Return what asking for a port would lead to; nothing is asked."""
        return prospect(
            self._wiring,
            self.asker,
            address,
            purpose=purpose,
            lasting=lasting,
            columns=columns,
            for_principal=for_principal,
        )

    def askable(self) -> tuple[Principal, ...]:
        """Return for whom the asker may ask, beside themselves."""
        return askable(self._wiring, self.asker)

    def reading(self, *, after: str = "", limit: int = 100) -> tuple[explaining.Sight, ...]:
        """Return so many of the ports that the asker can read, those after an address."""
        name = self.asker.principal.name
        return explaining.what_from(self._acting, name, after=after, limit=limit)

    def revoke(self, grant: str, *, reason: str) -> Shape:
        """End a grant at once."""
        done = granting.revoke(self._wiring, self.asker, grant, reason=reason)
        return grant_shape(done, self._now)

    def renew(self, grant: str, *, lasting: str, reason: str = "") -> Shape:
        """Let a grant last so long from now."""
        done = granting.renew(self._wiring, self.asker, grant, lasting=lasting, reason=reason)
        return grant_shape(done, self._now)

    def grants(self, address: str = "", *, principal: str = "", ended: bool = False) -> list[Shape]:
        """List grants of an address, of a principal, or all that the asker may see."""
        found = reviewing.grants(
            self._wiring, self.asker, address, principal=principal, ended=ended
        )
        return [grant_shape(one, self._now) for one in found]

    def review(self, *, unused: str = reviewing.UNUSED) -> list[Shape]:
        """List the grants that the asker answers for, those not used for so long first."""
        found = reviewing.review(self._wiring, self.asker, unused=unused)
        return [reviewing.review_shape(one, self._now) for one in found]

    def keep(self, grant: str, *, note: str = "") -> Shape:
        """Say that a grant was looked at and stays."""
        done = reviewing.keep(self._wiring, self.asker, grant, note=note)
        return grant_shape(done, self._now)

    def plan(self) -> Shape:
        """Say what the files of grants would change."""
        return as_code.changes_shape(as_code.plan_grants(self._wiring))

    def apply(self) -> Shape:
        """Make the mesh as the files of grants say."""
        return as_code.changes_shape(as_code.apply_grants(self._wiring, self.asker))

    def export(self, address: str = "", *, form: str = "json") -> Any:
        """Return requests and grants for other tools: `json`, or `oaas` (experimental)."""
        return exporting.export(self._wiring, self.asker, address, form=form)

    def explain(self, address: str, *, principal: str = "", purpose: str = "") -> Shape:
        """Say what a principal (the asker, if none is named) sees of a port or column, and why."""
        who = principal or self.asker.principal.name
        return explanation_shape(explaining.explain(self._acting, who, address, purpose))

    def who(self, address: str, *, purpose: str = "") -> list[Shape]:
        """List who can read a port or column, and how."""
        sights = explaining.who(self._acting, address, purpose)
        return sights_shape(sights, Address.parse(address).column)

    def what(self, principal: str = "", *, purpose: str = "") -> list[Shape]:
        """List what a principal (the asker, if none is named) can read, and how."""
        who = principal or self.asker.principal.name
        return sights_shape(explaining.what(self._acting, who, purpose))

    def policies(self) -> tuple[PolicyFile, ...]:
        """Return the access policies of the federation and of domains, each in words."""
        return list_policies(self._wiring)

    @property
    def _acting(self) -> Wiring:
        """Return the mesh as the asker has it."""
        if self._given is None:
            return self._wiring
        return ActingWiring(self._wiring, self._given.principal.name)

    @property
    def _now(self) -> str:
        return written(self._wiring.now())
