"""Signals that are not lost: a main thread that waits is woken for each.

CPython runs the handler of a signal in the main thread. One that comes in the moment before that thread
begins to wait for a lock only leaves a mark, and nothing wakes the thread: a Ctrl-C then does nothing. While
threads vie for the interpreter this was seen once in about a hundred times.
"""

import os
import signal
from functools import cache
from threading import Thread, main_thread
from time import sleep

_WAKE = signal.SIGURG  # means nothing to us, and harms nobody who does not catch it
_TIMES, _PAUSE = 20, 0.05  # seconds between: the first one may come in such a moment too


@cache
def heed_signals() -> None:
    """Wake the main thread for every signal that has a handler. To be called there; once is enough."""
    told, tells = os.pipe()
    os.set_blocking(tells, False)
    signal.signal(_WAKE, lambda number, frame: None)
    signal.set_wakeup_fd(tells, warn_on_full_buffer=False)
    Thread(target=_wake, args=(told,), name="mesh-signals", daemon=True).start()


def _wake(told: int) -> None:
    main = main_thread().ident
    assert main is not None
    while number := os.read(told, 1):
        if number[0] == _WAKE:
            continue
        for _ in range(_TIMES):
            sleep(_PAUSE)
            signal.pthread_kill(main, _WAKE)
