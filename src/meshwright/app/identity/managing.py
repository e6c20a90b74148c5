"""Who may manage identities: the owner of the mesh's files, and administrators over a server."""

from dataclasses import dataclass, field

from meshwright.app.acting import ActingWiring
from meshwright.app.identity.principals import find_principal
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError, UsageError, did_you_mean
from meshwright.identity.names import parse_name
from meshwright.model.principal import ADMINISTRATOR, Asker, Principal
from meshwright.spi.state_store import Reader


@dataclass(frozen=True, slots=True)
class Manager:
    """Who manages: `scopes` are those of the token they came with, none for all; `actor` stands behind."""

    principal: Principal
    scopes: frozenset[str] = field(default_factory=frozenset)
    actor: str = ""

    @classmethod
    def of(cls, wiring: Wiring, scopes: frozenset[str] = frozenset()) -> "Manager":
        """Return who acts through a wiring."""
        asker = wiring.asker()
        return cls(asker.principal, scopes, _behind(wiring, asker))

    @property
    def name(self) -> str:
        """Return the name of the principal."""
        return self.principal.name

    @property
    def is_administrator(self) -> bool:
        """Say whether they manage everybody's: a token without the scope `admin` does not."""
        has_role = self.principal.owns_mesh or ADMINISTRATOR in self.principal.roles
        return has_role and (not self.scopes or "admin" in self.scopes)


def require_administrator(who: Manager, what: str) -> None:
    """Raise `DeniedError` (`not-an-administrator`) for anybody else."""
    if not who.is_administrator:
        raise DeniedError(
            "not-an-administrator",
            f"`{who.name}` may not {what}",
            hint="an administrator may: `mesh user list --role administrator`",
        )


def require_known(wiring: Wiring, reader: Reader, name: str) -> Principal:
    """Return a principal; raise `UsageError` (`principal-unknown`) where there is none."""
    parsed = parse_name(name)
    found = find_principal(wiring, reader, parsed)
    if found is not None:
        return found
    rows = reader.rows("SELECT DISTINCT principal FROM principals WHERE removed_at = ''")
    names = [str(row[0]) for row in rows if str(row[0]) != parsed]
    add = "mesh team add" if parsed.startswith("team:") else "mesh user add"
    raise UsageError(
        "principal-unknown",
        f"there is no `{parsed}`",
        hint=f"{add} {parsed.removeprefix('team:')}; {did_you_mean(parsed, names)}",
    )


def _behind(wiring: Wiring, asker: Asker) -> str:
    behind = wiring.behind if isinstance(wiring, ActingWiring) else ""
    return behind or asker.principal.name
