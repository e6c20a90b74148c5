"""Say which service levels nothing judges: each by name, one reason once however many ports share it."""

from collections.abc import Iterable
from textwrap import wrap

from meshwright.cli.console import clean


def unenforced(items: Iterable[tuple[str, str, str]], width: int) -> list[str]:
    """Return lines for (port, service level, reason); the ports that share a reason are listed below it."""
    ports: dict[tuple[str, str], list[str]] = {}
    for port, name, reason in items:
        ports.setdefault((name, reason), []).append(port)
    lines = []
    for (name, reason), named in ports.items():
        if len(named) == 1:
            lines.append(clean(f"NOT ENFORCED {named[0]} {name}: {reason}"))
            continue
        lines.append(clean(f"NOT ENFORCED {name} of {len(named)} ports: {reason}"))
        listed = wrap(clean(", ".join(named)), width - 4, break_on_hyphens=False)
        lines += [f"    {line}" for line in listed]
    return lines
