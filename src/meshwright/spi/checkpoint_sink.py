"""Where signed checkpoints of the ledger go, outside of the mesh's own state."""

from typing import Protocol


class CheckpointSink(Protocol):
    """Keeps checkpoints. Appending twice the same line is harmless."""

    def send(self, line: str) -> None:
        """Keep one signed checkpoint (one line of JSON); raise `UnreachableError` when it cannot."""

    def lines(self) -> list[str]:
        """Return every checkpoint kept, oldest first; empty when there is none."""
