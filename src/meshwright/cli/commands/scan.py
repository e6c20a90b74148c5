"""`mesh scan`: judge and profile a file or table, with no mesh around it."""

import json
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from meshwright.cli import console
from meshwright.errors import UsageError

if TYPE_CHECKING:
    from meshwright.app.scanning.scanned import Scanned
    from meshwright.app.wiring import Wiring

FORMATS = ("table", "json", "junit", "oors")
EXIT_FAILED = 1


@click.command(
    epilog="""\b
Examples:
  mesh scan flights.parquet                              its profile
  mesh scan "drops/*.csv" --contract orders.odcs.yaml    judged by a contract
  mesh scan flights.db --table planes --format junit -o report.xml
  mesh scan orders.parquet --check "id unique" --check "amount >= 0" \\
    --check "null_share(city) < 5%" --check "freshness(day) < 2d"
  mesh scan sales.orders.orders                          a published port
\b
Checks: id unique | (id, day) unique | id not null | amount >= 0 |
  amount between 0 and 9 | email matches ^.+@.+$ | status in (a, b) |
  status not in (x) | rows > 0 | F(column) < 5, where F is one of nulls,
  null_share, duplicates, duplicate_share, distinct, min, max, mean, sum,
  length, freshness. `warning: rows > 9` does not fail the scan.
\b
Exit codes: 0 passed, 1 a check of severity error failed or could not be
judged, or the data cannot be read as what it is, 2 usage or contract
invalid, 3 not reachable."""
)
@click.argument("source")
@click.option("--contract", default="", metavar="FILE", help="An ODCS contract to judge by.")
@click.option(
    "--object", "named", default="", metavar="NAME", help="The object of it that is meant."
)
@click.option("--table", default="", metavar="NAME", help="The table of a database, or the sheet.")
@click.option("--check", "checks", multiple=True, metavar="EXPR", help="A check; may be repeated.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option(
    "--profile", type=click.Choice(("none", "light", "full")), default="full", show_default=True
)
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to a file.")
@console.json_option
@click.pass_context
@console.exits
def command(
    ctx: click.Context,
    source: str,
    contract: str,
    named: str,
    table: str,
    checks: tuple[str, ...],
    form: str,
    profile: str,
    output: str | None,
    as_json: bool,
) -> int:
    """Judge and profile what no mesh built: files, a table, a Delta folder, or a port.

    SOURCE is a file or glob (CSV, TSV, JSON, NDJSON, Parquet, Excel), a SQLite table (`x.db --table t`,
    `sqlite:///x.db?table=t`), a Delta table's folder, or the address of a published port.
    """
    from meshwright.app.scan import ScanOrder, scan
    from meshwright.cli.waiting import stopped_politely, told_if_slow

    order = ScanOrder(source, table, contract, named, checks, profile)
    with stopped_politely(), told_if_slow() as tell:
        scanned = scan(order, _mesh_around(ctx), tell=tell)
    _write(scanned, "json" if as_json else form, output)
    return 0 if scanned.passed else EXIT_FAILED


def _mesh_around(ctx: click.Context) -> "Wiring | None":
    """Return the mesh that an address would be looked up in; None where there is none."""
    with suppress(UsageError):
        return console.open_mesh(ctx).wiring
    return None


def _write(scanned: "Scanned", form: str, output: str | None) -> None:
    if form == "table" and not output:
        from meshwright.cli import tables
        from meshwright.cli.scans import show_scan

        show_scan(tables.out(), scanned)
        return
    text = _text(scanned, form)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        with open(output, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(
            "output-not-writable", f"cannot write `{output}`: {error.strerror}"
        ) from error
    from meshwright.app.scanning.shapes import verdict_line

    console.say(console.clean(verdict_line(scanned)))


def _text(scanned: "Scanned", form: str) -> str:
    if form == "junit":
        from meshwright.app.scanning.junit import junit_text

        return junit_text(scanned)
    if form == "table":
        from io import StringIO

        from rich.console import Console

        from meshwright.cli.scans import show_scan

        page = StringIO()
        show_scan(Console(file=page, width=80, highlight=False), scanned)
        return page.getvalue()
    document = scanned.to_dict()
    if form == "oors":
        from meshwright.app.scanning.oors import oors_document

        document = oors_document(scanned)
    return json.dumps(document, indent=2, ensure_ascii=False, default=str, allow_nan=False) + "\n"
