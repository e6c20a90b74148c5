"""`mesh proposals`: what people propose to change in descriptors, and taking it."""

import click

from meshwright.cli import console, entries
from meshwright.cli.proposed import show_patch

COLOURS = {"open": "yellow", "merged": "green", "applied": "green"}


@click.group(
    invoke_without_command=True,
    epilog="""\b
Examples:
  mesh proposals                  what is open
  mesh proposals show 3           its diff, and what it would do
  mesh proposals apply 3          write it into the files
  mesh proposals show 3 --patch | git apply""",
)
@click.option("--all", "ended", is_flag=True, help="With those that are over.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, ended: bool, as_json: bool) -> None:
    """List changes of descriptors that somebody proposes, the newest first."""
    if ctx.invoked_subcommand is not None:
        return
    from meshwright.app.proposals.kept import proposal_shape

    found = console.open_mesh(ctx).catalog.proposals(ended=ended)
    if as_json:
        console.put_json({"proposals": [proposal_shape(one) for one in found]})
        return
    if not found:
        console.put("nothing is proposed: `mesh propose ADDRESS --description …` does")
        return
    for one in found:
        at = one.at[:16].replace("T", " ")
        entries.put(
            one.proposal, (one.state, COLOURS.get(one.state, "")), (console.clean(one.title),),
            (one.by, f"{at} UTC", one.branch),
        )  # fmt: skip


@command.command("show", epilog="\b\nExample:\n  mesh proposals show proposal-3")
@click.argument("proposal")
@click.option(
    "--patch", "only_patch", is_flag=True, help="The patch alone, as `git apply` takes it."
)
@console.json_option
@click.pass_context
@console.exits
def show(ctx: click.Context, proposal: str, only_patch: bool, as_json: bool) -> None:
    """Show a proposal: its diff, what `mesh check` says of it, and what it changes in promises."""
    from meshwright.app.proposals.kept import proposal_shape

    found, judged = console.open_mesh(ctx).catalog.proposal(proposal)
    if as_json:
        problems = [{"code": one.code, "message": one.message} for one in judged.problems]
        changes = [
            {"port": one.port, "level": one.level, "items": list(one.items), "refusal": one.refusal}
            for one in judged.changes
        ]
        console.put_json(
            {
                **proposal_shape(found),
                "patch": found.patch,
                "problems": problems,
                "changes": changes,
            }
        )
        return
    if only_patch:
        click.echo(found.patch, nl=False)
        return
    console.put(f"{found.proposal}: {console.clean(found.title)} ({found.state})")
    console.put(f"by {found.by}, {found.at[:16].replace('T', ' ')} UTC")
    if found.branch:
        console.put(f"branch {found.branch}")
    show_patch(found)
    for problem in judged.problems:
        console.put(f"{problem.severity}: {console.clean(problem.message)}")
    for change in judged.changes:
        console.put(f"{change.port}: a {change.level} change of its contract")
        for item in change.items:
            console.put(f"  {console.clean(item)}")


@command.command("apply", epilog="\b\nExample:\n  mesh proposals apply proposal-3")
@click.argument("proposal")
@console.json_option
@click.pass_context
@console.exits
def apply(ctx: click.Context, proposal: str, as_json: bool) -> None:
    """Write a proposal into the files, if they are still what it was made from."""
    from meshwright.app.proposals.kept import proposal_shape

    done = console.open_mesh(ctx).catalog.apply(proposal)
    if as_json:
        console.put_json(proposal_shape(done))
        return
    for path in done.paths:
        console.put(f"wrote {path}")
    console.say(f"  {console.paint('next:', 'cyan')} mesh plan {done.product}")


@command.command(
    "withdraw", epilog="\b\nExample:\n  mesh proposals withdraw proposal-3 --note wrong"
)
@click.argument("proposal")
@click.option("--note", default="", help="Why.")
@console.json_option
@click.pass_context
@console.exits
def withdraw(ctx: click.Context, proposal: str, note: str, as_json: bool) -> None:
    """End a proposal: yours, or one on what you own. Its branch stays."""
    from meshwright.app.proposals.kept import proposal_shape

    done = console.open_mesh(ctx).catalog.withdraw(proposal, note=note)
    if as_json:
        console.put_json(proposal_shape(done))
        return
    console.put(f"{done.proposal} is withdrawn")
