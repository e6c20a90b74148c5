"""`mesh access request`: ask for access to a port."""

import click

from meshwright.cli import access_words, console


@click.command(
    epilog="""\b
Examples:
  mesh access request loyalty.members.profiles --purpose "churn model" --for 30d
  mesh access request loyalty.members.profiles --purpose "churn model" --columns member,tier
  mesh access request sales.orders.orders --purpose dashboards --for-principal service:bi"""
)
@click.argument("address")
@click.option("--purpose", default="", metavar="TEXT", help="What it is for; part of the grant.")
@click.option(
    "--for", "lasting", default="30d", show_default=True, metavar="TIME", help="How long."
)
@click.option("--columns", default="", metavar="NAME,…", help="Only these; none said: all.")
@click.option("--reason", default="", help="More words for whoever approves.")
@click.option(
    "--for-principal", default="", metavar="NAME", help="Who gets it, where that is not you."
)
@console.json_option
@click.pass_context
@console.exits
def command(
    ctx: click.Context,
    address: str,
    purpose: str,
    lasting: str,
    columns: str,
    reason: str,
    for_principal: str,
    as_json: bool,
) -> None:
    """Ask to read a port, for a purpose and a time."""
    done = console.open_mesh(ctx).access.request(
        address,
        purpose=purpose,
        lasting=lasting,
        columns=access_words.listed(columns),
        reason=reason,
        for_principal=for_principal,
    )
    if as_json:
        console.put_json(done)
    else:
        access_words.tell_request(done)
