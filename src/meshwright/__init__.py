"""Meshwright: a data mesh in one install.

import meshwright
mesh = meshwright.open("path/to/mesh")
mesh.run()
table = mesh.read("domain.product.port")
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from pathlib import Path

    from meshwright.app.mesh import Mesh


def open(path: "str | Path" = ".", *, env: str = "") -> "Mesh":
    """Open the mesh that `path` is in (the nearest folder upwards with `mesh.yaml`)."""
    from meshwright.app.mesh import open_mesh  # the root module stays light to import

    return open_mesh(path, env=env)
