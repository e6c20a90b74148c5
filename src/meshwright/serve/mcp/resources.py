"""Resources: a product as Markdown, the contract of a port as its YAML."""

import json
from collections.abc import Iterator
from pathlib import Path

from meshwright.app.show import PortPage
from meshwright.errors import UsageError
from meshwright.serve.mcp.budget import plain
from meshwright.serve.mcp.caller import Caller

PRODUCT, CONTRACT = "mesh://product/", "mesh://contract/"
MARKDOWN, YAML = "text/markdown", "application/yaml"
PAGE = 100  # resources in one answer
MOST_LETTERS = 80_000
TEMPLATES = (
    (
        PRODUCT + "{address}",
        "product",
        "A data product: purpose, owners, ports, columns.",
        MARKDOWN,
    ),
    (CONTRACT + "{address}", "contract", "The contract of a port (ODCS), as its file says.", YAML),
)


def listed(caller: Caller, after: str) -> tuple[list[str], str]:
    """Return addresses of products after one, and after which to go on; '' at the end."""
    found = [address for address in caller.products() if address > after]
    page = found[:PAGE]
    return page, page[-1] if len(found) > PAGE else ""


def read(caller: Caller, uri: str) -> tuple[str, str]:
    """Return the text of a resource and its media type; raise `UsageError` (`resource-unknown`…)."""
    if uri.startswith(PRODUCT):
        text, kind = _product(caller, uri.removeprefix(PRODUCT)), MARKDOWN
    elif uri.startswith(CONTRACT):
        text, kind = _contract(caller, uri.removeprefix(CONTRACT)), YAML
    else:
        raise UsageError(
            "resource-unknown",
            f"`{uri[:200]}` is no resource of a mesh",
            hint=f"{PRODUCT}domain.product or {CONTRACT}domain.product.port",
        )
    shown = plain(text)
    if len(shown) > MOST_LETTERS:
        return f"{shown[:MOST_LETTERS]}\n… shortened: {len(shown)} letters in all", kind
    return shown, kind


def _product(caller: Caller, text: str) -> str:
    address = caller.address(text)
    page = caller.mesh.show(str(address.product_address))
    product = page.product
    head = [
        f"# {_line(product.title or str(product.address))}",
        "",
        f"- address: `{product.address}`",
        f"- owners: {_line(', '.join(product.owners)) or 'none'}",
        f"- status: {page.served.status if page.served else 'never built'}",
        f"- version: {page.served.version if page.served else 'none'}",
        f"- read by: {', '.join(caller.known(page.consumers)) or 'no product'}",
        "",
        *_quoted(product.description),
    ]
    return "\n".join([*head, *(line for port in page.ports for line in _port(port))]) + "\n"


def _port(port: PortPage) -> Iterator[str]:
    served = f", {port.served.rows} rows" if port.served else ""
    yield from (
        "",
        f"## `{port.address}`",
        "",
        f"contract {port.contract_version or 'none'}{served}",
    )
    yield from ("", *_quoted(port.description))
    yield from ("", "| column | type | meaning |", "|---|---|---|")
    types = dict(port.served.columns) if port.served else {}
    for column in port.columns:
        kind = types.get(column.name) or column.physical_type or column.logical_type
        yield f"| {_cell(column.name)} | {_cell(kind)} | {_cell(column.description)} |"


def _contract(caller: Caller, text: str) -> str:
    address = caller.port(text)
    page = caller.mesh.show(str(address.port_address))
    port = page.product.output(address.port)
    contract = port.contract if port else None
    if contract is None or not contract.file:
        raise UsageError("contract-unknown", f"`{address}` has no contract")
    return _text(caller.mesh.wiring.root / contract.file)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("contract-unreadable", "this contract cannot be read now") from error


def _quoted(text: str) -> list[str]:
    """Return what somebody wrote as a quotation, so that it is not taken for ours."""
    return [f"> {line}" for line in text.splitlines()]


def _line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _line(text).replace("\\", "\\\\").replace("|", "\\|").replace("`", "\\`")


def quoted(text: str) -> str:
    """Return a text as a JSON string: whatever is in it stays data."""
    return json.dumps(plain(text), ensure_ascii=False)
