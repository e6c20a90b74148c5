"""`mesh propose`: another description, tags or terms, as a change of a descriptor."""

import click

from meshwright.cli import console
from meshwright.cli.proposed import show_patch
from meshwright.errors import UsageError


@click.command(
    epilog="""\b
Examples:
  mesh propose sales.orders --description "Every order, once."
  mesh propose sales.orders.orders.amount --tags finance,revenue --reason "asked for by finance"
  mesh --as ada@example.com propose sales.orders.orders.customer --terms customer"""
)
@click.argument("address")
@click.option("--description", default=None, help="What it is; '' takes the description away.")
@click.option("--tags", default=None, metavar="TAG,…", help="Its tags, all of them.")
@click.option("--terms", default=None, metavar="TERM,…", help="Its business terms, all of them.")
@click.option("--reason", default="", help="Why.")
@console.json_option
@click.pass_context
@console.exits
def command(
    ctx: click.Context,
    address: str,
    description: str | None,
    tags: str | None,
    terms: str | None,
    reason: str,
    as_json: bool,
) -> None:
    """Propose a change of a descriptor: a branch of git, or a patch where the mesh is in no repository.

    No file of the working tree changes. An owner merges the branch, or takes it: mesh proposals apply.
    """
    said = {"description": description, "tags": tags, "terms": terms}
    chosen = [(name, value) for name, value in said.items() if value is not None]
    if len(chosen) != 1:
        raise UsageError(
            "field-missing",
            "a proposal changes one field",
            hint="give one of --description, --tags, --terms",
        )
    from meshwright.app.proposals.kept import proposal_shape

    made = console.open_mesh(ctx).catalog.propose(address, *chosen[0], reason=reason)
    if as_json:
        console.put_json({**proposal_shape(made), "patch": made.patch})
        return
    show_patch(made)
    where = f"branch {made.branch}" if made.branch else "a patch, as no repository holds the file"
    console.say(f"{made.proposal}: {where}")
    console.say(f"  {console.paint('next:', 'cyan')} mesh proposals show {made.proposal}")
