"""What files say of principals: who owns what (and so is in a domain's team), and the file of groups.

Looked up at each query, so it is kept as long as the files are what they were.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from meshwright.app.wiring import Wiring
from meshwright.errors import DescriptorError
from meshwright.identity.names import parse_name
from meshwright.model.principal import PERSON, TEAM


@dataclass(frozen=True, slots=True)
class Filed:
    """Teams by the name of a principal, as descriptors say, and the teams that there are."""

    teams_of: Mapping[str, frozenset[str]]
    teams: frozenset[str]


_KNOWN: "WeakKeyDictionary[Wiring, tuple[object, Filed]]" = WeakKeyDictionary()


def filed(wiring: Wiring) -> Filed:
    """Return what the descriptors say, made again when they changed."""
    cards = wiring.workspace.cards
    known = _KNOWN.get(wiring.origin)
    if known is None or known[0] is not cards:
        known = _KNOWN[wiring.origin] = (cards, _read(wiring))
    return known[1]


def domain_team(domain: str) -> str:
    """Return the name of a domain's own team."""
    return f"{TEAM}:{domain}"


def _read(wiring: Wiring) -> Filed:
    """Raise `DescriptorError` where the file of groups is broken: a team less may be a denial less."""
    teams: dict[str, set[str]] = {}
    groups = _groups(wiring)
    for team, members in groups.items():
        for member in members:
            teams.setdefault(member, set()).add(team)
    for name, domain in wiring.workspace.domains.items():
        for owner in domain.owners:
            teams.setdefault(f"{PERSON}:{owner}", set()).add(domain_team(name))
    for address, card in wiring.workspace.cards.items():
        for owner in card.owners:
            teams.setdefault(f"{PERSON}:{owner}", set()).add(domain_team(address.domain))
    return Filed(
        {name: frozenset(those) for name, those in teams.items()},
        frozenset((*map(domain_team, wiring.workspace.domains), *groups)),
    )


def _groups(wiring: Wiring) -> dict[str, list[str]]:
    broken = wiring.workspace.groups_problem
    if broken is not None:
        raise DescriptorError(
            broken.code, broken.message, hint=broken.hint, place=str(broken.place)
        )
    return {
        domain_team(team): [parse_name(member) for member in members]
        for team, members in wiring.workspace.groups.items()
    }
