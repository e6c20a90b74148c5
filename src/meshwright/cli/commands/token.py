"""`mesh token`: API tokens, shown once."""

from dataclasses import asdict

import click

from meshwright.cli import console, people


@click.group(
    epilog="""\b
Examples:
  mesh token create --title laptop
  mesh token create service:bi --scope query
  mesh token list
  mesh token revoke TOKEN"""
)
def command() -> None:
    """Make, list and revoke API tokens: what programs and SQL clients sign in with."""


@command.command(
    "create",
    epilog="""\b
Examples:
  mesh token create service:bi --scope query --purpose reporting --for 1y
  mesh --as person:ada@example.com token create --title "my notebook"
  TOKEN=$(mesh token create service:bi)       the token alone on stdout""",
)
@click.argument("principal", required=False, default="")
@click.option("--title", default="", help="What it is for, in your words.")
@click.option(
    "--scope", "scopes", multiple=True, help="query, access, trail, admin or lineage; repeatable."
)
@click.option("--purpose", default="", help="The purpose of every query made with it.")
@click.option(
    "--for",
    "lasting",
    default="90d",
    show_default=True,
    metavar="TIME",
    help="365 or 365d, 2w, 6m, 1y; 0: without end.",
)
@console.json_option
@click.pass_context
@console.exits
def create(
    ctx: click.Context,
    principal: str,
    title: str,
    scopes: tuple[str, ...],
    purpose: str,
    lasting: str,
    as_json: bool,
) -> None:
    """Make a token of a principal (you, if none is named). It is shown now and never again.

    Without --scope it opens all that the principal may.
    """
    from meshwright.access.durations import parse_days
    from meshwright.app.identity.tokens import issue_token

    made = issue_token(
        console.open_mesh(ctx).wiring,
        principal,
        title=title,
        scopes=scopes,
        purpose=purpose,
        days=0 if lasting.strip() == "0" else parse_days(lasting),
    )
    if as_json:
        console.put_json(asdict(made))
        return
    click.echo(made.text)
    until = f"until {made.expires[:10]}" if made.expires else "without end"
    what = ", ".join(made.scopes) or "all they may"
    console.say(f"{made.token} of {made.principal} opens {what}, {until}; it is not shown again")


@command.command("list", epilog="\b\nExample:\n  mesh token list service:bi")
@click.argument("principal", required=False, default="")
@console.json_option
@click.pass_context
@console.exits
def list_(ctx: click.Context, principal: str, as_json: bool) -> None:
    """List tokens, never their text: a principal's own, or for administrators everybody's."""
    from meshwright.app.identity.tokens import list_tokens

    found = list_tokens(console.open_mesh(ctx).wiring, principal)
    if as_json:
        console.put_json({"tokens": [asdict(line) for line in found]})
        return
    rows = [
        (
            line.token,
            line.principal,
            line.title,
            ", ".join(line.scopes) or "all",
            line.expires[:10],
            line.used[:10],
            line.state,
        )
        for line in found
    ]
    heads = ("token", "of", "title", "opens", "until", "last used", "state")
    people.table(heads, rows, "there is no token")


@command.command(
    "revoke", epilog='\b\nExample:\n  mesh token revoke hq7wm2c9xk4p --reason "leaked"'
)
@click.argument("token")
@click.option("--reason", default="", help="Why; kept in the ledger.")
@console.json_option
@click.pass_context
@console.exits
def revoke(ctx: click.Context, token: str, reason: str, as_json: bool) -> None:
    """End a token, by its id or its text: it opens nothing from the next request on."""
    from meshwright.app.identity.tokens import revoke_token

    owner = revoke_token(console.open_mesh(ctx).wiring, token, reason=reason)
    if as_json:
        console.put_json({"principal": owner, "revoked": True})
    else:
        click.echo(f"a token of {owner} is revoked")
