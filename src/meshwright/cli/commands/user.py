"""`mesh user`: people, services and agents."""

from typing import Any

import click

from meshwright.cli import console, people

PASSWORD_STDIN = click.option(
    "--password-stdin", "from_stdin", is_flag=True, help="Read the password from stdin, one line."
)


@click.group(
    epilog="""\b
Examples:
  mesh user list
  mesh user add ada@example.com --title "Ada Lovelace"
  mesh user remove ada@example.com --reason "left the company"
  mesh user list --json"""
)
def command() -> None:
    """List who there is; add, change and remove people, services and agents.

    A name is `person:ada@example.com`, `service:bi` or `agent:helper`; without a kind it is a person's.
    """


@command.command(
    "add",
    epilog="""\b
Examples:
  mesh user add ada@example.com --title "Ada Lovelace" --password
  mesh user add service:bi --attribute tool=superset
  printf %s "$PASSWORD" | mesh user add ada@example.com --role auditor --password-stdin""",
)
@click.argument("name")
@click.option("--title", default="", help="What people call them.")
@click.option(
    "--team", "teams", multiple=True, metavar="TEAM", help="A team they are in; repeatable."
)
@click.option(
    "--role", "roles", multiple=True, help="administrator, governance or auditor; repeatable."
)
@click.option("--attribute", "attributes", multiple=True, metavar="KEY=TEXT", help="Repeatable.")
@click.option("--password", "asks", is_flag=True, help="Ask for a password on the terminal.")
@PASSWORD_STDIN
@console.json_option
@click.pass_context
@console.exits
def add(
    ctx: click.Context,
    name: str,
    title: str,
    teams: tuple[str, ...],
    roles: tuple[str, ...],
    attributes: tuple[str, ...],
    asks: bool,
    from_stdin: bool,
    as_json: bool,
) -> None:
    """Make somebody known to the mesh. What they may read is said by grants and policies."""
    from meshwright.app.identity.users import add_user

    wiring = console.open_mesh(ctx).wiring
    said = dict(map(_pair, attributes))
    password = people.read_password(from_stdin=from_stdin) if asks or from_stdin else ""
    added = add_user(
        wiring, name, title=title, teams=teams, roles=roles, attributes=said, password=password
    )
    if as_json:
        console.put_json(people.described(added))
    else:
        click.echo(
            f"{added.name} is known" + (", and signs in with the password" if password else "")
        )


@command.command("list", epilog="\b\nExample:\n  mesh user list --role administrator")
@click.option("--kind", default="", help="person, service or agent.")
@click.option("--role", default="", help="Only those who have this role.")
@console.json_option
@click.pass_context
@console.exits
def list_(ctx: click.Context, kind: str, role: str, as_json: bool) -> None:
    """List people, services and agents, with their teams and roles."""
    from meshwright.app.identity.users import list_users

    found = list_users(console.open_mesh(ctx).wiring, kind=kind, role=role)
    if as_json:
        lines = [people.described(one.principal) | {"password": one.can_sign_in} for one in found]
        console.put_json({"users": lines})
        return
    known = (one.principal for one in found)
    rows = [(who.name, who.title, ", ".join(who.teams), ", ".join(who.roles)) for who in known]
    people.table(("name", "title", "teams", "roles"), rows, _nobody(kind, role))


def _nobody(kind: str, role: str) -> str:
    """Say that nobody is such, and how somebody becomes so."""
    if role:
        return f"nobody has the role {role}; give it: mesh user role NAME --add {role}"
    return f"no {kind} is known" if kind else "nobody is known; begin with: mesh user add NAME"


@command.command("show", epilog="\b\nExample:\n  mesh user show ada@example.com")
@click.argument("name")
@console.json_option
@click.pass_context
@console.exits
def show(ctx: click.Context, name: str, as_json: bool) -> None:
    """Show what is known of somebody."""
    from meshwright.app.identity.users import show_user

    found = show_user(console.open_mesh(ctx).wiring, name)
    said: dict[str, Any] = people.described(found.principal) | {"password": found.can_sign_in}
    if as_json:
        console.put_json(said)
        return
    click.echo(found.principal.name)
    attributes = [f"{key}={text}" for key, text in said["attributes"].items()]
    for word, texts in (
        ("title", [said["title"]]),
        ("teams", said["teams"]),
        ("roles", said["roles"]),
        ("attributes", attributes),
    ):
        if any(texts):
            click.echo(f"  {word}: {console.clean(', '.join(texts))}")
    click.echo(f"  password: {'yes' if found.can_sign_in else 'no'}")


@command.command(
    "remove", epilog='\b\nExample:\n  mesh user remove ada@example.com --reason "left"'
)
@click.argument("name")
@click.option("--reason", default="", help="Why; kept in the ledger.")
@console.json_option
@click.pass_context
@console.exits
def remove(ctx: click.Context, name: str, reason: str, as_json: bool) -> None:
    """End somebody: password, tokens and grants hold no more, whatever a file still says."""
    from meshwright.app.identity.users import remove_user

    done = remove_user(console.open_mesh(ctx).wiring, name, reason=reason)
    if as_json:
        console.put_json({"principal": done, "removed": True})
    else:
        click.echo(f"{done} is removed; tokens and grants ended")


@command.command(
    "password",
    epilog="""\b
Examples:
  mesh user password ada@example.com
  printf %s "$PASSWORD" | mesh user password ada@example.com --password-stdin""",
)
@click.argument("name", required=False, default="")
@PASSWORD_STDIN
@console.json_option
@click.pass_context
@console.exits
def password(ctx: click.Context, name: str, from_stdin: bool, as_json: bool) -> None:
    """Set a person's password; your own where no name is given."""
    from meshwright.app.identity.users import set_password

    wiring = console.open_mesh(ctx).wiring
    done = set_password(wiring, name, people.read_password(from_stdin=from_stdin))
    if as_json:
        console.put_json({"principal": done, "password": True})
    else:
        click.echo(f"{done} signs in with the new password")


@command.command(
    "role",
    epilog="""\b
Examples:
  mesh user role ada@example.com --add governance
  mesh user role ada@example.com --remove administrator""",
)
@click.argument("name")
@click.option("--add", "add", multiple=True, metavar="ROLE", help="Repeatable.")
@click.option("--remove", "remove", multiple=True, metavar="ROLE", help="Repeatable.")
@console.json_option
@click.pass_context
@console.exits
def role(
    ctx: click.Context, name: str, add: tuple[str, ...], remove: tuple[str, ...], as_json: bool
) -> None:
    """Give somebody roles of the mesh (administrator, governance, auditor), or take them.

    No role lets read data.
    """
    from meshwright.app.identity.users import set_roles

    if not add and not remove:
        raise click.UsageError("say --add ROLE or --remove ROLE")
    roles = set_roles(console.open_mesh(ctx).wiring, name, add=add, remove=remove)
    if as_json:
        console.put_json({"principal": name, "roles": list(roles)})
    else:
        click.echo(f"{name}: {', '.join(roles) or 'no role'}")


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise click.UsageError(f"an attribute is KEY=TEXT, not `{text}`")
    return key, value
