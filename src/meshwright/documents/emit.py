"""Write values as YAML text for an edit: plain where that reads back as the same text, quoted elsewhere."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal

from meshwright.errors import UsageError
from meshwright.model.json_value import Json

_PLAIN = re.compile(
    r"[A-Za-z0-9_/.][A-Za-z0-9_/.@+-]*(?: [A-Za-z0-9_/.@+(-][A-Za-z0-9_/.@+()-]*)*\Z"
)
_NOT_TEXT = re.compile(  # what YAML 1.1 or 1.2 reads as something else than text
    r"(~|null|true|false|yes|no|on|off|y|n|[-+]?\.(inf|nan)"
    r"|[-+]?[0-9][0-9_]*(\.[0-9_]*)?(e[-+]?[0-9]+)?|[-+]?\.[0-9]+(e[-+]?[0-9]+)?"
    r"|0[box][0-9a-f_]+|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*|[-.]+)\Z",
    re.IGNORECASE,
)
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_SINGLE_LINE = re.compile("[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]*\\Z")
_SHORT = 60


def scalar(value: Json, style: str | None = None) -> str:
    """Return a scalar as YAML; `style` is the quote that stood there before (' or \"), kept for text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
            raise UsageError("value-invalid", f"`{value}` cannot be written: it is not finite")
        return repr(value)
    if isinstance(value, Decimal):
        return str(value)
    text = str(value)
    if style == "'" and _SINGLE_LINE.match(text):
        return "'" + text.replace("'", "''") + "'"
    if style != '"' and _PLAIN.match(text) and not _NOT_TEXT.match(text):
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError("value-invalid", "half a character cannot be written") from None
    return _ESCAPED.sub(lambda m: f"\\u{ord(m[0]):04x}", json.dumps(text, ensure_ascii=False))


def flow(value: Json) -> str:
    """Return a value in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(str(k))}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value)


def is_inline(value: Json) -> bool:
    """Say whether a value is best written in the line of its key."""
    if isinstance(value, Mapping):
        parts = list(value.values())
    elif isinstance(value, list | tuple):
        parts = list(value)
    else:
        return True
    return not parts or (
        not any(isinstance(part, Mapping | list | tuple) for part in parts)
        and len(flow(value)) <= _SHORT
    )


def block(value: Json) -> list[str]:
    """Return a value as lines of block style, without indentation."""
    if is_inline(value):
        return [flow(value)]
    lines: list[str] = []
    if isinstance(value, Mapping):
        for key, item in value.items():
            lines += entry(str(key), item)
    elif isinstance(value, list | tuple):
        for item in value:
            inner = block(item)
            lines.append(f"- {inner[0]}")
            lines += [f"  {line}" for line in inner[1:]]
    return lines


def entry(key: str, value: Json) -> list[str]:
    """Return `key: value` as lines of block style."""
    if is_inline(value):
        return [f"{scalar(key)}: {flow(value)}"]
    return [f"{scalar(key)}:", *(f"  {line}" for line in block(value))]
