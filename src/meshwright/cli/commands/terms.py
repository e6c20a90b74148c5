"""`mesh terms`: business terms, the columns that carry them, and those that may."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from meshwright.cli import console
from meshwright.model.counted import counted

if TYPE_CHECKING:
    from meshwright.app.terms import TermPage


@click.group(
    invoke_without_command=True,
    epilog="""\b
Examples:
  mesh terms                     every term
  mesh terms --search "on time"  those that these words find
  mesh terms show late           one term, and the columns that carry it
  mesh terms suggest sales.*     columns that may carry a term and say nothing""",
)
@click.option("--search", "words", default="", metavar="WORDS", help="Words to find terms by.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, words: str, as_json: bool) -> None:
    """List the business terms of glossary.yaml, of the mesh and of its domains."""
    if ctx.invoked_subcommand is not None:
        return
    pages = console.open_mesh(ctx).terms(words)
    if as_json:
        console.put_json({"terms": [_shape(page) for page in pages]})
    elif not pages:
        found = f"no term is found by `{words}`" if words else "no term is defined"
        console.put(f"{found}; glossary.yaml defines them: docs/how-to/terms.md")
    else:
        _table(pages)


@command.command("show", epilog="\b\nExample:\n  mesh terms show late")
@click.argument("term")
@console.json_option
@click.pass_context
@console.exits
def show(ctx: click.Context, term: str, as_json: bool) -> None:
    """Show what a term means, who says so, and which columns carry it."""
    page = console.open_mesh(ctx).term(term)
    if as_json:
        console.put_json(_shape(page))
        return
    told = page.term
    where = f"domain {told.domain}" if told.domain else "the whole mesh"
    console.put(f"{told.title or told.name}  ({told.name}, of {where})")
    console.put(told.definition)
    for word, value in (
        ("owner", told.owner),
        ("also called", ", ".join(told.synonyms)),
        ("related", ", ".join(told.related)),
        ("defined in", f"{told.file}:{told.line}"),
    ):
        if value:
            console.put(f"{word}: {value}")
    console.put(f"carried by: {', '.join(page.columns) or 'no column yet'}")


@command.command(
    "suggest",
    epilog="\b\nExamples:\n  mesh terms suggest\n  mesh terms suggest sales.orders --json",
)
@click.argument("select", nargs=-1)
@console.json_option
@click.pass_context
@console.exits
def suggest(ctx: click.Context, select: tuple[str, ...], as_json: bool) -> None:
    """Find columns that carry no term and may: by lineage, or by their name."""
    found = console.open_mesh(ctx).suggest_terms(*select)
    if as_json:
        console.put_json({"suggestions": [asdict(one) for one in found]})
        return
    if not found:
        console.put("nothing to suggest")
        return
    from meshwright.cli import tables

    rows = [(one.column, one.term, one.reason) for one in found]
    tables.out().print(tables.table(("column", "term", "because it"), rows))
    console.put(
        "to agree, write in the contract's column:"
        " authoritativeDefinitions: [{type: businessDefinition, url: glossary:TERM}]"
    )


def _table(pages: "tuple[TermPage, ...]") -> None:
    from meshwright.cli import tables

    rows = [
        (
            page.term.name,
            page.term.definition,
            page.term.owner,
            counted(len(page.columns), "column"),
        )
        for page in pages
    ]
    tables.out().print(tables.table(("term", "means", "owner", "carried by"), rows))


def _shape(page: "TermPage") -> dict[str, Any]:
    return {**asdict(page.term), "columns": list(page.columns)}
