"""The `mesh` command as a person types it: in this process where that is enough, else in one of its own."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from meshwright.cli.main import main

MESH = [sys.executable, "-m", "meshwright.cli.main"]


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str
    raw: bytes = b""

    @property
    def json(self) -> Any:
        """Return stdout as the one JSON document that it is."""
        return json.loads(self.out)


def mesh(folder: Path, *arguments: str) -> Ended:
    """Run a command in this process, in a folder, with stdout and stderr apart."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    err = io.StringIO()
    with _in(folder), patch.object(sys, "argv", ["mesh", *arguments]):
        try:
            with redirect_stdout(out), redirect_stderr(err):
                main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
    raw = out.buffer.getvalue()  # type: ignore[attr-defined]
    text = raw.decode("utf-8", "replace")
    assert "Traceback" not in text + err.getvalue(), err.getvalue()
    return Ended(code, text, err.getvalue(), raw)


def process(folder: Path, *arguments: str, stdin: str | None = None) -> Ended:
    """Run a command in a process of its own."""
    done = subprocess.run(
        [*MESH, *arguments],
        cwd=folder,
        input=None if stdin is None else stdin.encode(),
        capture_output=True,
        timeout=120,
    )
    return Ended(
        done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode(), done.stdout
    )


def start(folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    """Begin a command that somebody will interrupt."""
    return subprocess.Popen(
        [*MESH, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONFAULTHANDLER": "1"},
    )


def interrupted(running: "subprocess.Popen[bytes]", number: int, seconds: float = 60) -> bytes:
    """Send a signal; return what the command says as it ends. Who does not end says what it does instead."""
    running.send_signal(number)
    try:
        _, err = running.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        signals = [
            line
            for line in Path(f"/proc/{running.pid}/status").read_text().splitlines()
            if line.startswith(("Sig", "Shd"))
        ]
        running.send_signal(signal.SIGABRT)
        _, err = running.communicate(timeout=seconds)
        raise AssertionError("\n".join(["not interrupted", *signals, err.decode()])) from None
    return err


@contextmanager
def _in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
