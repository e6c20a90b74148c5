"""Take a text apart into events: one JSON object, a list of them, or one object a line."""

import json

from meshwright.errors import UsageError
from meshwright.model.json_value import Json

_HINT = "one JSON object, a list of objects, or one object a line (NDJSON)"


def split_events(data: bytes) -> tuple[list[Json], bool]:
    """Return the events of a text, and whether it is a batch.

    Raises `UsageError` (`events-unreadable`) for what is not JSON, with its line.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(f"byte {error.start} is not UTF-8") from None
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        return _lines(text, error), True
    return (list(whole), True) if isinstance(whole, list) else ([whole], False)


def _lines(text: str, whole: Exception) -> list[Json]:
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) < 2 or not lines[0][1].rstrip().endswith("}"):
        raise _unreadable(_reason(whole)) from None
    found: list[Json] = []
    for number, line in lines:
        try:
            found.append(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise _unreadable(f"line {number}: {_reason(error)}") from None
    return found


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.lower()} at line {error.lineno} column {error.colno}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else "it is not JSON"


def _unreadable(why: str) -> UsageError:
    return UsageError("events-unreadable", f"these are no events: {why}", hint=_HINT)
