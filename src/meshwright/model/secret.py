"""References to secrets: `${env:NAME}`, `${file:PATH}`; another secret store has its name before the colon.

A descriptor holds references only. `app` looks up what they mean when it is needed, and keeps it nowhere.
"""

import re
from collections.abc import Callable, Iterator

_REFERENCE = re.compile(r"\$\{([a-z][a-z0-9_-]*):([^{}]+)\}")


def references(text: str) -> Iterator[tuple[str, str]]:
    """Yield the store and the name of each reference in a text."""
    for found in _REFERENCE.finditer(text):
        yield found[1], found[2]


def fill(text: str, find: Callable[[str, str], str]) -> str:
    """Replace each reference by what `find(store, name)` returns."""
    return _REFERENCE.sub(lambda found: find(found[1], found[2]), text)


def without_references(text: str) -> str:
    """Return a text with every reference blanked, to look at what is written out."""
    return _REFERENCE.sub("", text)
