"""`mesh ledger`: verify, rebuild, list, checkpoint."""

import click

from meshwright.cli import console

EXIT_BROKEN = 1


@click.group(
    epilog="""\b
Examples:
  mesh ledger verify
  mesh ledger list --kind VersionPublished --limit 5
  mesh ledger rebuild"""
)
def command() -> None:
    """The one log of facts that everything else follows from."""


@command.command(epilog="\b\nExample:\n  mesh ledger verify --json")
@console.json_option
@click.pass_context
@console.exits
def verify(ctx: click.Context, as_json: bool) -> int:
    """Check the hash chain, the signed checkpoints, and that the projections say the same."""
    found = console.open_mesh(ctx).ledger_verify()
    if as_json:
        console.put_json(found)
    else:
        for problem in found["problems"]:
            click.echo(problem)
        word = "whole" if not found["problems"] else "BROKEN"
        click.echo(f"{found['entries']:,} entries, {found['checkpoints']} checkpoints: {word}")
    return EXIT_BROKEN if found["problems"] else 0


@command.command(epilog="\b\nExample:\n  mesh ledger rebuild")
@console.json_option
@click.pass_context
@console.exits
def rebuild(ctx: click.Context, as_json: bool) -> None:
    """Drop the projections and make them again from the facts."""
    done = console.open_mesh(ctx).ledger_rebuild()
    if as_json:
        console.put_json(done)
    else:
        click.echo(f"rebuilt from {done['entries']:,} entries")


@command.command("list", epilog="\b\nExample:\n  mesh ledger list --kind QueryRan --limit 3")
@click.option("--kind", multiple=True, help="Only facts of this kind.")
@click.option(
    "--limit", type=click.IntRange(0), default=20, show_default=True, help="The newest; 0: all."
)
@console.json_option
@click.pass_context
@console.exits
def list_(ctx: click.Context, kind: tuple[str, ...], limit: int, as_json: bool) -> None:
    """List facts, newest last."""
    entries = console.open_mesh(ctx).ledger_entries(kinds=kind, limit=limit)
    if as_json:
        console.put_json({"entries": entries})
        return
    from meshwright.cli import tables

    rows = [
        (str(e["seq"]), str(e["at"])[:19].replace("T", " "), e["actor"], e["kind"], e["about"])
        for e in entries
    ]
    tables.out().print(tables.table(("seq", "when (UTC)", "by", "fact", "about"), rows))


@command.command(epilog="\b\nExample:\n  mesh ledger checkpoint")
@console.json_option
@click.pass_context
@console.exits
def checkpoint(ctx: click.Context, as_json: bool) -> None:
    """Sign where the ledger stands and send it to the sinks of mesh.yaml."""
    done = console.open_mesh(ctx).ledger_checkpoint()
    if as_json:
        console.put_json(done)
    else:
        click.echo(f"checkpoint at entry {done['seq']:,}")
