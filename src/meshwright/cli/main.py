"""The `mesh` command. Commands are imported only when they are called, so that `--help` is instant."""

import gc
import os
import sys
from importlib import import_module
from typing import Any

import click

from meshwright import __version__
from meshwright.errors import MeshwrightError
from meshwright.orchestrate.heeding import heed_signals

# name -> (module, one line). The order is the order of the help page.
COMMANDS = {
    "init": ("init", "Begin a mesh in a folder."),
    "new": ("new", "Add a domain, or a product inferred from a file or table."),
    "check": ("check", "Judge every file of the mesh, or single files, without touching data."),
    "plan": ("plan", "Show what a run would do and why."),
    "run": ("run", "Build, audit and publish what changed."),
    "test": ("test", "Run the model tests."),
    "policy": ("policy", "List, explain and test the rules of the mesh."),
    "query": ("query", "Ask the published data in SQL."),
    "access": ("access", "Say who may read what, and why."),
    "scan": ("scan", "Judge and profile a file or table that no mesh built."),
    "classify": ("classify", "Find personal data, and say so in contracts."),
    "search": ("search", "Find products, ports, columns and terms by words."),
    "show": ("show", "Show the mesh, a domain, a product or a port."),
    "export": ("export", "Write a product, or the mesh, in an open standard."),
    "history": ("history", "List the versions of a product or port."),
    "lineage": ("lineage", "Show what a column is made of, or what is made of it."),
    "diff": ("diff", "Compare two versions of a port."),
    "accept": ("accept", "Publish a rejected build on an owner's word."),
    "rollback": ("rollback", "Serve an older version again."),
    "retire": ("retire", "Announce the end of a product."),
    "vacuum": ("vacuum", "Remove versions beyond the retention."),
    "health": ("health", "Show which promises are kept, and which budgets burn."),
    "trail": ("trail", "Tell who asked, was granted, read what, and why."),
    "incidents": ("incidents", "List what is unhealthy and take care of it."),
    "monitors": ("monitors", "List what is watched, and replay what it would have said."),
    "alerts": ("alerts", "List who was told of incidents; test a notifier."),
    "impact": ("impact", "Show what a change of a column or port would break."),
    "declassify": ("declassify", "Say that a derived column reveals nothing any more."),
    "mute": ("mute", "Tell nobody about an address for a while."),
    "unmute": ("unmute", "Tell about an address again."),
    "subscribe": ("subscribe", "Hear of changes, incidents and deprecations of an address."),
    "unsubscribe": ("unsubscribe", "Hear of an address no more."),
    "webhook": ("webhook", "Tell other programs of what happens, signed."),
    "observe": ("observe", "Run what is due, notice what is late, tell people; in a loop."),
    "serve": ("serve", "Serve the mesh: a web UI, HTTP, SQL and Arrow Flight SQL."),
    "mcp": ("mcp", "Serve the mesh to an agent over stdin and stdout (MCP)."),
    "open": ("open", "Open the served mesh in a browser, signed in."),
    "login": ("login", "Keep a token for a mesh that is served elsewhere."),
    "logout": ("logout", "Forget that token."),
    "score": ("score", "Show how mature products are, and what to do next."),
    "terms": ("terms", "List business terms, and the columns that carry them."),
    "propose": ("propose", "Propose another description, tags or terms."),
    "proposals": ("proposals", "List proposed changes of descriptors; take or withdraw one."),
    "cost": ("cost", "Show what builds take and what versions store."),
    "whoami": ("whoami", "Say who you are in this mesh, and what you may."),
    "user": ("user", "List people, services and agents; add, change and remove them."),
    "team": ("team", "List teams and who is in them; add to them and take out."),
    "token": ("token", "Make, list and revoke API tokens."),
    "ledger": ("ledger", "Verify, rebuild or list the ledger."),
    "schema": ("schema", "Write the JSON schemas of our files, for editors."),
    "demo": ("demo", "Lay out and build a demo mesh on real data."),
}

# Objects: a command lives shortly, and most of what it reads lives as long as it.
COLLECT_AFTER = 50_000

EPILOG = """\b
Examples:
  mesh demo                        a whole mesh on real data, in a minute
  mesh run operations.* --explain  build one domain and see every audit's plan
  mesh query "select * from operations.flights.departures limit 5"

Exit codes: 0 done, 1 checks or rules failed, 2 usage or invalid descriptor,
3 not reachable, 4 denied, 70 our own fault."""


class ReaderGoneError(Exception):
    """Whoever read our output has gone; not an `OSError`, which click would end with 1."""


class Commands(click.Group):
    """Lists commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import one command."""
        if name not in COMMANDS:
            return None
        command = import_module(f"meshwright.cli.commands.{COMMANDS[name][0]}").command
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader of stdout that went away (`| head`) is no failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderGoneError from error

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


@click.command(
    cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="mesh", message="%(prog)s %(version)s")
@click.option(
    "-C", "--mesh", "folder", default=".", metavar="PATH", help="The mesh, or a folder in it."
)
@click.option("--env", default="", metavar="NAME", help="An environment of mesh.yaml.")
@click.option(
    "--as", "as_", default="", metavar="PRINCIPAL", help="Act as somebody else; it is recorded."
)
@click.option(
    "--server",
    default="",
    envvar="MESH_SERVER",
    metavar="URL",
    help="A mesh that is served elsewhere.",
)
@click.option("--debug", is_flag=True, help="Show a traceback when something goes wrong.")
@click.pass_context
def cli(ctx: click.Context, folder: str, env: str, as_: str, server: str, debug: bool) -> None:
    """A data mesh in one install: products built, audited and published over one ledger."""
    ctx.obj = {"folder": folder, "env": env, "as": as_, "server": server, "debug": debug}
    if server and ctx.invoked_subcommand not in (None, "login", "logout"):
        from meshwright.cli.remote import require_offered

        require_offered(ctx, str(ctx.invoked_subcommand))
        return
    if as_ and ctx.invoked_subcommand:
        from meshwright.cli.acting import require_known

        require_known(ctx, ctx.invoked_subcommand)


def main() -> None:
    """Run the command line and exit with a documented code."""
    from meshwright.cli import console

    arguments = sys.argv[1:]
    gc.set_threshold(COLLECT_AFTER)
    heed_signals()
    try:
        code = cli.main(args=arguments, prog_name="mesh", standalone_mode=False)
    except click.exceptions.Abort:
        code = console.interrupted()
    except KeyboardInterrupt:
        code = console.interrupted()
    except click.ClickException as error:
        code = console.usage_error(error, as_json=console.wants_json(arguments))
    except MeshwrightError as error:
        if "--debug" in arguments:
            raise
        code = console.failed(error, as_json=console.wants_json(arguments))
    except ReaderGoneError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        if "--debug" in arguments:
            raise
        code = console.out_of_reach(error, as_json=console.wants_json(arguments))
    except Exception as error:
        if "--debug" in arguments:
            raise
        code = console.our_fault(error, as_json=console.wants_json(arguments))
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
