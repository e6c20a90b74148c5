"""`%mesh` opens a mesh, `%%mesh` asks it in SQL.

%mesh path/to/mesh                     or https://mesh.example.com, with the token of `mesh login`
%%mesh --purpose planning late <<      the rows are kept in `late`
select * from operations.flights.departures where dep_delay > 60
"""

import argparse
import shlex
from typing import TYPE_CHECKING, Any, NoReturn

import meshwright
from meshwright.errors import MeshwrightError, UsageError

if TYPE_CHECKING:
    from meshwright.app.mesh import Mesh
    from meshwright.app.result import Result

FRAMES = ("pandas", "polars", "arrow")
NAME = "mesh"  # the variable that a notebook's mesh is in


class MeshMagic:
    """The magics of one shell, and the mesh that they ask."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._opened: Mesh | None = None

    @property
    def mesh(self) -> "Mesh":
        """Return the notebook's mesh: the variable `mesh`, else the one that this folder is in."""
        found = self._shell.user_ns.get(NAME)
        if _is_mesh(found):
            mesh: Mesh = found
            return mesh
        return self.open(".")

    def line(self, line: str) -> "Mesh | None":
        """`%mesh PATH-OR-URL [--as NAME] [--purpose TEXT]`; nothing said: the mesh that is open."""
        found: Mesh | None = _told(lambda: self._line(line))
        return found

    def cell(self, line: str, cell: str) -> Any:
        """`%%mesh [--as-of TIME] [--purpose TEXT] [--to pandas|polars|arrow] [NAME <<]`, then SQL."""
        return _told(lambda: self._cell(line, cell))

    def open(self, where: str, as_: str = "", purpose: str = "") -> "Mesh":
        """Open a mesh and keep it as the notebook's; the one that was opened before is closed."""
        found: Any
        if "://" in where:
            found = meshwright.connect(where, purpose=purpose)
        else:
            found = meshwright.open(where, as_=as_)
        if self._opened is not None:
            self._opened.close()
        self._opened = self._shell.user_ns[NAME] = found
        mesh: Mesh = found
        return mesh

    def _line(self, line: str) -> "Mesh":
        parser = _Parser("%mesh")
        parser.add_argument("where", nargs="?", default="")
        parser.add_argument("--as", dest="as_", default="")
        parser.add_argument("--purpose", default="")
        said = parser.parse_args(_words(line))
        return self.open(said.where, said.as_, said.purpose) if said.where else self.mesh

    def _cell(self, line: str, cell: str) -> Any:
        words, name = _words(line), ""
        if words[-1:] == ["<<"]:
            name = words[-2] if len(words) > 1 else ""
            words = words[:-2]
            if not name.isidentifier():
                raise UsageError(
                    "name-invalid", f"`{name}` is no name of a variable", hint="late <<"
                )
        parser = _Parser("%%mesh")
        parser.add_argument("--as-of", default=None)
        parser.add_argument("--purpose", default="")
        parser.add_argument("--to", choices=FRAMES, default="")
        said = parser.parse_args(words)
        found = _as(self.mesh.query(cell, as_of=said.as_of, purpose=said.purpose), said.to)
        if name:
            self._shell.user_ns[name] = found
            return None
        return found


class _Parser(argparse.ArgumentParser):
    """Raises our errors, and never ends the process."""

    def __init__(self, name: str) -> None:
        super().__init__(prog=name, add_help=False, allow_abbrev=False, exit_on_error=False)

    def error(self, message: str) -> NoReturn:
        raise UsageError("magic-invalid", message, hint=" ".join(self.format_usage().split()[1:]))


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        raise UsageError("magic-invalid", f"`{line}` has an open quote") from error


def _as(result: "Result", frame: str) -> Any:
    if frame == "pandas":
        return result.to_pandas()
    if frame == "polars":
        return result.to_polars()
    return result.to_arrow() if frame == "arrow" else result


def _is_mesh(value: object) -> bool:
    return type(value).__name__ in ("Mesh", "ActingMesh", "RemoteMesh")


def _told(do: Any) -> Any:
    """Say what is wrong in a line or two, without a traceback of ours."""
    from IPython.core.error import UsageError as Shown

    try:
        return do()
    except argparse.ArgumentError as error:
        raise Shown(f"magic-invalid: {error}") from None
    except MeshwrightError as error:
        hint = f"\n  {error.hint}" if error.hint else ""
        raise Shown(f"{error.code}: {error}{hint}") from None
