"""How a column is classified: levels in their order, and what says that it holds personal data.

ODCS leaves the word of a `classification` open. Four levels are ordered here; the usual other words are
mapped to them, and a word that nobody knows counts as confidential: mask rather than guess.
"""

from collections.abc import Iterable
from functools import lru_cache

PUBLIC, INTERNAL, CONFIDENTIAL, RESTRICTED = LEVELS = (
    "public", "internal", "confidential", "restricted",
)  # fmt: skip
PERSONAL_TAGS = frozenset(("pii", "personal", "personal-data", "sensitive", "phi", "pci"))

_WORDS = {
    PUBLIC: ("public", "open", "unclassified", "unrestricted", "none", "1", "c0", "c1"),
    INTERNAL: ("internal", "private", "company", "internal-use", "internal-only", "general", "c2"),
    CONFIDENTIAL: ("confidential", "pii", "personal", "personal-data", "protected", "c3"),
    RESTRICTED: (
        "restricted", "highly-confidential", "highly-restricted", "strictly-confidential",
        "secret", "top-secret", "sensitive", "sensitive-personal-data", "special-category",
        "phi", "pci", "spi", "c4",
    ),
}  # fmt: skip
_LEVEL_OF = {word: level for level, words in _WORDS.items() for word in words}
_PERSONAL_WORDS = PERSONAL_TAGS | {"sensitive-personal-data", "special-category", "spi"}


@lru_cache(4096)
def level_of(classification: str) -> str:
    """Return the level that a word means; '' where nothing is said, confidential for an unknown word."""
    word = plain_word(classification)
    return _LEVEL_OF.get(word, CONFIDENTIAL) if word else ""


def rank(classification: str) -> int:
    """Return where a word stands: 0 not said, 1 public, 2 internal, 3 confidential, 4 restricted."""
    level = level_of(classification)
    return LEVELS.index(level) + 1 if level else 0


def is_personal(classification: str, tags: Iterable[str] = ()) -> bool:
    """Say whether a classification or a tag declares personal data."""
    return plain_word(classification) in _PERSONAL_WORDS or bool(personal_tags(tags))


def personal_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return the tags that declare personal data, as they are spelled here, sorted."""
    return tuple(sorted({plain_word(tag) for tag in tags} & PERSONAL_TAGS))


def personal_marks(classification: str, tags: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the personal tags, and the classification itself where it is the word that says so."""
    word = plain_word(classification)
    named = word if word in PERSONAL_TAGS else "sensitive" if word in _PERSONAL_WORDS else ""
    return tuple(sorted({*personal_tags(tags), *([named] if named else ())}))


def is_open(classification: str, tags: Iterable[str] = ()) -> bool:
    """Say whether values may be kept in statistics and examples: not above internal, nor personal."""
    return rank(classification) <= rank(INTERNAL) and not is_personal(classification, tags)


def plain_word(word: str) -> str:
    """Return a classification or tag as words are compared: lower case, with hyphens."""
    return "-".join(word.strip().lower().replace("_", " ").replace("-", " ").split())
