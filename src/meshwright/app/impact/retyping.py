"""What another type of a column means for what is made of it."""

from dataclasses import dataclass, field

from meshwright.app.impact.found import BREAKS, MAY, RESTS
from meshwright.app.wiring import Wiring
from meshwright.documents.sql_types import TypeTextError, parse_type
from meshwright.errors import MeshwrightError, UsageError
from meshwright.govern.widening import OTHER, SAME, WIDER, compare_types
from meshwright.lineage.resting import Resting
from meshwright.model.address import Address
from meshwright.model.lineage import DIRECT, IDENTITY, UNKNOWN
from meshwright.spi.state_store import Reader


@dataclass
class Retyped:
    """A change of a column's type, followed down through the columns that are the same one.

    Values that are only copied take the new type along, so what a contract promises of them no longer holds.
    What is computed of them mostly stands a wider type, and may fail with another one.
    """

    wiring: Wiring
    old: str
    new: str
    compared: str
    _same: set[tuple[str, str]] = field(default_factory=set)

    @property
    def is_same(self) -> bool:
        """Say whether the column has that type already."""
        return self.compared == SAME

    @property
    def is_wider(self) -> bool:
        """Say whether old values, and readers of old values, still fit."""
        return self.compared == WIDER

    def judge(self, one: Resting) -> tuple[str, str]:
        """Return the verdict on a column that rests on it, and why; columns come nearest first.

        The verdict is empty where nothing changes.
        """
        source = (one.link.source, one.link.source_column.lower())
        is_copy = one.link.kind == DIRECT and one.link.how == IDENTITY
        if is_copy and source in self._same:
            self._same.add((one.dataset, one.column.lower()))
            return self._copied(one)
        if one.link.kind == UNKNOWN:
            return MAY, "it is not known what it is made of"
        if self.compared == OTHER and source in self._same:
            return MAY, f"it is computed of {self.old}"
        if self.compared == OTHER:
            return MAY, "it rests on what may fail"
        return RESTS, "computed: it stands a wider type"

    def _copied(self, one: Resting) -> tuple[str, str]:
        promised = _promised(self.wiring, one)
        if not promised:
            return (RESTS, f"becomes {self.new}") if self.is_wider else (MAY, f"becomes {self.new}")
        if compare_types(promised, self.new) == SAME:
            return RESTS, f"{self.new} is promised"
        return BREAKS, f"{promised} is promised, {self.new} would come"


def retyped(wiring: Wiring, reader: Reader, column: Address, new: str) -> Retyped:
    """Return the change of a column's type; raise `UsageError` (`type-unknown`) for what is none."""
    from meshwright.app.impact.finding import columns_of

    try:
        parse_type(new)
    except TypeTextError as error:
        raise UsageError("type-unknown", str(error), hint=error.hint) from error
    types = {
        name.lower(): kind for name, kind in columns_of(wiring, reader, column.port_address).items()
    }
    old = types.get(column.column.lower(), "")
    compared = compare_types(old, new) if old else OTHER
    start = (str(column.port_address), column.column.lower())
    return Retyped(wiring, old, new, compared, {start})


def _promised(wiring: Wiring, one: Resting) -> str:
    """Return the physical type that a contract promises of a column; empty where none does."""
    try:
        address = Address.parse(f"{one.dataset}.{one.column}")
        output = wiring.workspace.product(address).output(address.port)
    except MeshwrightError:
        return ""
    described = output.contract.object_for(address.port) if output and output.contract else None
    return next(
        (c.physical_type for c in (described.columns if described else ()) if c.name == one.column),
        "",
    )
