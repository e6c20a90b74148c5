"""What a process of the pool gives up before it hears any text: the last layer, held by the kernel.

It writes nothing (no file grows; where the kernel has Landlock, none is made, cut or removed), starts
no program, opens no network connection, leaves no core, gains no rights, and dies with its parent. On a
system without one of these the others hold.
"""

import ctypes
import os
import resource
import signal
import struct
import threading

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_DUMPABLE = 1, 38, 4
_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_VERSION = 1
# Landlock: execute, write, remove, make …, refer, truncate, device control; reading alone is left.
_FILES = {1: 0x1FFF & ~0b1100, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
_TCP = 0b11
_FEW_FILES = 256
SLACK = 384 * 1024 * 1024  # address space that an idle engine reserves beside its memory
PER_THREAD = 80 * 1024 * 1024


def confine(parent: int) -> None:
    """Give everything up, before any other thread exists; raise `SystemExit` when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to hear
    for name, most in (("FSIZE", 0), ("CORE", 0), ("NOFILE", _FEW_FILES)):
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    c = _libc()
    if c is not None:
        c.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        c.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        c.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        _landlock(c)
    if os.getppid() != parent:
        raise SystemExit(1)


def limit_memory(most: int, threads: int, base: int) -> None:
    """Let the address space grow by `most` bytes over what the idle process takes."""
    wanted = base + most + SLACK + threads * PER_THREAD
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def limit_processor(seconds: float, threads: int) -> None:
    """Let the kernel end a query that outlives its time while nobody looks."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    more = int(used.ru_utime + used.ru_stime + seconds * threads * 2) + 10
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (more, hard))


def address_space() -> int:
    """Return how many bytes of address space this process has; 0 where it cannot be told."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except (OSError, ValueError):
        return 0


def die_with(channel: int) -> None:
    """End this process as soon as the other end of its socket is closed."""
    import select

    if not hasattr(select, "poll"):
        return
    poll = select.poll()
    poll.register(channel, getattr(select, "POLLRDHUP", 0) | select.POLLHUP)

    def watch() -> None:
        poll.poll()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def _libc() -> ctypes.CDLL | None:
    try:
        c = ctypes.CDLL(None, use_errno=True)
        _ = c.prctl
    except (OSError, AttributeError):
        return None
    return c


def _landlock(c: ctypes.CDLL) -> None:
    version = c.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))
    if version < 1:
        return
    files = sum(bits for since, bits in _FILES.items() if since <= version)
    rules = struct.pack("=QQ", files, _TCP) if version >= 4 else struct.pack("=Q", files)
    ruleset = c.syscall(_CREATE_RULESET, rules, ctypes.c_size_t(len(rules)), ctypes.c_uint32(0))
    if ruleset >= 0:
        c.syscall(_RESTRICT_SELF, ruleset, ctypes.c_uint32(0))
        os.close(ruleset)
