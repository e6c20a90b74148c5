"""`mesh subscribe`: tell a notifier of changes, incidents and deprecations of an address."""

from typing import Any

import click

from meshwright.cli import console


@click.command(
    epilog="""\b
Examples:
  mesh subscribe operations.flights.departures --to team_chat
  mesh subscribe sales.* --to hook --events change,deprecation
  mesh subscribe --list"""
)
@click.argument("address", default="")
@click.option("--to", default="", metavar="NOTIFIER", help="A notifier of mesh.yaml, by its name.")
@click.option("--events", multiple=True, metavar="EVENTS", help="Of change,incident,deprecation.")
@click.option("--list", "is_list", is_flag=True, help="Show who subscribed to what.")
@console.json_option
@click.pass_context
@console.exits
def command(
    ctx: click.Context, address: str, to: str, events: tuple[str, ...], is_list: bool, as_json: bool
) -> None:
    """Hear of what happens to a domain, a product or a port, and to what is below it.

    Published contract changes are told with their version and items, incidents also where they reach the
    address from upstream, deprecations 30, 7 and 1 days before the end and when it is over.
    """
    if bool(address) == is_list:
        raise click.UsageError("say an address, or --list")
    mesh = console.open_mesh(ctx)
    if is_list:
        _list(mesh.subscriptions(), as_json)
        return
    done = mesh.subscribe(address, to=to, events=events)
    if as_json:
        console.put_json(done)
        return
    verb = "hears" if done["is_new"] else "hears already"
    about = ", ".join(f"{event}s" for event in done["events"])
    console.put(f"{done['notifier']} {verb} of {about} of {done['address']} ({done['id']})")


def _list(found: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        console.put_json({"subscriptions": found})
        return
    if not found:
        console.put("nobody subscribed to anything yet: mesh subscribe ADDRESS --to NOTIFIER")
        return
    from meshwright.cli import tables

    rows = [
        (
            one["id"],
            one["address"],
            one["notifier"] + ("" if one["is_delivered"] else " (not in mesh.yaml)"),
            ", ".join(one["events"]),
            one["principal"],
        )
        for one in found
    ]
    headers = ("id", "address", "notifier", "events", "by")
    tables.out().print(tables.table(headers, rows))
