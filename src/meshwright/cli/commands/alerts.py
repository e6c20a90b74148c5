"""`mesh alerts`: who was told of incidents, and a test of each notifier."""

from typing import Any

import click

from meshwright.cli import console
from meshwright.model.counted import counted


@click.group(
    invoke_without_command=True,
    epilog="""\b
Examples:
  mesh alerts                  the newest messages, and what is muted
  mesh alerts --limit 0 --json
  mesh alerts test team_chat   send a test message""",
)
@click.option("--limit", type=int, default=20, show_default=True, help="The newest; 0: all.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, limit: int, as_json: bool) -> None:
    """List who was told of which incident, and who could not be."""
    if ctx.invoked_subcommand is not None:
        return
    found = console.open_mesh(ctx).alerts(limit)
    if as_json:
        console.put_json(found)
        return
    _show(found)


def _show(found: dict[str, Any]) -> None:
    from meshwright.cli import tables

    if not found["notifiers"]:
        console.put("nobody is told: mesh.yaml has no `alerts:` (docs/how-to/alerts.md)")
    rows = [
        (
            str(alert["at"])[:16].replace("T", " "),
            tables.status(alert["status"]),
            alert["notifier"],
            alert["event"],
            _about(alert),
        )
        for alert in found["alerts"]
    ]
    if rows:
        headers = ("when (UTC)", "status", "notifier", "event", "about")
        tables.out().print(tables.table(headers, rows))
    elif found["notifiers"]:
        console.put("nobody was told anything yet")
    for mute in found["mutes"]:
        why = f": {mute['reason']}" if mute["reason"] else ""
        until = str(mute["until"])[:16].replace("T", " ")
        console.put(f"muted until {until} UTC: {mute['address']}{why}")


def _about(alert: dict[str, Any]) -> str:
    count = len(alert["incidents"])
    about = (
        counted(count, "incident") if count > 1 else str(alert["address"] or alert["incidents"][0])
    )
    if alert["error"]:
        return f"{about}: {alert['error']}, tried {counted(alert['attempts'], 'time')}"
    return about


@command.command("test", epilog="\b\nExample:\n  mesh alerts test team_chat")
@click.argument("notifier")
@console.json_option
@click.pass_context
@console.exits
def test(ctx: click.Context, notifier: str, as_json: bool) -> None:
    """Send a test message to one notifier of mesh.yaml."""
    message = console.open_mesh(ctx).alerts_test(notifier)
    if as_json:
        console.put_json({"notifier": notifier, "sent": True, "title": message.title})
    else:
        console.put(f"sent to {notifier}: {message.title}")
