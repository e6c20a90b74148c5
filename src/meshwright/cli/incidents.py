"""Incidents for people: a list, and one with its story, its impact and the next step."""

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text
from rich.tree import Tree

from meshwright.app.incident_pages import ImpactNode, IncidentLine, IncidentPage
from meshwright.cli import tables
from meshwright.cli.console import clean, clean_lines, say
from meshwright.model.counted import counted

_SEVERITY = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "bright_black"}
_SHOWN = 20


def show_list(lines: Sequence[IncidentLine], *, closed: bool) -> None:
    """Print a table; two lines an incident, so that it reads at 80 columns."""
    if not lines:
        say("no incidents" if closed else "no open incidents")
        return
    out = tables.out()
    for line in lines:
        out.print(_head(line))
        out.print(_below(line.explanation or line.cause))
        reached = counted(len(line.impact), "port")
        reaches = f"reaches {reached} downstream" if line.impact else ""
        told = [_since(line), f"owner {line.owner}" if line.owner else "", reaches]
        out.print(_below(" · ".join(one for one in told if one), "bright_black"))
    say(f"next: mesh incidents show {lines[0].id}")


def show_page(page: IncidentPage) -> None:
    """Print all of one incident."""
    out, line = tables.out(), page.line
    out.print(_head(line))
    out.print(_below(line.explanation))
    out.print(_below(f"{_since(line)} · {line.cause}", "bright_black"))
    out.print(_below(f"owner {line.owner or 'nobody'}", "bright_black"))
    if page.hints:
        _title(out, "it may be because")
        for hint in page.hints:
            out.print(_below(f"• {hint}"))
    _title(out, "what rests on it")
    _show_impact(out, page)
    _title(out, "its story (UTC)")
    for event in page.timeline:
        who = event.actor.removeprefix("person:")
        date = f" for {event.business_date}" if event.business_date else ""
        out.print(_below(f"{_minute(event.at)}  {event.event}{date} by {who}", "bright_black"))
        if event.text:
            out.print(_below(event.text, indent=4))
    out.print()
    out.print(Text.assemble(("next: ", "cyan"), _next(line)))


def _show_impact(out: Console, page: IncidentPage) -> None:
    if not page.tree:
        out.print(_below("nothing in this mesh"))
    else:
        tree = Tree(Text(page.line.address), guide_style="bright_black")
        _grow(tree, page.tree)
        out.print(Padding(tree, (0, 0, 0, 2), expand=False))
    for what, people in (("owners", page.owners), ("asked it lately", page.readers)):
        if people:
            names = [name.removeprefix("person:") for name in people]
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            out.print(_below(f"{what}: {', '.join(names[:_SHOWN])}{more}"))


def _grow(tree: Tree, nodes: Sequence[ImpactNode]) -> None:
    for node in nodes[:_SHOWN]:
        _grow(tree.add(Text(f"{node.product}  {', '.join(node.ports)}")), node.below)
    if len(nodes) > _SHOWN:
        tree.add(Text(f"and {len(nodes) - _SHOWN} more"))


def _head(line: IncidentLine) -> Text:
    return Text.assemble(
        (line.id, "bold"),
        "  ",
        (line.severity, _SEVERITY.get(line.severity, "")),
        "  ",
        tables.status(line.state),
        "  ",
        (clean(line.address), "bold"),
        f"  marked {line.mark}" if line.mark else "",
    )


def _since(line: IncidentLine) -> str:
    about = f" about {line.business_date}" if line.business_date else ""
    until = f" to {_minute(line.resolved)}" if line.resolved else ""
    return f"{line.kind}{about} since {_minute(line.opened)}{until}"


def _next(line: IncidentLine) -> str:
    if line.state == "resolved":
        return f"mesh incidents reopen {line.id}"
    if line.state == "open":
        return f'mesh incidents ack {line.id} --note "…"'
    if line.kind == "anomaly" and not line.mark:
        return f"mesh incidents mark {line.id} expected|real"
    return f"mesh show {line.product}"


def _minute(at: str) -> str:
    return at[:16].replace("T", " ")


def _title(out: Console, text: str) -> None:
    out.print()
    out.print(text, style="cyan")


def _below(text: str, style: str = "", indent: int = 2) -> Padding:
    return Padding(Text(clean_lines(text), style=style), (0, 0, 0, indent), expand=False)
