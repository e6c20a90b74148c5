"""The other forms in which a text names a product: as folders of a path, and in the name of a relation.

What must stay true: the time that a text takes grows with its length alone, whatever stands in it.
"""

import re
from collections.abc import Set

_OUT = r"\s\"'`<>|,;:()\[\]{}\\"  # what no path of ours has in it
_PATH = re.compile(rf"[^{_OUT}]+")
_FOLDERS = re.compile(r"\b(?=([a-z][a-z0-9_]*)/+([a-z][a-z0-9_]*))")
_JOINED = re.compile(r"\b[a-z]\w*__\w+")
_MARK = re.compile(r"(?=__)")
_MOST_MARKS = 8  # a name with more of them is hidden unread: there are too many ways to part it


def without_forms(text: str, hidden: Set[str], instead: str) -> str:
    """Return a text without paths that lead through a hidden product, and without relations named so."""
    if "/" in text:
        text = _without_paths(text, hidden, instead)
    if "__" in text:
        words = {word for word in set(_JOINED.findall(text)) if _joins(word, hidden)}
        if words:
            text = _JOINED.sub(lambda m: instead if m[0] in words else m[0], text)
    return text


def _without_paths(text: str, hidden: Set[str], instead: str) -> str:
    def told(path: re.Match[str]) -> str:
        pairs = _FOLDERS.findall(path[0]) if "/" in path[0] else ()
        return instead if any(".".join(pair) in hidden for pair in pairs) else path[0]

    return _PATH.sub(told, text)


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
