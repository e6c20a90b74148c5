"""Meshwright: a data mesh in one install.

import meshwright
mesh = meshwright.open("path/to/mesh")
mesh.run()
table = mesh.read("domain.product.port")
meshwright.connect("https://mesh.example.com", token).query("select …")
meshwright.scan("orders.parquet", checks=["id unique"]).passed
"""

import sys
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from meshwright.app.mesh import Mesh
    from meshwright.app.scanning.scanned import Scanned
    from meshwright.client.remote_mesh import RemoteMesh


def open(path: "str | Path" = ".", *, env: str = "", as_: str = "") -> "Mesh":
    """Open the mesh that `path` is in (the nearest folder upwards with `mesh.yaml`).

    `as_` is a principal: what you do is judged as theirs, and recorded as done by you.
    """
    from meshwright.app.mesh import open_mesh  # the root module stays light to import

    _show_richly()
    return open_mesh(path, env=env, as_=as_)


def connect(
    url: str, token: str = "", purpose: str = "", *, ca: str = "", insecure: bool = False
) -> "RemoteMesh":
    """Return the mesh that a server serves, with the verbs of a local one; nothing is sent yet.

    Without a token, that of the environment (`MESH_TOKEN`) or of `mesh login` is sent. `ca` is a file with
    the authority that signed the server's certificate; `insecure` lets a token go over plain HTTP.
    """
    from meshwright.client.connecting import connect as connect_

    _show_richly()
    return connect_(url, token, purpose, ca=ca, insecure=insecure)


def scan(
    source: "str | Path",
    *,
    contract: "str | Path" = "",
    checks: "Iterable[str]" = (),
    table: str = "",
    object: str = "",
    profile: str = "full",
) -> "Scanned":
    """Judge and profile a file, a table, a Delta folder or a published port; no mesh is needed.

    `contract` is an ODCS file, `object` the one in it that is meant, `checks` are as on the command line
    (`"id unique"`, `"amount >= 0"`), `profile` is none, light or full. A failed check is no error:
    `result.passed` says it, `result.failed` lists them.
    """
    from meshwright.app.scan import ScanOrder
    from meshwright.app.scan import scan as scan_

    order = ScanOrder(str(source), table, str(contract), object, tuple(checks), profile)
    return scan_(order)


def load_ipython_extension(shell: "Any") -> None:
    """Do what `%load_ext meshwright` asks: rich values, `%mesh`, and SQL in `%%mesh` cells."""
    from meshwright.notebook.extension import load

    load(shell)


def _show_richly() -> None:
    """In a notebook, let values show themselves richly; elsewhere, nothing is imported."""
    if "IPython" in sys.modules:
        from meshwright.notebook.extension import load_where_there_is_one

        load_where_there_is_one()
