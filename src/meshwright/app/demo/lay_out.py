"""Turn an empty folder into the demo mesh: its descriptor files as shipped, the starter rules, its silos."""

import shutil
from pathlib import Path

from meshwright.app.demo.silos import write_silos
from meshwright.app.policy.adding import add_rules
from meshwright.errors import UsageError

MESH = Path(__file__).parent / "mesh"
IGNORED = "# state, cache, keys and tables: made by runs, never committed\n.mesh/\n.mesh-*/\n"


def lay_out(folder: Path) -> None:
    """Create mesh and silos in an empty or new folder.

    Raises `UsageError`: `demo-folder-not-empty` where something is in the way.
    """
    _require_empty(folder)
    shutil.copytree(
        MESH, folder, dirs_exist_ok=True, copy_function=shutil.copyfile, ignore=_ignore_caches
    )
    add_rules(folder)
    (folder / ".gitignore").write_text(IGNORED, encoding="utf-8")
    write_silos(folder / "silos")


def _require_empty(folder: Path) -> None:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    what = "is not empty" if folder.is_dir() else "is a file"
    raise UsageError(
        "demo-folder-not-empty",
        f"`{folder}` {what}, and the demo replaces nothing",
        hint="name a new folder: mesh demo nyc-demo",
    )


def _ignore_caches(_folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name == "__pycache__" or name.startswith(".")}
