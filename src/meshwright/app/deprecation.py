"""Ports that end: who still reads them, until when they are served, and what follows them.

What must stay true: a deprecated port is served like any other to the end of its last day; from then on
nobody reads it as it is now, while each of its versions, and what it was at a time, stays readable.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from meshwright.app.cards import Brief
from meshwright.app.wiring import Wiring
from meshwright.errors import RefusedError
from meshwright.model.address import Address
from meshwright.model.farewell import Farewell
from meshwright.model.plan import Refusal, Step
from meshwright.model.problem import Place, Problem
from meshwright.spi.state_store import Reader

DEPRECATED, ENDED = "port-deprecated", "port-ended"
_MAKING = ("build", "after")
_LATEST = (
    "FROM products p JOIN version_ports vp ON vp.product = p.product AND vp.version = p.served"
    " JOIN contracts c ON c.product = vp.product AND c.port = vp.port AND c.digest = vp.contract"
)


class Farewells:
    """The deprecated ports of a mesh, as its descriptors say, and what that means for a plan."""

    def __init__(
        self, wiring: Wiring, briefs: Mapping[str, Brief | None], now: datetime, timezone: str
    ) -> None:
        self._wiring = wiring
        self._briefs = briefs
        self._now, self._zone = now, ZoneInfo(timezone)
        self.ports = farewells_of(briefs)

    def judged(self, step: Step) -> Step:
        """Return a step with a notice for each deprecated port that it reads; refused where one has ended."""
        brief = self._briefs.get(str(step.product)) if self.ports else None
        if brief is None:
            return step
        notices, refusals = [], []
        for name, port in sorted(brief.ports.items()):
            farewell = self.ports.get(brief.present(port))
            if farewell is None:
                continue
            place = self._place(step.product, name)
            address = f"{step.product}.{name}"
            is_over = farewell.is_over(self._now, self._zone)
            message, hint = (
                f"input `{name}` reads {_said(farewell, is_over=is_over)}",
                _next(farewell),
            )
            if is_over and step.action in _MAKING:
                refusals.append(Refusal(ENDED, address, message, hint, place=place))
            else:
                code = ENDED if is_over else DEPRECATED
                notices.append(Problem(code, message, place, hint, address, "warning"))
        step = replace(step, notices=(*step.notices, *notices))
        if not refusals:
            return step
        reasons = (refusals[0].message,)
        return replace(
            step, action="refused", reasons=reasons, refusals=(*step.refusals, *refusals)
        )

    def _place(self, product: Address, name: str) -> Place:
        card = self._wiring.workspace.card(product)
        line = next((port.line for port in card.inputs if port.name == name), 0)
        return Place(f"{card.folder}/product.odps.yaml", line)


def farewells_of(briefs: Mapping[str, Brief | None]) -> dict[str, Farewell]:
    """Return the deprecated ports of the mesh's descriptors, by address."""
    ends: dict[str, str] = {}
    followed: dict[str, list[str]] = {}
    for product, brief in briefs.items():
        for port, (deprecated, end, replaced) in brief.lifecycle.items() if brief else ():
            if deprecated:
                ends[f"{product}.{port}"] = end
            if replaced and brief is not None:
                followed.setdefault(brief.present(replaced), []).append(f"{product}.{port}")
    return {port: Farewell(port, end, tuple(followed.get(port, ()))) for port, end in ends.items()}


def served_farewell(reader: Reader, port: Address) -> Farewell | None:
    """Return what the contract under which a port is served says of its end; None for nothing."""
    rows = reader.rows(
        f"SELECT c.document {_LATEST} WHERE p.product = ? AND vp.port = ?"
        " AND (c.document LIKE '%endOfLife%' OR c.document LIKE '%deprecated%')",
        (str(port.product_address), port.port),
    )
    if not rows:
        return None
    from meshwright.app.contracts import read_published

    contract = read_published(str(rows[0][0]))
    if not contract.is_deprecated:
        return None
    return Farewell(str(port.port_address), contract.end_of_life, tuple(_followers(reader, port)))


def require_served(wiring: Wiring, reader: Reader, port: Address, now: datetime) -> None:
    """Raise `RefusedError` (`port-ended`) for a port whose last day is over."""
    farewell = served_farewell(reader, port)
    if farewell is None or not farewell.is_over(now, ZoneInfo(wiring.mesh.timezone)):
        return
    version = f"`{port.port_address}@{port.version}`" if port.version else "an older version"
    said = f"read {farewell.instead} instead; " if farewell.successors else ""
    raise RefusedError(
        ENDED,
        f"`{farewell.port}` ended on {farewell.end}",
        hint=f"{said}its history stays readable as {version}",
    )


def _followers(reader: Reader, port: Address) -> Iterator[str]:
    from meshwright.app.contracts import read_published

    rows = reader.rows(
        f"SELECT vp.product, vp.port, c.document {_LATEST} WHERE c.document LIKE '%\"replaces\"%'"
        " ORDER BY vp.product, vp.port"
    )
    for product, name, document in rows:
        if read_published(str(document)).replaces == str(port.port_address):
            yield f"{product!s}.{name!s}"


def _said(farewell: Farewell, *, is_over: bool) -> str:
    if is_over:
        return f"`{farewell.port}`, which ended on {farewell.end}"
    end = f"ends on {farewell.end}" if farewell.end else "is deprecated"
    return f"`{farewell.port}`, which {end}"


def _next(farewell: Farewell) -> str:
    if farewell.successors:
        return f"read {farewell.instead}, which replaces it"
    return f"ask its owner what replaces it: mesh show {farewell.port}"
