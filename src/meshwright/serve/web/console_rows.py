"""The rows of a query as the console shows them: the first ten thousand, with what they rest on.

What must stay true: a query is ended as soon as there are rows enough; a number that a browser cannot hold
exactly comes as text; what breaks off in the middle says so in the document.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from time import monotonic
from typing import Any

import msgspec

from meshwright.app.governed.answer import Answer
from meshwright.app.governed.sights import masked_results, sight_of, touched_columns
from meshwright.app.result import values_of
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.serve.wording import told

MOST_ROWS = 10_000
_SLICE = 2000
_EXACT = 2**53
_encoder = msgspec.json.Encoder(enc_hook=str)
Row = tuple[Any, ...]


class ConsoleRows:
    """Writes one answer as JSON. `started` is when it was asked for, by the clock `monotonic`."""

    def __init__(self, wiring: Wiring, sql: str, started: float, most: int = MOST_ROWS) -> None:
        self._wiring = wiring
        self._sql = sql
        self._started = started
        self._most = most

    def __call__(self, answer: Answer) -> Iterator[bytes]:
        """Give the document in pieces: the head with the first rows, more rows, how it ended."""
        slices = first_rows(answer, self._most)
        first, is_more = next(slices, []), False
        yield _encoder.encode(self.head(answer))[:-1] + b',"rows":[' + _inner(first or [])
        tail: dict[str, Any] = {}
        try:
            for rows in slices:
                is_more = is_more or rows is None
                yield b"," + _inner(rows) if rows else b""
        except MeshwrightError as error:
            answer.close(error.code)
            tail["error"] = told(error)
        tail |= {"seconds": round(monotonic() - self._started, 3), "more": is_more}
        yield b"]," + _encoder.encode(tail)[1:]

    def head(self, answer: Answer) -> dict[str, Any]:
        """Return what the rows rest on."""
        masked = masked_results(self._wiring, self._sql, answer)
        return {
            "query": answer.query,
            "columns": [
                {"name": one.name, "type": one.type, "masked": mask}
                for one, mask in zip(answer.columns, masked, strict=True)
            ],
            "ports": ports_shape(self._wiring, self._sql, answer),
        }


def ports_shape(wiring: Wiring, sql: str, answer: Answer) -> list[dict[str, Any]]:
    """Return how a query that ran sees each port."""
    touched = touched_columns(wiring, sql)
    return [
        asdict(sight_of(one, answer.versions.get(str(one.address.at(None)), 0), touched))
        for one in answer.decisions
    ]


def first_rows(answer: Answer, most: int) -> Iterator[list[Row] | None]:
    """Give the first rows in handy portions; None at the end where there are more."""
    left = most
    for batch in answer.batches():
        for start in range(0, batch.num_rows, _SLICE):
            part = batch.slice(start, _SLICE).slice(0, left)
            columns = [[_shown(value) for value in values_of(one)] for one in part.columns]
            if part.num_rows:
                yield list(zip(*columns, strict=True))
            left -= part.num_rows
            if part.num_rows < min(_SLICE, batch.num_rows - start):
                yield None
                return


def _inner(rows: Sequence[Row]) -> bytes:
    """Return rows as JSON without the brackets around all of them."""
    return _encoder.encode(rows)[1:-1]


def _shown(value: Any) -> Any:
    """Return a value as a browser can hold it."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if -_EXACT <= value <= _EXACT else str(value)
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, list | tuple):
        return [_shown(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _shown(one) for name, one in value.items()}
    return str(value)
