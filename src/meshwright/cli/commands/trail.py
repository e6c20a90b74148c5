"""`mesh trail`: who asked, was granted, read what, and why."""

import click

from meshwright.cli import console

FORMATS = ("table", "json", "csv", "ndjson")
EXIT_BROKEN = 1


@click.command(
    epilog="""\b
Examples:
  mesh trail --address loyalty.members.profiles
  mesh trail --principal ana@example.com --since 2027-01-01
  mesh trail --refused --kind query
  mesh trail --format ndjson --limit 0 > trail.ndjson
  mesh trail --verify"""
)
@click.option("--principal", default="", metavar="NAME", help="Who did it, or whom it is about.")
@click.option("--address", default="", help="A domain, a product or a port.")
@click.option("--kind", "kinds", multiple=True, metavar="KIND",
              help="query, request, approval, grant, revocation, refusal, review, identity, sign-in, "
              "acting or declassification.")  # fmt: skip
@click.option("--since", default="", metavar="TIME", help="A day or a time, in the mesh's zone.")
@click.option("--until", default="", metavar="TIME", help="The same; a day is within.")
@click.option("--refused", is_flag=True, help="Only what was refused, or failed.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--limit", type=click.IntRange(0), default=100, show_default=True,
              help="So many of the newest; 0: all.")  # fmt: skip
@click.option("--verify", is_flag=True, help="Say whether the chain is what was written.")
@console.json_option
@click.pass_context
@console.exits
def command(
    ctx: click.Context,
    principal: str,
    address: str,
    kinds: tuple[str, ...],
    since: str,
    until: str,
    refused: bool,
    form: str,
    limit: int,
    verify: bool,
    as_json: bool,
) -> int:
    """Tell who asked for access, was granted it, read what, and what was refused; newest last.

    The mesh's owner, auditors and governance see all of it, owners what is about their products, everybody
    their own. It holds no value of data.
    """
    from meshwright.cli import trails

    mesh = console.open_mesh(ctx)
    lines = mesh.trail(
        principal=principal,
        address=address,
        kinds=kinds,
        since=since,
        until=until,
        refused=refused,
        limit=limit,
    )
    trails.write(lines, "json" if as_json else form)
    if not verify:
        return 0
    found = mesh.verify_trail()
    for finding in found.findings:
        console.say(f"{console.paint('error:', 'red', bold=True)} {console.clean(str(finding))}")
    console.say(
        f"{found.entries:,} facts, {found.checkpoints:,} checkpoints:"
        f" {'as they were written' if found.is_sound else 'BROKEN'}"
    )
    return 0 if found.is_sound else EXIT_BROKEN
