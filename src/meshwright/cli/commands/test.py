"""`mesh test`: given rows, expected rows."""

import click

from meshwright.cli import console

EXIT_FAILED = 1


@click.command(
    epilog="""\b
Examples:
  mesh test
  mesh test operations.flights"""
)
@click.argument("select", nargs=-1, metavar="[SELECT]...")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, select: tuple[str, ...], as_json: bool) -> int:
    """Run the model tests of tests/*.yaml, on the product's engine, away from its data."""
    outcomes = console.open_mesh(ctx).test(*select)
    failed = [outcome for outcome in outcomes if not outcome["passed"]]
    if as_json:
        console.put_json(
            {"tests": outcomes, "passed": len(outcomes) - len(failed), "failed": len(failed)}
        )
    else:
        for outcome in outcomes:
            sign = console.paint("✔", "green") if outcome["passed"] else console.paint("✘", "red")
            click.echo(f"{sign} {outcome['product']} {outcome['name']}")
            for line in outcome["lines"]:
                click.echo(f"    {line}")
        click.echo(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed")
    return EXIT_FAILED if failed else 0
