"""Tables and trees for people: as wide as the terminal, plain when nobody watches."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from meshwright.cli.console import clean

STATUS_STYLE = {
    "published": "green",
    "up_to_date": "bright_black",
    "rejected": "red",
    "failed": "red",
    "refused": "red",
    "held": "yellow",
    "skipped": "yellow",
    "retired": "bright_black",
    "build": "green",
    "after": "cyan",
    "passed": "green",
    "warning": "yellow",
    "error": "red",
    "open": "red",
    "acknowledged": "yellow",
    "resolved": "green",
    "running": "cyan",
    "accepted": "yellow",
    "sent": "green",
}
STATUS_SIGN = {
    "published": "✔",
    "up_to_date": "·",
    "rejected": "✘",
    "failed": "✘",
    "refused": "✘",
    "held": "‖",
    "skipped": "–",
    "retired": "·",
    "build": "+",
    "after": "?",
    "running": "…",
    "accepted": "✔",
    "open": "✘",
    "acknowledged": "…",
    "resolved": "✔",
}


def out() -> Console:
    """Return the console of results (stdout)."""
    return Console(highlight=False, soft_wrap=False)


def err() -> Console:
    """Return the console of narration (stderr)."""
    return Console(stderr=True, highlight=False)


def status(word: str) -> Text:
    """Return a status with its sign and colour."""
    label = word.replace("_", " ")
    return Text(f"{STATUS_SIGN.get(word, '')} {label}".strip(), style=STATUS_STYLE.get(word, ""))


def table(
    headers: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()
) -> Table:
    """Return a light table: no box, headers dim, numbers to the right."""
    made = Table(box=None, pad_edge=False, header_style="bright_black", padding=(0, 2, 0, 0))
    for header in headers:
        made.add_column(
            clean(header),
            justify="right" if header in right else "left",
            overflow="fold",
            min_width=4,
        )
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else _text(cell) for cell in row))
    return made


def _text(cell: object) -> Text:
    if cell is None:
        return Text("–", style="bright_black")
    if isinstance(cell, int) and not isinstance(cell, bool):
        return Text(f"{cell:,}")
    return Text(clean(str(cell)))


def size(count: float) -> str:
    """Return bytes as people read them."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def seconds(value: float) -> str:
    """Return a duration as people read it."""
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"
