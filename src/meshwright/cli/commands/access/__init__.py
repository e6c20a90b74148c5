"""`mesh access`: who may read what, why, and how somebody comes to be granted it."""

from importlib import import_module

import click

# name -> (module beside this one, one line). The order is the order of the help page.
COMMANDS: dict[str, tuple[str, str]] = {
    "request": ("request", "Ask to read a port, for a purpose and a time."),
    "requests": ("requests", "List requests, and whose word is waited for."),
    "approve": ("approve", "Agree to a request, with conditions."),
    "refuse": ("refuse", "Say no to a request, or withdraw your own."),
    "grants": ("grants", "List who may read what, for what, until when."),
    "revoke": ("revoke", "End a grant at once."),
    "renew": ("renew", "Let a grant last longer."),
    "plan": ("plan", "Show what the files of grants would change."),
    "apply": ("apply", "Make the mesh as the files of grants say."),
    "export": ("export", "Write requests and grants for other tools."),
    "review": ("review", "Look at grants again, the unused first."),
    "explain": ("explain", "Say what a principal sees of an address, and why."),
    "who": ("who", "List everybody who can read an address."),
    "what": ("what", "List everything that a principal can read."),
    "test": ("test", "Run the tests of access policies."),
}


class Commands(click.Group):
    """Lists commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import one command."""
        if name not in COMMANDS:
            return None
        command = import_module(f"{__name__}.{COMMANDS[name][0]}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the nearest command for one that does not exist."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from meshwright.errors import did_you_mean

            ctx.fail(f"no command `{args[0]}`; {did_you_mean(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table above."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(
    cls=Commands,
    epilog="""\b
Examples:
  mesh access request crm.people.people --purpose "churn model" --for 30d
  mesh access explain person:ada@example.com crm.people.people
  mesh access who crm.people.people.email
  mesh access test""",
)
def command() -> None:
    """Who may read what, and why."""
