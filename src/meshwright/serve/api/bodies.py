"""What a request says, read strictly: a body as one of our values, and the words of its query string."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request

from meshwright.serve.api.errors import HttpError

T = TypeVar("T")
MOST_LINES = 1000


async def read_body(request: Request, kind: type[T]) -> T:
    """Return the JSON body as a value; raise 415 or 400 (`body-invalid`), naming what is wrong where."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise HttpError(415, "media-type-unknown", "the media type must be application/json")
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except msgspec.MsgspecError as error:
        said = str(error)[:300].rstrip(".")
        raise HttpError(400, "body-invalid", f"{said[:1].lower()}{said[1:]}") from error
    except UnicodeDecodeError as error:
        raise HttpError(400, "body-invalid", "the body is not UTF-8") from error
    except ClientDisconnect as error:
        raise HttpError(400, "body-cut-short", "the body is cut short") from error


class Words:
    """The query string: each name once, and only names that are known."""

    def __init__(self, request: Request, *known: str) -> None:
        self._said: dict[str, str] = {}
        for name, value in request.query_params.multi_items():
            if name not in known:
                listed = ", ".join(known) or "none"
                raise HttpError(
                    400,
                    "parameter-unknown",
                    f"`{name[:50]}` is no parameter of this",
                    hint=f"known: {listed}",
                )
            if name in self._said:
                raise HttpError(400, "parameter-twice", f"`{name}` is said twice")
            self._said[name] = value

    def text(self, name: str, default: str = "") -> str:
        """Return a word."""
        return self._said.get(name, default)

    def among(self, name: str, words: Sequence[str]) -> None:
        """Raise 400 (`parameter-invalid`) where a word is said that is none of these."""
        if name in self._said and self._said[name] not in words:
            listed = ", ".join(words)
            raise HttpError(400, "parameter-invalid", f"`{name}` must be one of {listed}")

    def needed(self, name: str) -> str:
        """Return a word that must be said."""
        if not self._said.get(name):
            raise HttpError(400, "parameter-missing", f"`{name}` must be said")
        return self._said[name]

    def number(self, name: str, default: int | None, most: int = 2**31 - 1) -> int | None:
        """Return a whole number from 0 on."""
        said = self._said.get(name)
        if said is None:
            return default
        if not (said.isascii() and said.isdigit() and len(said) < 12 and int(said) <= most):
            raise HttpError(400, "parameter-invalid", f"`{name}` must be a number from 0 to {most}")
        return int(said)

    def count(self, name: str, default: int, most: int = MOST_LINES) -> int:
        """Return a whole number from 0 on, which is never missing."""
        found = self.number(name, default, most)
        return default if found is None else found

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a yes or no."""
        said = self._said.get(name)
        if said is None:
            return default
        if said.lower() not in ("true", "false", "1", "0"):
            raise HttpError(400, "parameter-invalid", f"`{name}` must be true or false")
        return said.lower() in ("true", "1")

    def parts(self, name: str) -> tuple[str, ...]:
        """Return words separated by commas."""
        return tuple(part.strip() for part in self._said.get(name, "").split(",") if part.strip())
