"""Make docs/pictures from real terminals: run a command in a pseudo-terminal, keep what a person would see."""

import os
import pty
import re
import select
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
    """Run a command in a terminal of fixed width and return its output, colours included."""
    child, handle = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.environ |= {"COLUMNS": str(WIDTH), "LINES": "60", "TERM": "xterm-256color"}
        os.execvp(command[0], command)
    chunks = []
    while True:
        select.select([handle], [], [])
        try:
            data = os.read(handle, 65536)
        except OSError:
            break
        if not data:
            break
        chunks.append(data)
    os.waitpid(child, 0)
    return b"".join(chunks).decode("utf-8", "replace")


def settled(output: str) -> str:
    """Return what is left on the screen: live parts that were drawn over are gone."""
    lines: list[str] = []
    for raw in output.replace("\r\n", "\n").split("\n"):
        line = raw
        while (up := re.search(r"\x1b\[1A", line)) is not None:
            line = line[: up.start()] + line[up.end() :]
            if lines:
                lines.pop()
        line = re.sub(r"\x1b\[\?25[lh]|\x1b\[2K|\r", "", line)
        lines.append(line)
    return "\n".join(lines).strip("\n")


def picture(name: str, command: str, output: str) -> None:
    """Write one picture."""
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w"), force_terminal=True)
    console.print(Text(f"$ {command}", style="bold green"))
    console.print(Text.from_ansi(settled(output)))
    svg = console.export_svg(title="mesh")
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / f"{name}.svg").write_text(FONT_FACES.sub("", svg), "utf-8")


def main() -> None:
    """Run the demo and a few commands in it."""
    mesh = str(Path(sys.executable).parent / "mesh")
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        picture("demo", "mesh demo", terminal([mesh, "demo"], place))
        demo = place / "demo"
        for name, words in {
            "show": ["show", "weather.observations.hourly"],
            "plan": ["plan"],
            "history": ["history", "fleet.aircraft"],
            "explain": ["run", "weather.observations", "--force", "--explain"],
        }.items():
            picture(name, " ".join(["mesh", *words]), terminal([mesh, *words], demo))


if __name__ == "__main__":
    main()
