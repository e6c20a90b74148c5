"""Keep the libraries below quiet while they hold an address: what they log may hold a secret."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LOGGERS = ("apprise", "urllib3.connectionpool", "urllib3.util.retry", "requests")
_here = threading.local()


class _Muffler(logging.Filter):
    """Drops what a thread logs that sends for us; whoever else uses the libraries keeps their logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        del record
        return not getattr(_here, "depth", 0)


_muffler = _Muffler()


@contextmanager
def muffled() -> Iterator[None]:
    """Log nothing of these libraries in this thread for a while."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_muffler)  # adding it again changes nothing
    _here.depth = getattr(_here, "depth", 0) + 1
    try:
        yield
    finally:
        _here.depth -= 1
