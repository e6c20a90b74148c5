"""Lists in pages: a cursor says after which key to go on, so that what is added meanwhile skips nothing."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable, Iterable
from heapq import nsmallest
from typing import Any, TypeVar

import msgspec

from meshwright.serve.api.bodies import MOST_LINES, Words
from meshwright.serve.api.errors import HttpError

T = TypeVar("T")
LINES = 100


def paged(kind: type[T], name: str, key: str) -> Any:
    """Return the type of a page: `{key: [kind…], "next": cursor}`; `next` is '' on the last page."""
    return msgspec.defstruct(name, [(key, tuple[kind, ...]), ("next", str, "")])  # type: ignore[valid-type]


def page(page_type: Any, lines: Iterable[T], key: Callable[[T], str], words: Words) -> Any:
    """Return the page that `limit` and `cursor` ask for, of lines sorted by their key, ascending."""
    return _page(page_type, sorted(lines, key=key), key, words, lambda one, after: one > after)


def page_of(
    page_type: Any, keys: Iterable[str], make: Callable[[str], object], words: Words
) -> Any:
    """Return a page of what is made of keys, ascending; only what stands on it is made."""
    most = max(1, words.count("limit", LINES, MOST_LINES))
    after = read_cursor(words)
    shown = nsmallest(most + 1, (key for key in keys if key > after))
    cursor = write_cursor(shown[most - 1]) if len(shown) > most else ""
    return page_type(tuple(map(make, shown[:most])), cursor)


def page_down(page_type: Any, lines: Iterable[T], key: Callable[[T], str], words: Words) -> Any:
    """Return the page of lines sorted by their key, descending: the newest first."""
    ordered = sorted(lines, key=key, reverse=True)
    return _page(page_type, ordered, key, words, lambda one, after: one < after)


def offset_of(words: Words) -> int:
    """Return how many lines the cursor of a ranked list goes past."""
    said = read_cursor(words)
    if not said:
        return 0
    if not (said.isascii() and said.isdigit() and len(said) < 8):
        raise HttpError(
            400, "cursor-invalid", "this is no cursor", hint="send `next` of the page before"
        )
    return int(said)


def cursor_at(offset: int) -> str:
    """Return the cursor that goes past so many lines of a ranked list."""
    return write_cursor(str(offset))


def _page(
    page_type: Any,
    lines: list[T],
    key: Callable[[T], str],
    words: Words,
    follows: Callable[[str, str], bool],
) -> Any:
    most = max(1, words.count("limit", LINES, MOST_LINES))
    after = read_cursor(words)
    rest = [line for line in lines if not after or follows(key(line), after)]
    shown = rest[:most]
    cursor = write_cursor(key(shown[-1])) if len(rest) > most else ""
    return page_type(tuple(shown), cursor)


def write_cursor(key: str) -> str:
    """Return the cursor that goes on after a key."""
    return urlsafe_b64encode(key.encode()).decode().rstrip("=")


def read_cursor(words: Words) -> str:
    """Return the key after which a request goes on; '' from the beginning; raise 400 (`cursor-invalid`)."""
    cursor = words.text("cursor")
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return urlsafe_b64decode(padded).decode()
    except (Error, ValueError) as error:
        raise HttpError(
            400, "cursor-invalid", "this is no cursor", hint="send `next` of the page before"
        ) from error
