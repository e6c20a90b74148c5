"""Who asks: people, teams, services, agents and data products, and one request of one of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

PERSON, TEAM, SERVICE, AGENT, PRODUCT = KINDS = ("person", "team", "service", "agent", "product")
# What a role of the mesh lets do; none of them lets read data.
ADMINISTRATOR, GOVERNANCE, AUDITOR = ROLES = ("administrator", "governance", "auditor")


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who may be granted access. `name` is `kind:id`, as `person:ada@example.com`, `team:fleet`.

    `teams` are the names of the teams it is in (`team:…`), `roles` those of the mesh.
    `owns_mesh`: the operating-system user on their own machine, whose files these are.
    """

    name: str
    teams: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    owns_mesh: bool = False

    @property
    def kind(self) -> str:
        """Return person, team, service, agent or product."""
        return self.name.partition(":")[0]

    @property
    def id(self) -> str:
        """Return the name without its kind: what descriptors call an owner."""
        return self.name.partition(":")[2]

    @property
    def names(self) -> frozenset[str]:
        """Return every name under which it may hold a grant: its own and its teams'."""
        return frozenset((self.name, *self.teams))


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks now, for whom, for what, and at which door (`cli`, `python`, `http`, `sql`, `flight`…).

    `on_behalf_of` is who stands behind: the person who said `--as`, or whom an agent serves.
    """

    principal: Principal
    purpose: str = ""
    on_behalf_of: str = ""
    door: str = "python"
