"""What the terminal sees: colour only on a terminal, one JSON document with `--json`, clear endings."""

import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from meshwright.errors import EXIT_CODES, ErrorKind, MeshwrightError, UnreachableError

if TYPE_CHECKING:
    from meshwright.app.mesh import Mesh

INTERRUPTED = 130
_CONTROL = re.compile(
    r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]"
)  # and turners of text


def open_mesh(ctx: click.Context) -> "Mesh":
    """Open the mesh that the command was called in, or that of `--server`; closed when the command ends."""
    if ctx.obj.get("server"):
        from meshwright.cli.remote import open_remote

        return open_remote(ctx)
    from meshwright.app.mesh import open_mesh as open_

    mesh = open_(ctx.obj["folder"], env=ctx.obj["env"])
    ctx.call_on_close(mesh.close)
    mesh.wiring.door = "cli"
    name = ctx.obj["as"]
    if not name:
        return mesh
    from meshwright.app.knowing_mesh import KnowingMesh
    from meshwright.cli.acting import acting

    return KnowingMesh(acting(ctx, mesh.wiring, name))


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")(
        function
    )


def format_option(formats: Sequence[str]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command `--format`; `--json` is short for one of them."""
    return click.option(
        "--format", "form", type=click.Choice(formats), default=None, help="How it is written."
    )


def chosen_format(form: str | None, *, as_json: bool) -> str:
    """Return the format that was asked for; two that differ are refused."""
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json and --format {form} are two formats")
    return "json" if as_json else form or "table"


def wants_json(arguments: Sequence[str]) -> bool:
    """Say whether a command line asks for JSON, so that its errors are JSON too."""
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    return any(one in ("--json", "--format=json") or pair == ("--format", "json")
               for pair in pairs for one in pair[:1])  # fmt: skip


def put_json(document: object) -> None:
    """Write one JSON document to stdout."""
    click.echo(json.dumps(document, indent=2, default=str, ensure_ascii=False))


def say(text: str = "") -> None:
    """Narrate on stderr."""
    click.echo(text, err=True)


def tell_warnings(done: dict[str, Any]) -> None:
    """Narrate what went wrong beside an act that was done."""
    for warning in done.get("warnings", ()):
        say(f"{paint('warning:', 'yellow')} {clean(warning)}")


def clean(text: str) -> str:
    """Show control characters instead of obeying them: names and data may come from anybody.

    A line end too: what stands at the beginning of a line of a job's log may be a command to whoever runs it.
    """
    return _CONTROL.sub(_visible, text)


def _visible(found: re.Match[str]) -> str:
    if found[0] == "\n":
        return "\\n"
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def clean_lines(text: str) -> str:
    """Do the same to a text of several lines, which stay lines."""
    return "\n".join(clean(line) for line in text.splitlines())


def paint(text: str, colour: str, *, bold: bool = False) -> str:
    """Colour a text; click strips it where the stream is no terminal or NO_COLOR is set."""
    return click.style(text, fg=colour, bold=bold) if "NO_COLOR" not in os.environ else text


def width() -> int:
    """Return the columns to fill: the terminal's, or 80."""
    import shutil

    return shutil.get_terminal_size((80, 24)).columns


def fitted(text: str, columns: int = 0, indent: str = "  ") -> list[str]:
    """Return a text as lines that fit the terminal (or so many columns), those that go on indented."""
    from textwrap import wrap

    wide = max(columns or width(), len(indent) + 1)
    return wrap(clean_lines(text), wide, subsequent_indent=indent, break_on_hyphens=False)


def put(text: str) -> None:
    """Write a sentence to stdout, in as many lines as it takes."""
    click.echo("\n".join(fitted(text)))


def put_next(text: str) -> None:
    """Name the command to type after a list: narration, so it is on stderr and in no pipe."""
    say(f"  {paint('next:', 'cyan')} {clean(text)}")


def failed(error: MeshwrightError, *, as_json: bool) -> int:
    """Report one of our errors and return its exit code."""
    if as_json:
        put_json({"error": describe(error)})
    say(
        f"{paint('error:', 'red', bold=True)} {clean(str(error))} {paint(f'[{error.code}]', 'bright_black')}"
    )
    if error.hint:
        say(f"  {paint('next:', 'cyan')} {clean(error.hint)}")
    return error.exit_code


def describe(error: MeshwrightError) -> dict[str, object]:
    """Return the one JSON shape of an error."""
    return {
        "code": error.code,
        "kind": error.kind.value,
        "message": error.message,
        "place": error.place,
        "hint": error.hint,
        "retryable": error.retryable,
    }


def usage_error(error: click.ClickException, *, as_json: bool) -> int:
    """Report a wrong call."""
    message = error.format_message().rstrip(".")
    if as_json:
        kind = ErrorKind.USER.value
        put_json(
            {"error": {"code": "usage", "kind": kind, "message": message, "hint": "mesh --help"}}
        )
    say(f"{paint('error:', 'red', bold=True)} {message}")
    if isinstance(error, click.UsageError) and error.ctx is not None:
        say(f"  {paint('next:', 'cyan')} {error.ctx.command_path} --help")
    return EXIT_CODES[ErrorKind.USER]


def out_of_reach(error: OSError, *, as_json: bool) -> int:
    """Report a file, a folder or a disk that cannot be used."""
    named = f" `{error.filename}`" if error.filename else ""
    what = (error.strerror or str(error)).lower()
    return failed(
        UnreachableError("file-not-usable", f"cannot use{named}: {what}" if named else what),
        as_json=as_json,
    )


def our_fault(error: Exception, *, as_json: bool) -> int:
    """Report a failure that is ours, without a traceback."""
    message = f"internal error: {type(error).__name__}: {error}".splitlines()[0]
    if as_json:
        put_json(
            {"error": {"code": "internal", "kind": "internal", "message": message, "hint": ""}}
        )
    say(f"{paint('error:', 'red', bold=True)} {message}")
    say(f"  {paint('next:', 'cyan')} run it again with `mesh --debug …` and report the traceback")
    return EXIT_CODES[ErrorKind.INTERNAL]


def interrupted() -> int:
    """Say that nothing was left half done."""
    say("\ninterrupted: published versions are whole, the next run cleans up what was staged")
    return INTERRUPTED


def exits(function: Callable[..., int | None]) -> Callable[..., int]:
    """Turn a command's return value into the exit code (None is 0)."""

    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> int:
        return function(*args, **kwargs) or 0

    return wrapper


def is_terminal() -> bool:
    """Say whether a person watches the narration."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
