"""The queries of whoever acts: those they keep, those that are shared with them, those they asked."""

from meshwright.app.catalog import saved_queries
from meshwright.app.catalog.query_history import PastQuery, past_queries
from meshwright.app.catalog.saved_queries import SavedQuery
from meshwright.app.wiring import Wiring
from meshwright.model.principal import Principal


class QueryDesk:
    """Every verb of kept queries, as one asker."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring

    @property
    def _who(self) -> Principal:
        return self._wiring.asker().principal

    def list(self) -> tuple[SavedQuery, ...]:
        """List their own queries, then those that others share with them."""
        return saved_queries.list_queries(self._wiring, self._who)

    def show(self, id: str) -> SavedQuery:
        """Return one query that they may read."""
        return saved_queries.find_query(self._wiring, self._who, id)

    def save(self, title: str, sql: str, *, purpose: str = "", id: str = "") -> SavedQuery:
        """Keep a query, or change one of theirs."""
        return saved_queries.save_query(self._wiring, self._who, title, sql, purpose=purpose, id=id)

    def share(self, id: str, shared: str) -> SavedQuery:
        """Share one with `anybody`, a team or a product; with nobody any more by ''."""
        return saved_queries.share_query(self._wiring, self._who, id, shared)

    def delete(self, id: str) -> None:
        """Delete one of theirs."""
        saved_queries.delete_query(self._wiring, self._who, id)

    def past(self, limit: int = 30) -> tuple[PastQuery, ...]:
        """Return what they asked last."""
        return past_queries(self._wiring, self._who, limit)
