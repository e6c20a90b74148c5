"""A mesh whose clock the test moves, and whose notifier is a listener on this machine."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from meshwright.app.mesh import Mesh
from meshwright.app.observe import Cycle
from meshwright.app.wiring import Wiring
from tests.meshes import change_yaml


class Clock:
    """The time of a mesh: what the test says."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC)  # the ledger's time never goes back, also not in a test

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **span: float) -> None:
        """Let time pass."""
        self.time += timedelta(**span)


def open_at(folder: Path, clock: Clock) -> Mesh:
    """Open a mesh that tells the time by a clock of the test."""
    return Mesh(Wiring(folder, now=clock))


def alert(folder: Path, port: int, **alerts: Any) -> None:
    """Let mesh.yaml tell a listener of everything, or as `alerts` says."""
    said = {"notifiers": {"hook": f"json://127.0.0.1:{port}/"}, "default": ["hook"], **alerts}
    change_yaml(folder / "mesh.yaml", lambda mesh: mesh.update(alerts=said))


def observe(folder: Path, clock: Clock) -> Cycle:
    """Do one round, as the loop does."""
    with open_at(folder, clock) as mesh:
        cycle = mesh.observe_once()
    assert not cycle.problems, [str(problem) for problem in cycle.problems]
    return cycle


def promise(*levels: Mapping[str, object]) -> Any:
    """Return a change of a contract: these service levels."""
    return lambda contract: contract.update(slaProperties=list(levels))
