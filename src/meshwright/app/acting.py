"""A mesh through which somebody else acts than its owner: the same parts, another asker and another actor.

What must stay true: who acts is looked up at each question, so that whoever was removed sees nothing from
then on; no part is made twice.
"""

from functools import cached_property
from typing import Any

from meshwright.app.identity.principals import find_principal
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError
from meshwright.identity.names import shown
from meshwright.model.principal import Asker, Principal
from meshwright.spi.engine import Engine

_SHARED = (
    "cache", "checkpoints", "mesh", "policy_engine", "pool", "reader", "secrets", "sql_catalog", "store",
    "table_store", "workspace",
)  # fmt: skip


class ActingWiring(Wiring):
    """The parts of a mesh, for one principal. `behind` is who said `--as`; '' for who proved who they are.

    `is_told`: that they act so was recorded already, when the session began, and is not told of each verb.
    """

    def __init__(
        self, origin: Wiring, name: str, behind: str = "", *, is_told: bool = False
    ) -> None:
        super().__init__(origin.root, origin.environment, origin._load, origin.now)
        self._origin = origin.origin
        self.name = name
        self.behind = behind
        self.is_told = is_told
        self.sessions = self._origin.sessions
        self.door = self._origin.door

    @property
    def origin(self) -> Wiring:
        """Return the wiring whose parts these are."""
        return self._origin

    @cached_property
    def actor(self) -> str:
        """Return the principal: what it does is written as its doing."""
        return self.name

    def principal(self) -> Principal:
        """Return who acts, as is known now; raise `DeniedError` (`principal-unknown`)."""
        with self.store.read() as reader:
            found = find_principal(self, reader, self.name)
        if found is None:
            raise unknown(self.name)
        return found

    def asker(self, purpose: str = "", door: str = "") -> Asker:
        """Return the principal as who asks, and who stands behind."""
        return Asker(self.principal(), purpose, self.behind, door or self.door)

    def engine(self, name: str = "") -> Engine:
        """Return an engine by name (the default one for '')."""
        return self._origin.engine(name)

    def look_again(self) -> None:
        """Read what changed on disk since the workspace was opened."""
        self._origin.look_again()

    def look_anew(self) -> None:
        """Read what changed on disk into a workspace of its own."""
        self._origin.look_anew()

    def close(self) -> None:
        """Close what was opened."""
        self._origin.close()


def unknown(name: str) -> DeniedError:
    """Return the refusal of somebody who is not known, or not any more."""
    return DeniedError(
        "principal-unknown",
        f"`{shown(name)}` is nobody that this mesh knows",
        hint="`mesh user list` says who there is",
    )


def _shared(name: str) -> Any:
    def part(self: ActingWiring) -> Any:
        return getattr(self.origin, name)

    return property(part, doc="Return the part of the mesh itself.")


for _name in _SHARED:
    setattr(ActingWiring, _name, _shared(_name))
