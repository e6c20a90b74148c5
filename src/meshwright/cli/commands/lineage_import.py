"""`mesh lineage import`: what other tools told of their runs, from files."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from meshwright.cli import console

if TYPE_CHECKING:
    from meshwright.app.lineage_import import Taken

SHOWN = 20


@click.command(
    "import",
    epilog="""\b
Examples:
  mesh lineage import events.ndjson
  mesh lineage import dbt/target --namespace postgres://db.example.com:5432""",
)
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@click.option(
    "--namespace",
    default="",
    metavar="NAME",
    help="Of dbt: where its warehouse is, as OpenLineage names it (default: the adapter's name).",
)
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, files: tuple[Path, ...], namespace: str, as_json: bool) -> int:
    """Take OpenLineage events (JSON or NDJSON), or a dbt project's target folder.

    What they read and wrote is joined to products by the names of data sets, and shown by `mesh lineage`
    as what lies outside. An event that is known already changes nothing.
    """
    mesh = console.open_mesh(ctx)
    taken = {str(file): mesh.import_lineage(file, namespace=namespace) for file in files}
    if as_json:
        console.put_json({"files": [{"file": name, **shape(one)} for name, one in taken.items()]})
    else:
        for name, one in taken.items():
            _tell(name, one)
    return 1 if any(one.failed for one in taken.values()) else 0


def shape(taken: "Taken") -> dict[str, object]:
    """Return what became of a file's events as JSON has it."""
    return {
        "received": taken.received,
        "recorded": taken.recorded,
        "known": taken.known,
        "own": taken.own,
        "failed": [{"index": number, "reason": why} for number, why in taken.failed],
        "jobs": taken.jobs,
        "notes": taken.notes,
    }


def _tell(name: str, taken: "Taken") -> None:
    parts = [f"{taken.recorded:,} of {taken.received:,} recorded"]
    parts += [f"{taken.known:,} known already"] if taken.known else []
    parts += [f"{taken.own:,} of this mesh itself"] if taken.own else []
    parts += [f"{len(taken.failed):,} refused"] if taken.failed else []
    click.echo(f"{console.clean(name)}: {', '.join(parts)}; jobs: {len(taken.jobs):,}")
    for note in taken.notes:
        console.say(f"  {console.clean(note)}")
    for number, why in taken.failed[:SHOWN]:
        console.say(f"  event {number}: {console.clean(why)}")
    if len(taken.failed) > SHOWN:
        console.say(f"  and {len(taken.failed) - SHOWN:,} more")
