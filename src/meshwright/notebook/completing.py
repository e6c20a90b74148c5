"""Addresses and columns, completed in a `%%mesh` cell."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from meshwright.errors import MeshwrightError
from meshwright.notebook.magic import MeshMagic

MOST = 200


def complete_in(shell: Any, magic: MeshMagic) -> None:
    """Let a shell complete addresses in cells of SQL; where its IPython is too old, nothing happens."""
    try:
        from IPython.core.completer import context_matcher
    except ImportError:
        return
    matcher = context_matcher()(_matcher(magic))
    shell.Completer.custom_matchers.append(matcher)


def _matcher(magic: MeshMagic) -> Callable[[Any], dict[str, Any]]:
    def mesh_addresses(context: Any) -> dict[str, Any]:
        from IPython.core.completer import SimpleCompletion

        found: list[str] = []
        if context.full_text.startswith("%%mesh"):
            with suppress(MeshwrightError):
                found = list(addresses(magic.mesh, context.token))[:MOST]
        return {"completions": [SimpleCompletion(text=one, type="address") for one in found]}

    return mesh_addresses


def addresses(mesh: Any, begun: str) -> Iterator[str]:
    """Yield ports that begin as what was typed; after a whole one, its columns."""
    if begun.count(".") == 3:
        port = begun.rpartition(".")[0]
        names = (f"{port}.{one.name}" for page in mesh.show(port).ports for one in page.columns)
    else:
        names = (f"{line.product}.{port}" for line in mesh.products() for port in line.ports)
    yield from (name for name in names if name.startswith(begun))
