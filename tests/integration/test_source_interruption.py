"""A signal that comes while the main thread waits for DuckDB."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pytest

from meshwright.adapters.files.interruption import interruptible

# A long pipeline of short steps: between them, DuckDB looks for signals.
_LONG = "SELECT sum(hash(i) % 7) FROM range(5000000000) t(i)"


@contextmanager
def signalled(seconds: float) -> Iterator[None]:
    """Send this process a signal that is taken as an interruption, after some time."""

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.slow
def test_a_signal_while_duckdb_runs_is_an_interruption() -> None:
    connection = duckdb.connect()
    with signalled(0.3), pytest.raises(KeyboardInterrupt) as ended, interruptible():
        connection.execute(_LONG).fetchall()
    assert isinstance(ended.value.__cause__, RuntimeError)


def test_another_error_stays_what_it_is() -> None:
    with pytest.raises(RuntimeError, match="something else"), interruptible():
        raise RuntimeError("something else")
