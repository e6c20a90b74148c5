"""`mesh access apply`: make the mesh as the files of grants say."""

import click

from meshwright.cli import access_words, console


@click.command(epilog="\b\nExample:\n  mesh access apply")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, as_json: bool) -> None:
    """Grant, change and revoke as `access/*.yaml` say; what came from elsewhere is left alone."""
    done = console.open_mesh(ctx).access.apply()
    if as_json:
        console.put_json(done)
    else:
        access_words.show_changes(done, done=True)
