"""`%load_ext meshwright`: what a shell of IPython gets."""

import sys
from typing import Any

from meshwright.notebook.completing import complete_in
from meshwright.notebook.magic import MeshMagic
from meshwright.notebook.showing import show_richly

_MARK = "_meshwright"


def load(shell: Any) -> None:
    """Show our values richly, and give `%mesh` and `%%mesh`; loaded again, nothing changes."""
    if hasattr(shell, _MARK):
        return
    magic = MeshMagic(shell)
    setattr(shell, _MARK, magic)
    show_richly(shell)
    shell.register_magic_function(magic.line, "line", "mesh")
    shell.register_magic_function(magic.cell, "cell", "mesh")
    complete_in(shell, magic)


def load_where_there_is_one() -> None:
    """Do the same in a notebook that runs already; nowhere else anything."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None:
        load(shell)
