"""The other forms in which a text names a product: as folders of a path, and in the name of a relation.

What must stay true: the time that a text takes grows with its length alone, whatever stands in it.
"""

import re
from collections.abc import Set

_OUT = r"\s\"'`<>|,;:()\[\]{}\\"  # what no path of ours has in it
_PATH = re.compile(rf"(?<![^{_OUT}])[^{_OUT}]*/[^{_OUT}]*")
_FOLDERS = re.compile(r"\b(?=([a-z][a-z0-9_]*)/+([a-z][a-z0-9_]*))")
_JOINED = re.compile(r"\b[a-z]\w*__\w+")
_MARK = re.compile(r"(?=__)")
_MOST_MARKS = 8  # a name with more of them is hidden unread: there are too many ways to part it


def without_forms(text: str, hidden: Set[str], instead: str) -> str:
    """Return a text without paths that lead through a hidden product, and without relations named so."""
    if "/" in text:
        text = _PATH.sub(lambda m: instead if _leads(m[0], hidden) else m[0], text)
    if "__" in text:
        text = _JOINED.sub(lambda m: instead if _joins(m[0], hidden) else m[0], text)
    return text


def _leads(path: str, hidden: Set[str]) -> bool:
    return any(f"{one[1]}.{one[2]}" in hidden for one in _FOLDERS.finditer(path))


def _joins(word: str, hidden: Set[str]) -> bool:
    """Say whether `domain__product` stands in a word; names may have underscores of their own."""
    marks = [one.start() for one in _MARK.finditer(word)]
    if len(marks) > _MOST_MARKS:
        return True
    begins, ends = [0, *(mark + 2 for mark in marks)], [*marks, len(word)]
    return any(
        f"{word[begin:mark]}.{word[mark + 2 : end]}" in hidden
        for mark in marks
        for begin in begins
        for end in ends
        if begin < mark and mark + 2 < end
    )
