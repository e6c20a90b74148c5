"""`mesh whoami`: who you are in this mesh."""

import click

from meshwright.cli import console


@click.command(
    epilog="""\b
Examples:
  mesh whoami
  mesh --as person:elena.rossi@example.com whoami"""
)
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, as_json: bool) -> None:
    """Say who you are in this mesh, your teams and roles, and for whom you act."""
    from meshwright.cli.people import described

    asker = console.open_mesh(ctx).wiring.asker()
    who = asker.principal
    if as_json:
        said = described(who) | {"owns_mesh": who.owns_mesh, "on_behalf_of": asker.on_behalf_of}
        console.put_json(said)
        return
    click.echo(who.name)
    if who.owns_mesh:
        click.echo("  owns this mesh: its files are theirs, so nothing is kept from them")
    for word, names in (("teams", who.teams), ("roles", who.roles)):
        if names:
            click.echo(f"  {word}: {', '.join(names)}")
    if asker.on_behalf_of:
        click.echo(f"  on the word of {asker.on_behalf_of}, and recorded so")
