"""Write docs/reference from the code: commands, errors, facts, metadata, HTTP. `--check` only compares."""

import ast
import json
import sys
from collections import defaultdict
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from meshwright.cli.main import COMMANDS, cli
from meshwright.errors import EXIT_CODES, MeshwrightError
from meshwright.govern.rules.lived import CLOCK, TABLES
from meshwright.model.facts import KINDS
from meshwright.serve.api.application import OPERATIONS
from meshwright.serve.api.errors import STATUSES
from meshwright.serve.api.openapi import openapi

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
NOTE = "<!-- made by scripts/make_reference.py: `make reference` -->\n\n"
RAISERS = {cls.__name__ for cls in MeshwrightError.__subclasses__()} | {
    "Problem",
    "Refusal",
    "MeshwrightError",
    "HttpError",
}


def command_pages() -> str:
    """Return the help of every command."""
    parts = [f"{NOTE}# Commands\n\n```text\n{_help(cli, 'mesh')}\n```\n"]
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        parts.append(_page(command, f"mesh {name}"))
    return "\n".join(parts)


def _page(command: click.Command, path: str) -> str:
    text = f"## {path}\n\n```text\n{_help(command, path)}\n```\n"
    if isinstance(command, click.Group):
        context = click.Context(command)
        names = sorted(command.list_commands(context))
        found = ((name, command.get_command(context, name)) for name in names)
        below = [_page(sub, f"{path} {name}") for name, sub in found if sub is not None]
        text += "\n" + "\n".join(below)
    return text


def _help(command: click.Command, path: str) -> str:
    context = click.Context(command, info_name=path, terminal_width=100, max_content_width=100)
    return command.get_help(context)


def error_page() -> str:
    """Return every error and problem code in the source, with where it is raised."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "src").rglob("*.py")):
        room = path.relative_to(ROOT / "src" / "meshwright").parts[0].removesuffix(".py")
        for code in _codes(ast.parse(path.read_text("utf-8"))):
            found[code].add(room)
    kinds = "\n".join(f"| {kind.value} | {code} |" for kind, code in EXIT_CODES.items())
    rows = "\n".join(f"| `{code}` | {', '.join(sorted(found[code]))} |" for code in sorted(found))
    return (
        f"{NOTE}# Error codes\n\nEvery error has a kind, which decides the exit code, and a stable code.\n\n"
        f"| kind | exit code |\n|---|---|\n{kinds}\n\n| code | raised in |\n|---|---|\n{rows}\n"
    )


def _codes(tree: ast.AST) -> set[str]:
    codes = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in RAISERS:
            # the status of an HTTP error comes first
            first = node.args[1:2] if _name(node.func) == "HttpError" else node.args[:1]
            values = [*first, *(k.value for k in node.keywords if k.arg == "code")]
            codes |= {
                v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)
            }
    return codes


def _name(node: ast.expr) -> str:
    return (
        node.id
        if isinstance(node, ast.Name)
        else node.attr
        if isinstance(node, ast.Attribute)
        else ""
    )


def fact_page() -> str:
    """Return every kind of fact with its fields."""
    parts = [
        f"{NOTE}# Facts\n\nWhat the ledger records: counts, digests and references, never a value of data.\n"
    ]
    for name, cls in KINDS.items():
        listed = ", ".join(f"`{field.name}`" for field in fields(cls))
        parts.append(f"## {name}\n\n{(cls.__doc__ or '').strip()}\n\nFields: {listed}\n")
    return "\n".join(parts)


def metadata_page() -> str:
    """Return every table of metadata that rules read, from the one definition of them."""
    parts = [
        f"{NOTE}# The metadata that rules read\n\n"
        "Tables of the schema `mesh`, in DuckDB's SQL; moments are UTC. Names and types are stable: a table "
        "or column may be added, never renamed or dropped. Every table but `clock` has an `address`, a "
        "`product` and a `domain`, so that `JOIN ... USING (product)` works. Tables of *files* say what the "
        "mesh on disk says, built or not; tables of the *ledger* say what happened.\n"
    ]
    for table in TABLES.values():
        told = "of the ledger" if table.is_lived else "" if table is CLOCK else "of files"
        rows = "\n".join(f"| `{c.name}` | {c.type} | {c.about} |" for c in table.columns)
        heading = f"## mesh.{table.name}" + (f" ({told})" if told else "")
        parts.append(f"{heading}\n\n{table.about}\n\n| column | type | |\n|---|---|---|\n{rows}\n")
    return "\n".join(parts)


def http_page() -> str:
    """Return every operation of the HTTP API, from the OpenAPI document."""
    document = openapi(OPERATIONS)
    parts = [
        f"{NOTE}# The HTTP API\n\n"
        "What `mesh serve` answers, from its OpenAPI 3.1 document, which it serves at"
        " `/api/v1/openapi.json` with the schema of every answer."
        " [How to query over HTTP](../how-to/query-over-http.md), "
        "[how to serve a mesh](../how-to/serve-a-mesh.md).\n\n"
        "A token is sent as `Authorization: Bearer TOKEN`; *scope* is what it must open. Every error is "
        '`{"error": {"code", "message", "hint", "kind"}}`, its status that of its kind. Lists come in pages: '
        "`next` of one is the `cursor` of the following. JSON answers to a GET have an ETag.\n\n"
        + _http_statuses()
    ]
    for path, item in document["paths"].items():
        for method, operation in item.items():
            parts.append(_http_operation(method.upper(), path, operation))
    return "\n".join(parts)


def _http_statuses() -> str:
    rows = "\n".join(f"| {kind.value} | {status} |" for kind, status in STATUSES.items())
    return (
        f"| kind of an error | status |\n|---|---|\n{rows}\n\n"
        "But 401 where nobody is proven, and 404 where a code ends with `-unknown`.\n"
    )


def _http_operation(method: str, path: str, operation: dict[str, Any]) -> str:
    scope = operation.get("x-scope") or ("any" if operation["security"] else "none is needed")
    lines = [f"## {method} {path}\n", operation["summary"], operation.get("description", "")]
    lines.append(f"\nScope: {scope}.")
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if "example" in body:
        lines.append(f"\n```json\n{json.dumps(body['example'])}\n```")
    if operation["parameters"]:
        lines.append("\n| parameter | in | |\n|---|---|---|")
    for one in operation["parameters"]:
        words = one["schema"].get("enum")
        told = one["description"] + (f" One of {', '.join(words)}." if words else "")
        lines.append(f"| `{one['name']}` | {one['in']} | {told} |")
    media = [
        kind
        for status, answer in operation["responses"].items()
        if status[0] == "2"
        for kind in answer.get("content", {})
    ]
    distinct = list(dict.fromkeys(media))
    if len(distinct) > 1:
        lines.append(f"\nAnswers as {', '.join(f'`{kind}`' for kind in distinct)}, by `Accept`.")
    return "\n".join(line for line in lines if line) + "\n"


def main() -> int:
    """Write the pages, or with `--check` say which are stale."""
    pages = {
        "commands.md": command_pages(),
        "errors.md": error_page(),
        "facts.md": fact_page(),
        "http-api.md": http_page(),
        "metadata.md": metadata_page(),
    }
    stale = []
    for name, text in pages.items():
        path = REFERENCE / name
        clean = "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
        if "--check" in sys.argv:
            if not path.exists() or path.read_text("utf-8") != clean:
                stale.append(str(path.relative_to(ROOT)))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(clean, "utf-8")
    if stale:
        print(f"stale: {', '.join(stale)}; run `make reference`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
