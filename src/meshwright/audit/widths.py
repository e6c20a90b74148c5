"""How long text is that a pattern matches from end to end: then a length need not be checked again."""

import re

_ATOM = re.compile(
    r"(?P<atom>\\[dwsDWS]|\\[^A-Za-z0-9]|\[(?:\\.|[^\]\\\[])+\]|[^\\\[\](){}|^$?*+])"
    r"(?:(?P<sign>[?*+])|\{(?P<low>\d+)(?P<comma>,(?P<high>\d*))?\})?\??"
)


def matched_lengths(pattern: str) -> tuple[int, int | None] | None:
    """Return the least and the greatest length (None: any) of what a pattern matches.

    None where the pattern is not anchored at both ends, or holds more than plain characters, classes and
    their repetition.
    """
    if not (pattern.startswith("^") and pattern.endswith("$") and not pattern.endswith("\\$")):
        return None
    body, position = pattern[1:-1], 0
    least, greatest = 0, 0
    is_open = False
    while position < len(body):
        match = _ATOM.match(body, position)
        if match is None:
            return None
        low, high = _times(match)
        least, greatest = least + low, greatest + (high or 0)
        is_open |= high is None
        position = match.end()
    return least, None if is_open else greatest


def _times(match: re.Match[str]) -> tuple[int, int | None]:
    sign = match["sign"]
    if sign:
        return {"?": (0, 1), "*": (0, None), "+": (1, None)}[sign]
    if match["low"] is None:
        return 1, 1
    low = int(match["low"])
    if match["comma"] is None:
        return low, low
    return low, int(match["high"]) if match["high"] else None
