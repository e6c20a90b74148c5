"""A checkpoint sink that is a file, for instance on a disk that the mesh's own machine cannot rewrite."""

import os
from pathlib import Path

from meshwright.errors import UnreachableError


class FileCheckpointSink:
    """One line a checkpoint, only ever appended to; what a crash left half written is passed over.

    That begins as a checkpoint does, with a brace; any other line was written by somebody else, and is told.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def send(self, line: str) -> None:
        """Append one line, on disk when this returns; a line that is there already is left alone."""
        if line in self.lines():
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._append(line)
        except OSError as error:
            raise self._unreachable(error) from error

    def lines(self) -> list[str]:
        """Return every whole line, oldest first, each once."""
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unreachable(error) from error
        whole = text.split("\n")[:-1]
        return list(dict.fromkeys(line for line in whole if line.strip() and not _is_torn(line)))

    def _append(self, line: str) -> None:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            torn = False
            if size:
                file.seek(size - 1)
                torn = file.read(1) != b"\n"
            file.write(b"\n" * torn + f"{line}\n".encode())
            os.fsync(file.fileno())

    def _unreachable(self, error: OSError) -> UnreachableError:
        return UnreachableError(
            "checkpoints-unreachable",
            f"checkpoints cannot be kept in `{self.path}`: {error.strerror}",
            hint="see `checkpoints:` in mesh.yaml",
        )


def _is_torn(line: str) -> bool:
    text = line.strip()
    return text.startswith("{") and not text.endswith("}")
