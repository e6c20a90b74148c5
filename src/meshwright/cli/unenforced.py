"""Say which service levels nothing judges: each by name, one reason once however many ports share it."""

from collections.abc import Iterable
from textwrap import indent

from meshwright.cli.console import fitted
from meshwright.model.counted import counted

_BELOW = "    "


def unenforced(items: Iterable[tuple[str, str, str]], width: int) -> list[str]:
    """Return lines for (port, service level, reason); the ports that share a reason are listed below it."""
    ports: dict[tuple[str, str], list[str]] = {}
    for port, name, reason in items:
        ports.setdefault((name, reason), []).append(port)
    lines = []
    for (name, reason), named in ports.items():
        if len(named) == 1:
            lines += fitted(f"NOT ENFORCED {named[0]} {name}: {reason}", width, _BELOW)
            continue
        said = f"NOT ENFORCED {name} of {counted(len(named), 'port')}: {reason}"
        lines += fitted(said, width, _BELOW)
        listed = fitted(", ".join(named), max(width - len(_BELOW), 1), "")
        lines += [indent(line, _BELOW) for line in listed]
    return lines
