"""`mesh webhook`: facts, sent to other programs, signed."""

from dataclasses import asdict

import click

from meshwright.cli import console


@click.group(
    epilog="""\b
Examples:
  mesh webhook add https://example.com/hook --kind VersionPublished --kind BuildRejected
  mesh webhook add https://example.com/hook --address sales.orders
  mesh webhook list
  mesh webhook test hook-1a2b3c4d5e6f"""
)
def command() -> None:
    """Tell other programs of what happens, signed as Standard Webhooks has it."""


@command.command(
    "add",
    epilog="""\b
Examples:
  mesh webhook add https://example.com/hook
  SECRET=$(mesh webhook add https://example.com/hook --kind IncidentOpened)   the secret alone on stdout""",
)
@click.argument("url")
@click.option("--kind", "kinds", multiple=True, metavar="FACT", help="Only such facts; repeatable.")
@click.option("--address", default="", help="Only of a domain, product or port.")
@click.option(
    "--secret", default="", envvar="MESH_WEBHOOK_SECRET", help="whsec_…; none: one is made."
)
@console.json_option
@click.pass_context
@console.exits
def add(
    ctx: click.Context, url: str, kinds: tuple[str, ...], address: str, secret: str, as_json: bool
) -> None:
    """Send facts to a URL from now on. Its secret is shown now and never again.

    Owners hear of their products and domains, administrators of everything. docs/reference/facts.md lists
    the kinds of facts.
    """
    from meshwright.app.webhooks.hooks import add_webhook

    wiring = console.open_mesh(ctx).wiring
    made = add_webhook(wiring, url, kinds=kinds, address=address, secret=secret)
    if as_json:
        console.put_json(asdict(made))
        return
    console.say(f"{made.webhook}: facts go to {made.host}; what verifies their signatures:")
    console.put(made.secret)
    console.say(f"  {console.paint('next:', 'cyan')} mesh webhook test {made.webhook}")


@command.command("list", epilog="\b\nExample:\n  mesh webhook list --all")
@click.option("--all", "ended", is_flag=True, help="With those that ended.")
@console.json_option
@click.pass_context
@console.exits
def list_(ctx: click.Context, ended: bool, as_json: bool) -> None:
    """List your webhooks; as an administrator, everybody's."""
    from meshwright.app.webhooks.hooks import list_webhooks

    found = list_webhooks(console.open_mesh(ctx).wiring, ended=ended)
    if as_json:
        console.put_json({"webhooks": [asdict(one) for one in found]})
        return
    from meshwright.cli import tables

    if not found:
        console.put("nobody is told: `mesh webhook add URL` makes a webhook")
        return
    rows = [
        (
            one.webhook,
            one.host,
            one.address or "the mesh",
            ", ".join(one.kinds) or "all",
            one.state,
            f"{one.error}, tried {one.failures}×" if one.failures else one.error,
        )
        for one in found
    ]
    headers = ("webhook", "host", "about", "facts", "state", "error")
    tables.out().print(tables.table(headers, rows))


@command.command("remove", epilog="\b\nExample:\n  mesh webhook remove hook-1a2b3c4d5e6f")
@click.argument("webhook")
@click.option("--reason", default="", help="Why, for the ledger.")
@console.json_option
@click.pass_context
@console.exits
def remove(ctx: click.Context, webhook: str, reason: str, as_json: bool) -> None:
    """End a webhook."""
    from meshwright.app.webhooks.hooks import remove_webhook

    done = remove_webhook(console.open_mesh(ctx).wiring, webhook, reason=reason)
    if as_json:
        console.put_json(asdict(done))
    else:
        console.put(f"{done.webhook} is told nothing any more")


@command.command("test", epilog="\b\nExample:\n  mesh webhook test hook-1a2b3c4d5e6f")
@click.argument("webhook")
@console.json_option
@click.pass_context
@console.exits
def test(ctx: click.Context, webhook: str, as_json: bool) -> None:
    """Send a test message to a webhook."""
    from meshwright.app.webhooks.hooks import try_webhook

    status = try_webhook(console.open_mesh(ctx).wiring, webhook)
    if as_json:
        console.put_json({"webhook": webhook, "status": status})
    else:
        console.put(f"{webhook} answered {status}")
