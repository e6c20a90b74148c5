"""`mesh policy`: the rules of federation and domains, what they find, and their unit tests."""

import click

from meshwright.cli import console
from meshwright.model.counted import counted

EXIT_FAILED = 1
EXIT_INVALID = 2


@click.group(
    epilog="""\b
Examples:
  mesh policy add                            write the starter rules, with their tests
  mesh policy list                           every rule, and what it finds now
  mesh policy explain columns-described      why it is, and what breaks it
  mesh policy explain sales.orders           what rules find at a product
  mesh policy test                           the unit tests of the rules"""
)
def command() -> None:
    """Rules: SQL over the mesh's metadata; each row returned is a violation."""


@command.command(
    "list",
    epilog="""\b
Examples:
  mesh policy list
  mesh policy list --json""",
)
@console.json_option
@click.pass_context
@console.exits
def list_(ctx: click.Context, as_json: bool) -> int:
    """List every rule: severity, scope, where it is from, violations now, how many are exempted."""
    listed = console.open_mesh(ctx).rules()
    if as_json:
        from meshwright.app.policy.shapes import list_shape

        console.put_json(list_shape(listed))
    else:
        from meshwright.cli.policies import show_list

        show_list(listed)
    return EXIT_INVALID if any(problem.is_error for problem in listed.problems) else 0


@command.command(
    epilog="""\b
Examples:
  mesh policy explain columns-described
  mesh policy explain sales/orders-are-named    a domain's own rule
  mesh policy explain sales.orders --json"""
)
@click.argument("about", metavar="RULE|ADDRESS")
@console.json_option
@click.pass_context
@console.exits
def explain(ctx: click.Context, about: str, as_json: bool) -> None:
    """Say why a rule is, what breaks it and what to do; or what rules find at an address."""
    page = console.open_mesh(ctx).explain_rule(about)
    if as_json:
        from meshwright.app.policy.shapes import page_shape

        console.put_json(page_shape(page))
        return
    from meshwright.cli.policies import show_page

    show_page(page)


@command.command(
    epilog="""\b
Examples:
  mesh policy show columns-described
  mesh policy show columns-described --json"""
)
@click.argument("rule")
@console.json_option
@click.pass_context
@console.exits
def show(ctx: click.Context, rule: str, as_json: bool) -> None:
    """Print a rule's file: its header and its SQL."""
    from meshwright.app.policy.desk import show as show_

    found, text = show_(console.open_mesh(ctx).wiring, rule)
    if as_json:
        from meshwright.app.policy.shapes import rule_shape

        console.put_json({**rule_shape(found), "text": text})
    else:
        click.echo(console.clean_lines(text).rstrip("\n"))


@command.command(
    epilog="""\b
Examples:
  mesh policy test
  mesh policy test columns-described --json"""
)
@click.argument("rules", nargs=-1, metavar="[RULE]...")
@console.json_option
@click.pass_context
@console.exits
def test(ctx: click.Context, rules: tuple[str, ...], as_json: bool) -> int:
    """Run the unit tests of rules: `<rule>.test.yaml` beside each."""
    results, untested = console.open_mesh(ctx).test_rules(*rules)
    failed = sum(not result.has_passed for result in results)
    if as_json:
        from meshwright.app.policy.shapes import tests_shape

        console.put_json(tests_shape(results, untested))
    else:
        from meshwright.cli.policies import show_tests

        show_tests(results, untested)
    return EXIT_FAILED if failed else 0


@command.command(
    epilog="""\b
Examples:
  mesh policy add                            all of them
  mesh policy add columns-described port-has-contract
  mesh policy add --list"""
)
@click.argument("rules", nargs=-1, metavar="[RULE]...")
@click.option("--list", "only_list", is_flag=True, help="Say which starter rules there are.")
@console.json_option
@click.pass_context
@console.exits
def add(ctx: click.Context, rules: tuple[str, ...], only_list: bool, as_json: bool) -> None:
    """Write starter rules and their tests into policies/; what is there stays as it is."""
    from meshwright.app.policy.adding import add_rules, starter_names

    if only_list:
        names = starter_names()
        console.put_json({"rules": names}) if as_json else click.echo("\n".join(names))
        return
    written, kept = add_rules(console.open_mesh(ctx).wiring.root, rules)
    if as_json:
        console.put_json({"written": written, "kept": kept})
        return
    for name in written:
        click.echo(f"wrote policies/{name}.sql")
    if kept:
        console.say(f"{counted(len(kept), 'rule')} there already: {', '.join(kept)}")
    console.say(f"  {console.paint('next:', 'cyan')} mesh policy list")
