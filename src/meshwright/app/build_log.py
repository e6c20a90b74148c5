"""What a build says while it goes on, kept beside it: each step with its time, a line of JSON each.

What must stay true: a line names models, inputs and ports, never a value; it is in the file before the step
begins, so that whoever looks from another process sees where a build is. The file is erasable, so that what
cannot be written costs nothing but the telling.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

FILE = "log.ndjson"
STAGE, WARNING = "stage", "warning"
MOST_BYTES = 1024 * 1024
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LogLine:
    """What a build began, or warned of. `at` is UTC, ISO 8601."""

    at: str
    kind: str
    text: str


class BuildLog:
    """Writes the log of one build, and passes on what is told. Every method may be called from any thread."""

    def __init__(self, tell: Tell, warn: Tell) -> None:
        self._tell, self._warn = tell, warn
        self._lock = Lock()
        self._waiting: list[str] = []
        self._path: Path | None = None

    def tell(self, text: str) -> None:
        """Take a step that begins."""
        self._keep(STAGE, text)
        self._tell(text)

    def warn(self, text: str) -> None:
        """Take a warning."""
        self._keep(WARNING, text)
        self._warn(text)

    def write_to(self, folder: Path) -> None:
        """Write what was told, and what will be, into a build's folder of side files."""
        with self._lock:
            self._path = folder / FILE
            waiting, self._waiting = self._waiting, []
            with suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True)
                self._path.write_text("".join(waiting), "utf-8")

    def _keep(self, kind: str, text: str) -> None:
        said = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "kind": kind,
            "text": text,
        }
        line = f"{json.dumps(said)}\n"
        with self._lock:
            if self._path is None:
                self._waiting.append(line)
                return
            with suppress(OSError), self._path.open("a", encoding="utf-8") as file:
                file.write(line)


def read_log(folder: Path) -> tuple[LogLine, ...]:
    """Return what a build said; nothing where its side files are gone."""
    try:
        with (folder / FILE).open(encoding="utf-8") as file:
            text = file.read(MOST_BYTES)
    except OSError:
        return ()
    found = []
    for line in text.splitlines():
        with suppress(ValueError, KeyError, TypeError):  # the last line may be half written
            said = json.loads(line)
            found.append(LogLine(str(said["at"]), str(said["kind"]), str(said["text"])))
    return tuple(found)
