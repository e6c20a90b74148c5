"""How an impact looks: the columns hit, the models and contracts that say so, and the people."""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from meshwright.app.impact.found import BREAKS, MAY, USE, HitColumn, Impact
from meshwright.cli import tables
from meshwright.cli.console import clean
from meshwright.model.counted import counted

SHOWN = 30
COLOURS = {BREAKS: "red", MAY: "yellow"}


def show_impact(console: Console, impact: Impact) -> None:
    """Print what a change would break, nearest first; people at the end."""
    what = "" if impact.wish.kind == USE else f", {impact.wish}"
    console.print(Text.assemble((impact.address, "bold"), what))
    if not (impact.columns or impact.products or impact.contracts or impact.queries):
        console.print(Text("nothing rests on it"))
        return
    _show_columns(console, impact.columns)
    _show_table(
        console,
        ("model", "verdict", "names it in"),
        ((f"{m.product}.{m.model}", _verdict(m.verdict), str(m.place)) for m in impact.models),
    )
    _show_table(
        console,
        ("contract", "what", "verdict", "in"),
        ((p.address, p.what, _verdict(p.verdict), str(p.place)) for p in impact.contracts),
    )
    _show_table(
        console,
        ("query", "by", "times", "verdict"),
        (
            (
                q.sql or f"{q.digest[:12]} (its text is not kept)",
                ", ".join(q.people),
                q.times,
                _verdict(q.verdict),
            )
            for q in impact.queries
        ),
    )
    _show_people(console, impact)


def _show_columns(console: Console, columns: tuple[HitColumn, ...]) -> None:
    _show_table(
        console,
        ("column", "by", "verdict", "why"),
        (
            ("  " * min(c.depth - 1, 6) + c.address, c.how, _verdict(c.verdict), c.why)
            for c in columns
        ),
    )


def _show_table(
    console: Console, heads: tuple[str, ...], rows: Iterable[tuple[object, ...]]
) -> None:
    found = [tuple(clean(one) if isinstance(one, str) else one for one in row) for row in rows]
    if not found:
        return
    console.print()
    console.print(tables.table(heads, found[:SHOWN]))
    if len(found) > SHOWN:
        console.print(Text(f"and {len(found) - SHOWN} more: --json", style="bright_black"))


def _show_people(console: Console, impact: Impact) -> None:
    console.print()
    if impact.products:
        names = ", ".join(one.product for one in impact.products)
        console.print(Text(clean(f"{counted(len(impact.products), 'product')}: {names}")))
    for label, people in (
        ("owners", impact.owners),
        ("asked within 30 days", impact.readers),
        ("subscribed", tuple(one.principal or one.notifier for one in impact.subscribers)),
    ):
        if people:
            console.print(Text(clean(f"{label}: {', '.join(people)}")))
    console.print(Text("grants: none are given in this mesh yet", style="bright_black"))


def _verdict(verdict: str) -> Text:
    return Text(verdict, style=COLOURS.get(verdict, ""))
