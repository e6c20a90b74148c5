"""A signal while DuckDB reads a file, as the interruption that it is."""

from collections.abc import Iterator
from contextlib import contextmanager

_WORD = "Query interrupted"  # all that tells it from other errors


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise `KeyboardInterrupt` for a signal that came while the main thread waited for DuckDB."""
    try:
        yield
    except RuntimeError as error:
        if str(error) != _WORD:
            raise
        raise KeyboardInterrupt from error
