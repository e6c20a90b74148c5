"""Answers as long as whoever asks has room for.

What must stay true: what was left out is said, with how much there is of it; an answer is never cut in the
middle of a value without a mark. A token is reckoned as four bytes, which is more than most texts take.
"""

import json
import re
from collections.abc import Iterator, Mapping
from math import isfinite, isnan
from typing import Any

BYTES_OF_TOKEN = 4
LEAST, MOST = 200, 20_000  # tokens
_SHORT = 200  # letters of a text that is never shortened
_CUT = "…"
# Letters that nobody sees, by which a text may say something else to a program than to a person.
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")

Part = tuple[str, list[Any]]


def fitting(shape: Mapping[str, Any], tokens: int, advice: str) -> dict[str, Any]:
    """Return a shape of at most so many tokens; `shortened` says what is missing and how to get it."""
    visible = plain(shape)
    room = tokens * BYTES_OF_TOKEN
    totals: dict[str, int] = {}
    while size(visible) > room:
        if not _cut_longest(visible, room, totals):
            break
    said = [f"{len(_at(visible, path))} of {total} {path}" for path, total in totals.items()]
    if size(visible) > room:
        visible = _with_short_texts(visible)
        said.append("long texts end with …")
    return {**visible, "shortened": f"{'; '.join(said)}. {advice}"} if said else visible


def size(shape: object) -> int:
    """Return how many bytes a shape takes."""
    return len(text_of(shape).encode("utf-8", "replace"))


def text_of(shape: object) -> str:
    """Return a shape as compact JSON."""
    return json.dumps(shape, ensure_ascii=False, separators=(",", ":"), default=str)


def plain(value: Any) -> Any:
    """Return a value whose texts hide no letter, those that nobody sees are written out, and that JSON has.

    What is no number is null and what is infinite is text, as in rows over HTTP.
    """
    if isinstance(value, str):
        return _UNSEEN.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", value)
    if isinstance(value, float) and not isfinite(value):
        return None if isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def _cut_longest(shape: dict[str, Any], room: int, totals: dict[str, int]) -> bool:
    """Shorten the list that takes most; say whether there was one to shorten."""
    found = [(size(items), path, items) for path, items in _lists(shape, "") if len(items) > 1]
    if not found:
        return False
    taken, path, items = max(found, key=lambda one: one[0])
    beyond = size(shape) - room
    totals.setdefault(path, len(items))
    share = max(0.0, 1 - beyond / taken)
    del items[max(1, min(len(items) - 1, int(len(items) * share))) :]
    return True


def _lists(value: Any, path: str) -> Iterator[Part]:
    """Yield the lists of a shape that are reached by names alone, and those within their items."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _lists(item, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        yield path, value
        for number, item in enumerate(value):
            if isinstance(item, dict):
                yield from _lists(item, f"{path}[{number}]")


def _at(shape: Any, path: str) -> list[Any]:
    found = shape
    for word in re.findall(r"[^.\[\]]+", path):
        if isinstance(found, list):
            if int(word) >= len(found):
                return []
            found = found[int(word)]
        else:
            found = found[word]
    return found if isinstance(found, list) else []


def _with_short_texts(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= _SHORT else value[:_SHORT] + _CUT
    if isinstance(value, dict):
        return {key: _with_short_texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_short_texts(item) for item in value]
    return value
