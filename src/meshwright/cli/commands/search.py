"""`mesh search`: find products, ports, columns, terms and domains by words."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from meshwright.cli import console, entries
from meshwright.cli.health_table import COLOURS
from meshwright.model.counted import counted

if TYPE_CHECKING:
    from meshwright.app.catalog.alike import Alike
    from meshwright.app.catalog.search import Found, Hit

_SHOWN = ("kind", "domain", "tag")  # facets that help to narrow a search down


@click.command(
    epilog="""\b
Examples:
  mesh search departure delay        products, ports, columns and terms
  mesh search delya                  a typo is corrected, and said so
  mesh search delay --kind column    columns alone
  mesh search --domain weather       all that a domain has
  mesh search --like sales.orders    ports that are like one, or can be joined"""
)
@click.argument("words", nargs=-1)
@click.option("--domain", "domain", multiple=True, metavar="NAME", help="Only of this domain.")
@click.option("--tag", "tag", multiple=True, metavar="TAG", help="Only with this tag.")
@click.option(
    "--kind", "kind", multiple=True, help="Only product, port, column, term or domain.",
    type=click.Choice(("product", "port", "column", "term", "domain")),
)  # fmt: skip
@click.option("--owner", "owner", multiple=True, metavar="NAME", help="Only of this owner.")
@click.option("--certified", is_flag=True, help="Only what is certified: see mesh score.")
@click.option(
    "--like", metavar="ADDRESS", help="Ports that are like a port, or can be joined with it."
)
@click.option("--limit", default=20, metavar="N", help="So many at most (default 20).",
              type=click.IntRange(1, 1000))  # fmt: skip
@console.json_option
@click.pass_context
@console.exits
def command(
    ctx: click.Context,
    words: tuple[str, ...],
    domain: tuple[str, ...],
    tag: tuple[str, ...],
    kind: tuple[str, ...],
    owner: tuple[str, ...],
    certified: bool,
    like: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Find products, ports, columns, terms and domains by words; options of one name are alternatives."""
    if like:
        _put_alike(console.open_mesh(ctx).alike(like)[:limit], as_json=as_json)
        return
    filters = {
        "domain": domain, "tag": tag, "kind": kind, "owner": owner,
        "certified": ("yes",) if certified else (),
    }  # fmt: skip
    found = console.open_mesh(ctx).search(" ".join(words), filters, limit)
    if as_json:
        console.put_json(asdict(found))
        return
    if found.corrected:
        console.say(f"shown for: {console.clean(found.corrected)}")
    if found.is_partial:
        console.say("the mesh is still being indexed: more may be found in a while")
    for hit in found.hits:
        _put(hit)
    _narrate(found)


def _put_alike(found: "tuple[Alike, ...]", *, as_json: bool) -> None:
    if as_json:
        console.put_json({"alike": [asdict(one) for one in found]})
        return
    for one in found:
        joins = ", ".join(f"{mine} = {theirs}" for mine, theirs in one.on[:3])
        entries.put(one.address, (f"{one.score:.0%}", "green"), [one.kind], [one.why, joins])
    if not found:
        console.say("no port is like it")


def _put(hit: "Hit") -> None:
    marks = [
        hit.kind,
        "certified" if hit.is_certified else "",
        "deprecated" if hit.is_deprecated else "",
    ]
    state = (hit.health, COLOURS.get(hit.health, "bright_black"))
    entries.put(hit.address, state, marks, [hit.title, hit.description])


def _narrate(found: "Found") -> None:
    if not found.total:
        console.say("nothing is found; `mesh search` without words lists everything")
        return
    shown = len(found.hits)
    more = f", the first {shown} are shown" if shown < found.total else ""
    console.say(f"{counted(found.total, 'hit')}{more}")
    if more:
        for facet in _SHOWN:
            values = found.facets.get(facet, ())[:6]
            if len(values) > 1:
                listed = ", ".join(f"{value} {count}" for value, count in values)
                console.say(f"  --{facet}: {console.clean(listed)}")
