"""`mesh classify`: which columns look personal; accept or refuse what is suggested."""

from itertools import groupby
from typing import TYPE_CHECKING

import click

from meshwright.cli import console

if TYPE_CHECKING:
    from meshwright.app.classify import Suggestion
    from meshwright.app.classify_decide import Decided


HEADERS = ("column", "kind", "sure", "to be declared", "state", "first reason")


class Classify(click.Group):
    """A group whose first word, where it is no command of the group, is a selection for `find`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `find` before arguments that name no command."""
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["find", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=Classify,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  mesh classify                                 every served port
  mesh classify loyalty.* --json                of one domain
  mesh classify --source customers.csv          a file, before it is a product
  mesh classify accept crm.customers.customers.email
  mesh classify refuse sales.shops.shops.name --reason "names of shops"
\b
Suggestions only: an owner decides, and the contract says so from then on.""",
)
def command() -> None:
    """Find personal and sensitive data; what an owner accepts goes into the contract."""


@command.command(
    "find",
    epilog="""\b
Examples:
  mesh classify find loyalty.*
  mesh classify find --source crm.db --table customers""",
)
@click.argument("select", nargs=-1)
@click.option("--source", default="", metavar="FILE", help="A file, glob or database instead.")
@click.option("--table", default="", metavar="NAME", help="The table of a database, or the sheet.")
@console.json_option
@click.pass_context
@console.exits
def find(
    ctx: click.Context, select: tuple[str, ...], source: str, table: str, as_json: bool
) -> None:
    """Look at a sample of every served port, or of those selected, and suggest classifications."""
    found = _found(ctx, select, source, table)
    if as_json:
        console.put_json({"suggestions": [_shape(one) for one in found]})
        return
    _show(found)


@command.command("accept", epilog="\b\nExample:\n  mesh classify accept crm.people.people.email")
@click.argument("address", metavar="DOMAIN.PRODUCT.PORT.COLUMN")
@click.option("--kind", default="", help="The kind, where another is right than was suggested.")
@console.json_option
@click.pass_context
@console.exits
def accept(ctx: click.Context, address: str, kind: str, as_json: bool) -> None:
    """Write a suggestion's classification and tags into the contract."""
    from meshwright.app.classify_decide import accept

    _tell(accept(console.open_mesh(ctx).wiring, address, kind), as_json)


@command.command(
    "refuse",
    epilog='\b\nExample:\n  mesh classify refuse sales.shops.shops.name --reason "names of shops"',
)
@click.argument("address", metavar="DOMAIN.PRODUCT.PORT.COLUMN")
@click.option("--reason", required=True, help="Why it is none, in a sentence.")
@click.option("--kind", default="", help="Which suggestion, where there are several.")
@click.option("--owner", default="", help="The owner whose word it is (default: you).")
@console.json_option
@click.pass_context
@console.exits
def refuse(
    ctx: click.Context, address: str, reason: str, kind: str, owner: str, as_json: bool
) -> None:
    """Say that a column does not hold what was suggested; it is not suggested again."""
    from meshwright.app.classify_decide import refuse

    _tell(refuse(console.open_mesh(ctx).wiring, address, reason, kind, owner), as_json)


def _found(
    ctx: click.Context, select: tuple[str, ...], source: str, table: str
) -> "tuple[Suggestion, ...]":
    if not source:
        return console.open_mesh(ctx).classify(*select)
    from pathlib import Path

    from meshwright.app.classify_sources import classify_source
    from meshwright.app.wiring import Wiring

    if select:
        raise click.UsageError("select products, or name a --source, not both")
    return classify_source(Wiring(Path.cwd()), source, table)


def _shape(one: "Suggestion") -> dict[str, object]:
    return {
        "product": one.product,
        "column": one.column,
        "kind": one.kind,
        "classification": one.classification,
        "tags": list(one.tags),
        "confidence": one.confidence,
        "evidence": list(one.evidence),
        "state": one.state,
        "declared": one.declared,
    }


def _show(found: "tuple[Suggestion, ...]") -> None:
    from meshwright.cli import tables
    from meshwright.model.counted import counted

    if not found:
        console.put("nothing looks personal")
        return
    for name, group in groupby(found, key=lambda one: one.column.rpartition(".")[0]):
        console.put(name)
        rows = [
            (
                one.column.rpartition(".")[2],
                one.kind,
                f"{one.confidence:.2f}",
                ", ".join((one.classification, *one.tags)),
                one.state,
                one.evidence[0] if one.evidence else "",
            )
            for one in group
        ]
        tables.out().print(tables.table(HEADERS, rows, right=("sure",)))
    fresh = [one for one in found if one.state in ("new", "weaker")]
    if fresh and fresh[0].product:
        console.say(f"{counted(len(fresh), 'suggestion')} for an owner to decide")
        console.say(f"  {console.paint('next:', 'cyan')} mesh classify accept {fresh[0].column}")


def _tell(done: "Decided", as_json: bool) -> None:
    if as_json:
        from dataclasses import asdict

        console.put_json(asdict(done))
        return
    if done.decision == "refused":
        console.put(f"{done.column} is not suggested as {done.kind} again")
        return
    tags = f", tags {', '.join(done.tags)}" if done.tags else ""
    console.put(f"{done.column} is {done.classification}{tags}: {done.file}")
    if done.version:
        console.say(f"  {console.paint('next:', 'cyan')} give the contract version {done.version}")
