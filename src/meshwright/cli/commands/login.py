"""`mesh login`: keep a token for a server, once it has proven to be one."""

import sys

import click

from meshwright.cli import console


@click.command(
    epilog="""\b
Examples:
  mesh login https://mesh.example.com                  asks for an API token
  mesh login https://mesh.example.com --name ada@example.com    asks for a password; lasts an hour
  mesh login https://mesh.example.com < token.txt
  mesh --server https://mesh.example.com query "select …\""""
)
@click.argument("url")
@click.option("--name", default="", help="Sign in by name and password instead of an API token.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, url: str, name: str, as_json: bool) -> None:
    """Keep a token for a server, in a file that only you can read.

    The environment's MESH_TOKEN goes before it.
    """
    from meshwright.client.tokens import keep_token, place
    from meshwright.client.wire import Wire, plain_url

    plain = plain_url(url)
    secret = _secret("password" if name else "API token")
    if name:
        wire = Wire(plain, ca=_authority())
        ctx.call_on_close(wire.close)
        token = str(wire.post("/api/v1/login", {"name": name, "password": secret})["token"])
    else:
        token = secret
    proven = Wire(plain, token, ca=_authority())
    ctx.call_on_close(proven.close)
    principal = proven.get("/api/v1/me")["principal"]
    keep_token(plain, token)
    if as_json:
        console.put_json({"server": plain, "principal": principal, "file": str(place())})
    else:
        console.put(f"signed in to {plain} as {principal}")


def _secret(what: str) -> str:
    """Ask for a secret without showing it; where nobody sits there, read it."""
    if sys.stdin.isatty():
        return str(click.prompt(what, hide_input=True, err=True))
    return sys.stdin.readline().strip()


def _authority() -> str:
    import os

    from meshwright.client.connecting import AUTHORITY

    return os.environ.get(AUTHORITY, "")
