"""`mesh lineage send`: the events of builds that no sink was told of yet, now."""

from dataclasses import asdict

import click

from meshwright.cli import console


@click.command(
    "send",
    epilog="""\b
Examples:
  mesh lineage send
  mesh lineage send --seconds 600 --json""",
)
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 86_400),
    default=60.0,
    show_default=True,
    help="How long to go on.",
)
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, seconds: float, as_json: bool) -> int:
    """Send the OpenLineage events that are still to be sent to the sinks of mesh.yaml.

    `mesh run` and `mesh observe` do it at their end, for a few seconds at most; a sink that was away is
    asked at once here. Ends with 3 where one could not be reached.
    """
    mesh = console.open_mesh(ctx)
    told = mesh.send_lineage(seconds)
    if as_json:
        console.put_json({"sinks": [asdict(one) for one in told]})
    elif not mesh.wiring.mesh.openlineage.sinks:
        click.echo("nobody is told of builds: mesh.yaml has no sinks in `openlineage:`")
    elif not told:
        click.echo("nothing is left to send")
    else:
        for one in told:
            rest = f", {one.refused:,} refused" if one.refused else ""
            rest += f", {one.waiting:,} facts still to tell" if one.waiting else ""
            click.echo(f"{one.sink}: {one.sent:,} events sent{rest}")
            if one.error:
                console.say(f"  {console.clean(one.message)}; {console.clean(one.hint)}")
    return 3 if any(one.error for one in told) else 0
