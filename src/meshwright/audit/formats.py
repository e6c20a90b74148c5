"""Formats of text: the named ones of ODCS, and JDK date patterns, as SQL that finds what does not fit."""

import re
from collections.abc import Iterator

from meshwright.audit.sqltext import text

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HEX = "[0-9A-Fa-f]"
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"(?:{_OCTET}\.){{3}}{_OCTET}"
_GROUP = f"{_HEX}{{1,4}}"


def _compressed(right: int, tail: str, most: int) -> str:
    """Return `::` with `right` groups and a tail after it, and at most `most` groups before it."""
    left = f"(?:(?:{_GROUP}:){{0,{most - 1}}}{_GROUP})?" if most else ""
    return f"{left}::(?:{_GROUP}:){{{right}}}{tail}"


_IPV6 = "|".join(
    [
        f"(?:{_GROUP}:){{7}}{_GROUP}",
        f"(?:{_GROUP}:){{6}}{_IPV4}",
        *(_compressed(right, _GROUP, 6 - right) for right in range(7)),
        *(_compressed(right, _IPV4, 5 - right) for right in range(6)),
        _compressed(0, "", 7),
    ]
)
PATTERNS = {
    "email": rf"^[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@(?:{_LABEL}\.)+{_LABEL}$",
    "uuid": f"^{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}$",
    "uri": rf"^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%{_HEX}{{2}})+$",
    "hostname": rf"^(?:{_LABEL}\.)*{_LABEL}$",
    "ipv4": f"^{_IPV4}$",
    "ipv6": f"^(?:{_IPV6})$",
    "byte": "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
}
ALIASES = {"base64": "byte", "url": "uri", "guid": "uuid", "e-mail": "email"}
ISO = {
    "date": "yyyy-MM-dd",
    "time": "HH:mm:ss",
    "date-time": "yyyy-MM-dd'T'HH:mm:ssXXX",
}
# Words that say how text is shown or stored, and promise nothing of its letters.
UNJUDGED = frozenset(("password", "binary"))

_JDK = {
    "yyyy": "%Y", "uuuu": "%Y", "yy": "%y", "MM": "%m", "M": "%-m", "MMM": "%b", "MMMM": "%B",
    "LL": "%m", "L": "%-m", "dd": "%d", "d": "%-d", "DDD": "%j", "HH": "%H", "H": "%-H",
    "hh": "%I", "h": "%-I", "mm": "%M", "m": "%-M", "ss": "%S", "s": "%-S", "SSS": "%g",
    "SSSSSS": "%f", "SSSSSSSSS": "%n", "a": "%p", "E": "%a", "EEE": "%a", "EEEE": "%A",
    "Z": "%z", "ZZZ": "%z", "X": "%z", "XX": "%z", "XXX": "%z", "x": "%z", "xx": "%z", "xxx": "%z",
}  # fmt: skip
_JDK_TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|([^A-Za-z']+)")


def strptime_format(pattern: str) -> str | None:
    """Translate a JDK DateTimeFormatter pattern; None where it has letters without a translation."""
    found, position = [], 0
    while position < len(pattern):
        match = _JDK_TOKEN.match(pattern, position)
        if match is None:
            return None
        position = match.end()
        quoted, letter, other = match.groups()
        if letter:
            code = _JDK.get(match[0])
            if code is None:
                return None
            found.append(code)
        else:
            words = other if other is not None else quoted.replace("''", "'") or "'"
            found.append(words.replace("%", "%%"))
    return "".join(found) if any(part.startswith("%") for part in found) else None


def date_violation(value: str, pattern: str) -> str | None:
    """Return what is true for text that is not a date of this JDK pattern; None: unknown pattern."""
    code = strptime_format(pattern)
    if code is None:
        return None
    parsed = f"try_strptime({value}, {text(code)})"
    unread = f"{value} IS NOT NULL AND {parsed} IS NULL"
    if "%z" in code:  # the offset is not kept, so it cannot be written back
        return f"({unread})"
    return f"({unread} OR strftime({parsed}, {text(code)}) <> {value})"


def format_violation(value: str, name: str) -> str | None:
    """Return what is true for text that lacks a format; None when the format says nothing judgeable."""
    known = ALIASES.get(name.lower(), name.lower())
    if known in ISO:
        return date_violation(value, ISO[known])
    if known in PATTERNS:
        matches = f"regexp_matches({value}, {text(PATTERNS[known])})"
        too_long = f" OR length({value}) > 253" if known == "hostname" else ""
        return f"(NOT {matches}{too_long})"
    return date_violation(value, name)


_SPACES = r"\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}"
_SETS = {
    ".": r"[^\n\r\x{2028}\x{2029}]",
    r"\s": f"[{_SPACES}]",
    r"\S": f"[^{_SPACES}]",
    "[^]": r"[\x00-\x{10FFFF}]",
}
_PART = re.compile(r"\[\^\]|\\.|.", re.DOTALL)
_LOOK = re.compile(r"\(\?(?:=|!|<=|<!)")
_BACKREFERENCE = re.compile(r"\\(?:[1-9]|k<)")


def re2_pattern(pattern: str) -> tuple[str, str]:
    """Translate an ECMA-262 pattern to RE2; return it, or '' and why it cannot be."""
    bare = re.sub(r"\\\\", "", pattern)
    if _LOOK.search(bare):
        return "", "the pattern looks ahead or behind, which no linear-time engine can do"
    if _BACKREFERENCE.search(bare):
        return "", "the pattern refers back to a group, which no linear-time engine can do"
    written = re.sub(r"(?<!\\)((?:\\\\)*)\\u([0-9A-Fa-f]{4})", r"\1\\x{\2}", pattern)
    written = re.sub(r"(?<!\\)((?:\\\\)*)\\u\{([0-9A-Fa-f]+)\}", r"\1\\x{\2}", written)
    written = re.sub(r"\(\?<([A-Za-z_]\w*)>", r"(?P<\1>", written)
    return "".join(_classes(written)), ""


def _classes(pattern: str) -> Iterator[str]:
    """Yield a pattern's parts with `.`, `\\s`, `\\S` and `[^]` as the sets of letters that ECMA-262 means."""
    is_inside = False
    for part in _PART.findall(pattern):
        if is_inside:
            is_inside = part != "]"
            yield _SPACES if part == r"\s" else part
        else:
            is_inside = part == "["
            yield _SETS.get(part, part)
