"""Invent frequent flyers, so that privacy has something to protect.

Nobody here exists: names are combined by chance, e-mails end in domains reserved for examples (RFC 2606)
and phone numbers lie in 555-0100 to 555-0199, the range reserved for fiction. The same seed always gives
the same people: only `Random.random` is used, whose sequence Python keeps stable.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


COUNT = 5_000
SEED = 2013
COLUMNS = (
    "member_id",
    "first_name",
    "last_name",
    "email",
    "phone",
    "birth_date",
    "home_airport",
    "tier",
    "miles",
    "joined",
)
FIRST_NAMES = _words(
    "Aaliyah Adam Aisha Alejandro Amara Ana Andre Anita Arjun Ava Beatriz Ben Bianca Boris Camila Carlos "
    "Chen Chloe Daniel Darius David Deepa Diego Dmitri Elena Eli Emeka Emma Esther Ethan Fatima Felix "
    "Fiona Francis Gabriel Grace Hannah Hassan Helen Hiro Ibrahim Ines Isaac Ivan Jada James Jasmine Jin "
    "Joao Jonas Julia Kaito Karim Kayla Kofi Lars Laura Leila Liam Lin Lucia Luka Maria Marcus Maya Mei "
    "Miguel Mila Nadia Naomi Nathan Nia Noah Nora Olga Oliver Omar Owen Paola Priya Rafael Raj Rosa Ruth "
    "Samir Sara Sean Sofia Stefan Tara Theo Tomas Uma Victor Wei Yara Yusuf Zara Zoe"
)
LAST_NAMES = _words(
    "Abbott Adeyemi Ahmed Alvarez Anderson Baker Banerjee Bauer Bell Bianchi Brooks Campbell Castillo Chang "
    "Chen Cohen Collins Costa Cruz Das Davis Diaz Dubois Edwards Eriksen Evans Farah Fernandez Fischer "
    "Flores Foster Garcia Gomez Gray Green Haddad Hall Hansen Hernandez Hoffman Hughes Ito Ivanov Jackson "
    "Jansen Johnson Kaplan Kaur Kelly Khan Kim Kovacs Kowalski Kumar Lee Lewis Lopez Martin Meyer Miller "
    "Mitchell Moreau Morgan Murphy Nakamura Nguyen Novak Okafor Olsen Ortiz Park Patel Perez Petrov Phillips "
    "Quinn Ramirez Reid Reyes Rivera Roberts Rossi Russo Sanchez Santos Sato Schmidt Scott Silva Singh Smith "
    "Sokolov Stewart Suzuki Tanaka Taylor Thompson Torres Tran Turner Vargas Walker Weber White Wilson Wong "
    "Wright Young Zhang"
)
DOMAINS = ("example.com", "example.org", "example.net", "mail.example.com", "post.example.org")
AREA_CODES = _words("201 212 305 312 347 404 415 617 702 713 718 917 973")
TIERS = (("blue", 0.62), ("silver", 0.24), ("gold", 0.11), ("platinum", 0.03))
MILES = {"blue": 25_000, "silver": 60_000, "gold": 140_000, "platinum": 420_000}
HOME = ("EWR", "JFK", "LGA")
FIRST_BIRTH, LAST_BIRTH = date(1932, 1, 1), date(1995, 6, 30)
FIRST_DAY, LAST_DAY = date(1998, 1, 1), date(2013, 12, 31)


class _Chance(Random):
    """Draw everything from `random()` alone."""

    def pick(self, choices: Sequence[str]) -> str:
        return choices[int(self.random() * len(choices))]

    def whole(self, below: int) -> int:
        return int(self.random() * below)

    def day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.whole((last - first).days + 1))


def invent(airports: Sequence[str], count: int = COUNT) -> Iterator[tuple[str, ...]]:
    """Yield `count` members as text cells in the order of `COLUMNS`; `''` where nothing is known.

    Most live by one of the three New York airports, the others by one of `airports`.
    """
    chance = _Chance(SEED)
    for number in range(1, count + 1):
        first, last = chance.pick(FIRST_NAMES), chance.pick(LAST_NAMES)
        email = f"{first}.{last}{number}@{chance.pick(DOMAINS)}".lower()
        tier = _tier(chance.random())
        yield (
            f"M{number:06d}",
            first,
            last,
            email,
            _phone(chance),
            chance.day(FIRST_BIRTH, LAST_BIRTH).isoformat(),
            chance.pick(HOME if chance.random() < 0.7 else airports),
            tier,
            str(chance.whole(MILES[tier])),
            chance.day(FIRST_DAY, LAST_DAY).isoformat(),
        )


def _tier(drawn: float) -> str:
    for tier, share in TIERS:
        drawn -= share
        if drawn < 0:
            return tier
    return TIERS[0][0]


def _phone(chance: _Chance) -> str:
    """Return a fictional number; about one member in twelve gave none."""
    number = f"+1-{chance.pick(AREA_CODES)}-555-01{chance.whole(100):02d}"
    return number if chance.random() < 0.92 else ""
