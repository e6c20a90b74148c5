"""How a message shows a value that someone wrote, and what it proposes instead."""

from collections.abc import Iterable
from decimal import Decimal

from meshwright.errors import nearest

NAME_HINT = "a name has lowercase letters, digits and `_`, and begins with a letter"


def show(value: object) -> str:
    """Return a value as a message shows it: short, in backticks, with its kind where that helps."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = " ".join(str(value).split())
    short = f"`{text if len(text) <= 40 else text[:37] + '...'}`"
    return f"the number {short}" if isinstance(value, int | float | Decimal) else short


def nearest_hint(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return a hint with the nearest known name, or `otherwise` where none is near."""
    close = nearest(name, known)
    return f"did you mean `{close}`?" if close else otherwise
