"""The name of a source as a data set: what reads the same place has the same name, whoever reads it."""

import os
from pathlib import Path

from meshwright.model.product import SourceSpec


def source_name(spec: SourceSpec, root: Path, otherwise: str) -> str:
    """Return the name of what a source reads, `kind:place`; paths are relative to the mesh if they can be."""
    place = ",".join(_relative(spec.base, path, root) for path in spec.paths) or otherwise
    table = spec.options.get("table") or ("query" if "query" in spec.options else "")
    return f"{spec.kind}:{place}" + (f"#{table}" if table else "")


def _relative(base: Path, path: str, root: Path) -> str:
    """Return a path from the mesh's folder, unless it was written as an absolute one elsewhere."""
    expanded = os.path.expanduser(path)
    whole = os.path.normpath(os.path.join(base, expanded))
    inside = os.path.relpath(whole, root)
    is_elsewhere = inside.startswith("..") and os.path.isabs(expanded)
    return (whole if is_elsewhere else inside).replace(os.sep, "/")
