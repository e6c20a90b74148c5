"""The access state: a number that changes whenever a fact does that could change a decision.

It is read at each query, in the query's own snapshot: what was revoked before it began is gone.
"""

from meshwright.model import facts
from meshwright.spi.state_store import Reader

KINDS = tuple(
    kind.__name__
    for kind in (
        facts.AccessGranted,
        facts.AccessRenewed,
        facts.AccessRevoked,
        facts.PrincipalAdded,
        facts.PrincipalRemoved,
        facts.ClassificationSuggested,
        facts.ClassificationAccepted,
        facts.ClassificationRefused,
        facts.ColumnDeclassified,
        facts.ProductRenamed,
    )
)
# One seek in the index for each kind, however many facts there are.
_LAST = ", ".join(
    f"(SELECT coalesce(max(seq), 0) FROM facts WHERE kind = '{kind}')" for kind in KINDS
)
_SQL = f"SELECT max({_LAST})"
_NEWEST = "SELECT max(seq) FROM facts"


class AccessState:
    """Reads the state; while no fact at all was recorded since, it is one look at the last one."""

    def __init__(self) -> None:
        self._last: tuple[object, int] = (None, 0)

    def read(self, reader: Reader) -> int:
        """Return the state as a snapshot has it."""
        newest = reader.rows(_NEWEST)[0][0]
        seen, state = self._last
        if newest != seen or newest is None:
            state = int(str(reader.rows(_SQL)[0][0]))
            self._last = (newest, state)
        return state
