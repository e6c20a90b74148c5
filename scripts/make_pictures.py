"""Make docs/pictures from real terminals: run commands in the demo mesh, keep what a person would see."""

import io
import os
import pty
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
WIDTH = 100
FONT_FACES = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def terminal(command: list[str], folder: Path) -> str:
    """Run a command with its results on a terminal of fixed width; return narration, then results."""
    reader, writer = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(WIDTH), "LINES": "60", "TERM": "xterm-256color"}
    with tempfile.TemporaryFile() as narration:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=writer, stderr=narration
        )
        os.close(writer)
        results = b"".join(iter(lambda: _read(reader), b""))
        process.wait()
        narration.seek(0)
        told = narration.read()
    return (told + results).decode("utf-8", "replace").replace("\r\n", "\n").strip("\n")


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, 65536)
    except OSError:  # the other end of the terminal is closed
        return b""


def picture(name: str, command: str, output: str) -> None:
    """Write one picture."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text(f"$ {command}", style="bold green"))
    console.print(Text.from_ansi(output))
    svg = console.export_svg(title="mesh")
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / f"{name}.svg").write_text(FONT_FACES.sub("", svg), "utf-8")


def main() -> None:
    """Run the demo and a few commands in it, then the first months of its replay."""
    mesh = str(Path(sys.executable).parent / "mesh")
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        picture("demo", "mesh demo", terminal([mesh, "demo", "--no-serve"], place))
        demo = place / "demo"
        for name, words in {
            "show": ["show", "weather.observations.hourly"],
            "plan": ["plan"],
            "history": ["history", "fleet.aircraft"],
            "lineage": ["lineage", "experience.delay_risk.routes.risk"],
            "explain": ["run", "weather.observations", "--force", "--explain"],
        }.items():
            picture(name, " ".join(["mesh", *words]), terminal([mesh, *words], demo))
        replay = [mesh, "demo", "year", "--replay", "--until", "2013-03-20", "--json"]
        subprocess.run(replay, cwd=place, check=True, stdout=subprocess.DEVNULL)
        for name, words in {
            "incidents": ["incidents", "--all"],
            "incident": ["incidents", "show", "1"],
            "backtest": ["monitors", "backtest", "operations.flights.departures"],
            "health": ["health"],
        }.items():
            picture(name, " ".join(["mesh", *words]), terminal([mesh, *words], place / "year"))


if __name__ == "__main__":
    main()
