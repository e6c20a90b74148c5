"""`mesh access test`: run the tests of access policies."""

import click

from meshwright.cli import console

EXIT_FAILED = 1


@click.command(
    epilog="""\b
Examples:
  mesh access test
  mesh access test domains/crm/policies/access.test.yaml
  mesh access test --json

Nothing need be built: cases are decided by the files alone."""
)
@click.argument("files", nargs=-1, metavar="[FILE]...")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, files: tuple[str, ...], as_json: bool) -> int:
    """Run the cases of policies/access.test.yaml, and say which policies no case would miss."""
    from meshwright.app.access.testing import run_access_tests

    results, untested = run_access_tests(console.open_mesh(ctx).wiring, files)
    failed = sum(not result.has_passed for result in results)
    if as_json:
        from meshwright.app.access.explain_shapes import cases_shape

        console.put_json(cases_shape(results, untested))
    else:
        from meshwright.cli.access_sights import show_cases

        show_cases(results, untested)
    return EXIT_FAILED if failed else 0
