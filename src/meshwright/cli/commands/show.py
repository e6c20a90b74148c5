"""`mesh show`: the mesh, a domain, a product or a port."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from meshwright.cli import console
from meshwright.model.counted import counted

if TYPE_CHECKING:
    from rich.console import Console

    from meshwright.app.show import PortPage, ProductLine, ProductPage


@click.command(
    epilog="""\b
Examples:
  mesh show                                the mesh
  mesh show operations                     a domain
  mesh show operations.flights             a product
  mesh show operations.flights.departures  a port: columns, checks, how to read it"""
)
@click.argument("address", default="")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, address: str, as_json: bool) -> None:
    """Show the mesh, a domain, a product or a port, as it is now."""
    mesh = console.open_mesh(ctx)
    if "." not in address:
        lines = mesh.products(address)
        if as_json:
            console.put_json({"products": [asdict(line) for line in lines]})
        else:
            _show_products(lines)
        return
    page = mesh.show(address)
    if as_json:
        from meshwright.app.show_shapes import page_shape

        console.put_json(page_shape(page))
        return
    from meshwright.cli import tables

    _show_page(tables.out(), page)


def _show_products(lines: "tuple[ProductLine, ...]") -> None:
    from meshwright.cli import tables

    rows = [
        (
            line.product,
            line.status,
            line.version,
            line.rows,
            ", ".join(line.ports[:6]) + ("…" if len(line.ports) > 6 else ""),
            f"{line.incidents} open" if line.incidents else "",
        )
        for line in lines
    ]
    headers = ("product", "status", "version", "rows", "ports", "incidents")
    tables.out().print(tables.table(headers, rows, right=("version", "rows")))


def _show_page(out: "Console", page: "ProductPage") -> None:
    from rich.markup import escape

    product = page.product
    out.print(f"[bold]{product.address}[/bold]  {product.title}", highlight=False)
    if product.description:
        out.print(product.description, markup=False)
    served = page.served
    version = f"@{served.version}" if served and served.version else "never built"
    out.print(f"version {version} · {product.version} · {', '.join(product.owners)}", markup=False)
    for incident, opened, cause in page.incidents:
        out.print(f"[red]open incident[/red] {incident} since {opened[:16]}: {cause}")
    if served and served.status == "retired":
        out.print(f"[yellow]retired[/yellow]: served until {served.retired_until}")
    for waiver in page.waivers:
        told = f"{', '.join(sorted(waiver.checks))}, by {waiver.owner}: {waiver.reason}"
        out.print(f"[yellow]waived[/yellow] until {waiver.expires}: {escape(told)}")
    inputs = [
        f"{i.name} ← {i.port or ((i.source and i.source.paths[:1]) or [''])[0]}"
        for i in product.inputs
    ]
    out.print(f"reads: {'; '.join(inputs) or 'nothing'}", markup=False)
    out.print(f"read by: {', '.join(page.consumers) or 'nobody in this mesh'}", markup=False)
    for port in page.ports:
        out.print()
        _show_port(out, port)


def _show_port(out: "Console", port: "PortPage") -> None:
    from rich.markup import escape

    from meshwright.cli import tables

    served = port.served
    size = (
        f"{counted(served.rows, 'row')}, {tables.size(served.bytes)}" if served else "never built"
    )
    if served and served.quarantined:
        size += f", {served.quarantined:,} quarantined"
    out.print(
        f"[bold]{port.address}[/bold]  contract {port.contract_version} · {port.kind} · {size}"
    )
    if port.is_deprecated:
        out.print(f"[yellow]deprecated[/yellow]: {escape(_ending(port))}")
    if port.replaces:
        out.print(f"replaces {port.replaces}", markup=False)
    if port.description:
        out.print(port.description, markup=False)
    types = dict(served.columns) if served else {}
    rows = [
        (
            column.name,
            types.get(column.name, column.physical_type or column.logical_type),
            " ".join(
                word
                for word, given in (
                    ("key", column.key_position),
                    ("required", column.required),
                    ("unique", column.unique),
                    (column.classification, column.classification),
                )
                if given
            ),
            column.description,
        )
        for column in port.columns
    ]
    out.print(tables.table(("column", "type", "promises", "meaning"), rows))
    counts: dict[str, int] = {}
    for _, status, _, _ in port.checks:
        counts[status] = counts.get(status, 0) + 1
    if counts:
        told = ", ".join(f"{n} {status.replace('_', ' ')}" for status, n in sorted(counts.items()))
        out.print(f"last audit ({port.audited}): {told}")
    for name, status, severity, expectation in port.checks:
        if status in ("failed", "errored", "not_enforced"):
            out.print(
                f"  {status.replace('_', ' ').upper()} ({severity}) {name}: {expectation}",
                markup=False,
            )
    out.print(f'read it: mesh query "select * from {port.address} limit 10"', markup=False)


def _ending(port: "PortPage") -> str:
    said = "no end is announced"
    if port.ends:
        said = f"ended on {port.ends}" if port.is_over else f"served until {port.ends}"
    return said + (f"; read {' or '.join(port.replaced_by)} instead" if port.replaced_by else "")
