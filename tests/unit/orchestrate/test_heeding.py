"""A signal that reaches another thread than the main one is heeded all the same."""

import signal
import subprocess
import sys
import time

import pytest

# The main thread takes no signal itself, so that its waiting is never interrupted: the moment in which a
# Ctrl-C is lost, made to last.
WAITING = """
import signal, sys
from queue import SimpleQueue
from threading import Event, Thread
from meshwright.orchestrate.heeding import heed_signals

other = Thread(target=Event().wait, daemon=True)
other.start()
if sys.argv[1] == "heed":
    heed_signals()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
try:
    print("waiting", flush=True)
    SimpleQueue().get()
except KeyboardInterrupt:
    print("heeded", flush=True)
"""


def waiting(how: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WAITING, how]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "waiting\n"
    time.sleep(0.5)  # until it does
    process.send_signal(signal.SIGINT)
    return process


def test_a_signal_wakes_a_main_thread_that_waits():
    process = waiting("heed")
    assert process.communicate(timeout=20) == ("heeded\n", None)


def test_without_it_the_signal_is_lost():
    """Else the test above says nothing."""
    process = waiting("not")
    with pytest.raises(subprocess.TimeoutExpired):
        process.communicate(timeout=2)
    process.kill()
    process.communicate()
