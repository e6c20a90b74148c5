"""`mesh access explain`: what a principal sees of an address, and why."""

import click

from meshwright.cli import console

EXIT_DENIED = 4


@click.command(
    epilog="""\b
Examples:
  mesh access explain person:ada@example.com sales.orders.orders
  mesh access explain service:bi crm.people.people --purpose churn
  mesh access explain ada@example.com crm.people.people.email --json

Exit code: 0 where it may be read, 4 where not."""
)
@click.argument("principal")
@click.argument("address")
@click.option("--purpose", default="", metavar="TEXT", help="What for.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, principal: str, address: str, purpose: str, as_json: bool) -> int:
    """Say what a principal sees of a port: each column, filters, the policy behind each, what would help."""
    from meshwright.app.access.explaining import explain

    found = explain(console.open_mesh(ctx).wiring, principal, address, purpose)
    if as_json:
        from meshwright.app.access.explain_shapes import explanation_shape

        console.put_json(explanation_shape(found))
    else:
        from meshwright.cli.access_sights import show_explanation

        show_explanation(found)
    return 0 if found.decision.is_allowed else EXIT_DENIED
