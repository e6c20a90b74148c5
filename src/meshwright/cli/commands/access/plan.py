"""`mesh access plan`: what the files of grants would change."""

import click

from meshwright.cli import access_words, console

EXIT_WRONG = 2


@click.command(epilog="\b\nExample:\n  mesh access plan --json")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, as_json: bool) -> int:
    """Show what `access/*.yaml` would grant, change and revoke; nothing is done."""
    plan = console.open_mesh(ctx).access.plan()
    if as_json:
        console.put_json(plan)
    else:
        access_words.show_changes(plan, done=False)
    return EXIT_WRONG if any(one["severity"] == "error" for one in plan["problems"]) else 0
