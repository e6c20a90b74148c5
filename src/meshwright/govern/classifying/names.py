"""Common names of persons, and words of places and companies: what tells `name` of a person from another.

The lists are short on purpose: a column of persons has one of a few hundred frequent names in a good part of
its rows, a column of airports or products has not.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from meshwright.govern.classifying.headers import plain
from meshwright.govern.classifying.name_lists import (
    EASTERN_SURNAMES,
    FAMILY_ENDINGS,
    GIVEN,
    PLACES,
    SURNAMES,
)
from meshwright.govern.classifying.values import TITLES, words

_WORDS = re.compile(r"[^\W\d_]+")
_EASTERN = re.compile(r"[가-힣]{2,4}|[一-鿿]{2,4}|[一-鿿]{1,4}[ 　][一-鿿ぁ-ヿ]{1,4}")
_INITIAL = re.compile(r"[A-Z]\.? [A-Z][^\W\d_]{2,}|[A-Z][^\W\d_]{2,}, [A-Z]\.?")


@lru_cache(maxsize=1)
def _family_endings() -> tuple[str, ...]:
    return tuple(words(FAMILY_ENDINGS))


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    return words(PLACES)


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return words(GIVEN + SURNAMES)


def person_share(values: Sequence[str], most: int = 120) -> float:
    """Return the share of values that hold a common name of a person, or are built like one."""
    looked = values[:most]
    return sum(map(_is_like_person, looked)) / len(looked) if looked else 0.0


def place_share(values: Sequence[str], most: int = 120) -> float:
    """Return the share of values that hold a word of places, companies or things."""
    looked = values[:most]
    return sum(map(_is_like_place, looked)) / len(looked) if looked else 0.0


def _is_like_person(value: str) -> bool:
    if not value.isascii() and _EASTERN.fullmatch(value):
        return value[0] in EASTERN_SURNAMES
    if _INITIAL.fullmatch(value):
        return True
    parts = _WORDS.findall(plain(value))
    if not 1 <= len(parts) <= 6:
        return False
    known = _known()
    return any(part in known or part in TITLES for part in parts) or (
        len(parts) > 1 and parts[-1].endswith(_family_endings())
    )


def _is_like_place(value: str) -> bool:
    return not _places().isdisjoint(_WORDS.findall(plain(value)))
