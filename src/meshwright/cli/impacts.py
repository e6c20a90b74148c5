"""How an impact looks: the columns hit, the models and contracts that say so, and the people."""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from meshwright.app.impact.found import BREAKS, MAY, USE, HitColumn, HitQuery, Impact
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
    _show_list(
        console,
        "models that name it",
        ((m.verdict, f"{m.product}.{m.model}", str(m.place)) for m in impact.models),
    )
    _show_list(
        console,
        "contracts",
        ((p.verdict, f"{p.address} {p.what}", str(p.place)) for p in impact.contracts),
    )
    _show_list(
        console,
        "queries of the last 30 days",
        ((q.verdict, _asked(q), q.sql or "its text is not kept") for q in impact.queries),
    )
    _show_people(console, impact)


def _asked(query: HitQuery) -> str:
    times = f"{query.times} times" if query.times > 1 else "once"
    return f"{', '.join(query.people)}, {times}, last {query.last[:16].replace('T', ' ')}"


def _show_columns(console: Console, columns: tuple[HitColumn, ...]) -> None:
    if not columns:
        return
    rows = [
        (
            Text("  " * min(c.depth - 1, 6) + clean(c.address)),
            c.how,
            _verdict(c.verdict),
            clean(c.why),
        )
        for c in columns
    ]
    console.print()
    console.print(tables.table(("column", "by", "verdict", "why"), rows[:SHOWN]))
    _show_rest(console, len(rows))


def _show_list(console: Console, title: str, rows: Iterable[tuple[str, str, str]]) -> None:
    """Print what has long names and places: a line for each of both, that a terminal may break."""
    found = list(rows)
    if not found:
        return
    console.print()
    console.print(Text(title, style="bold"))
    for verdict, what, where in found[:SHOWN]:
        line = Text.assemble("  ", _verdict(verdict), " ", clean(what))
        console.print(line, soft_wrap=True)
        console.print(Text(f"    {clean(where)}", style="bright_black"), soft_wrap=True)
    _show_rest(console, len(found))


def _show_rest(console: Console, count: int) -> None:
    if count > SHOWN:
        console.print(Text(f"  and {count - SHOWN} more: --json", style="bright_black"))


def _show_people(console: Console, impact: Impact) -> None:
    console.print()
    if impact.products:
        names = ", ".join(one.product for one in impact.products)
        console.print(Text(clean(f"{counted(len(impact.products), 'product')}: {names}")))
    for label, people in (
        ("owners", impact.owners),
        ("asked within 30 days", impact.readers),
        ("subscribed", tuple(one.principal or one.notifier for one in impact.subscribers)),
        ("granted", tuple(dict.fromkeys(one.principal for one in impact.grants))),
    ):
        if people:
            console.print(Text(clean(f"{label}: {', '.join(people)}")))


def _verdict(verdict: str) -> Text:
    return Text(verdict, style=COLOURS.get(verdict, ""))
