"""`mesh declassify`: an owner says that a derived column reveals nothing any more."""

from typing import Any

import click

from meshwright.cli import console


@click.command(
    epilog="""\b
Examples:
  mesh declassify experience.delay_risk.routes.risk --as internal --reason "means over 100 flights"
  mesh declassify sales.report.by_age.decade --as internal --reason "ten years wide" --until 2027-06-30
  mesh declassify sales.report.by_age.decade --withdraw --reason "some decades have one person"
  mesh declassify --list"""
)
@click.argument("address", required=False, metavar="[ADDRESS.COLUMN]")
@click.option(
    "--as", "level", metavar="LEVEL", help="public, internal, confidential or restricted."
)
@click.option("--tags", default="", metavar="TAG,…", help="Tags that stay true of it, as `pii`.")
@click.option("--reason", default="", help="Why; kept in the ledger.")
@click.option("--owner", default="", help="The owner who answers for it (default: you).")
@click.option("--until", default="", metavar="DATE", help="The last day on which this holds.")
@click.option("--withdraw", is_flag=True, help="End what was said of the column.")
@click.option("--list", "is_list", is_flag=True, help="List what owners said.")
@console.json_option
@click.pass_context
@console.exits
def command(
    ctx: click.Context,
    address: str | None,
    level: str | None,
    tags: str,
    reason: str,
    owner: str,
    until: str,
    withdraw: bool,
    is_list: bool,
    as_json: bool,
) -> None:
    """Let a derived column be declared as less than what flows into it, on an owner's word.

    A column of a source is declassified by nobody: its contract says what it is.
    """
    mesh = console.open_mesh(ctx)
    if is_list or address is None:
        if not is_list:
            raise click.UsageError("name a column, or ask with --list")
        _list(mesh.declassified(*((address,) if address else ())), as_json)
        return
    if withdraw:
        done = mesh.withdraw_declassification(address, reason=reason, owner=owner)
    elif level is None:
        raise click.UsageError("--as says what the column may be declared as")
    else:
        said = tuple(filter(None, (tag.strip() for tag in tags.split(","))))
        done = mesh.declassify(
            address, level=level, tags=said, reason=reason, owner=owner, until=until
        )
    if as_json:
        console.put_json(done)
    elif withdraw:
        click.echo(f"{done['column']} carries what flows into it again, says {done['owner']}")
    else:
        until_when = f" until {done['expires']}" if done["expires"] else ""
        click.echo(
            f"{done['column']} may be declared {_words(done)}{until_when}, says {done['owner']}"
        )


def _words(said: dict[str, Any]) -> str:
    return ", ".join((said["classification"], *said["tags"]))


def _list(found: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        console.put_json({"declassified": found})
        return
    if not found:
        click.echo("no column is declassified")
        return
    from meshwright.cli import tables

    rows = [
        (
            said["column"],
            _words(said),
            said["owner"],
            (said["expires"] or "") + ("" if said["holds"] else " (expired)"),
            said["reason"],
        )
        for said in found
    ]
    tables.out().print(tables.table(("column", "may be", "says", "until", "because"), rows))
