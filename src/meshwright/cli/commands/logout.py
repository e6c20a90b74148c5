"""`mesh logout`: forget the token of a server, and end its session."""

import click

from meshwright.cli import console


@click.command(epilog="\b\nExample:\n  mesh logout https://mesh.example.com")
@click.argument("url")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, url: str, as_json: bool) -> None:
    """Forget the token of a server. An API token stays valid: `mesh token revoke` ends it."""
    from contextlib import suppress

    from meshwright.client.tokens import forget_token
    from meshwright.client.wire import Wire, plain_url
    from meshwright.errors import MeshwrightError

    plain = plain_url(url)
    token = forget_token(plain)
    if token:
        wire = Wire(plain, token)
        ctx.call_on_close(wire.close)
        with suppress(MeshwrightError):  # a server that is gone keeps nobody signed in
            wire.post("/api/v1/logout", {})
    if as_json:
        console.put_json({"server": plain, "forgotten": bool(token)})
    else:
        console.put(f"signed out of {plain}" if token else f"no token of {plain} was kept")
