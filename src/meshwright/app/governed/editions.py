"""Masked editions: files of a port beside its own, with keyed masks computed once instead of at each query.

They are a cache: made by the build for whom a port is granted, or when a query first needs one; erasable at
any time, never part of a version. A folder
is named after the keys and the masks, so that another key or mask never meets an older edition; the editions
of other keys go when one is made, and those of a file go with the file (`publish.sweeping`).
"""

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from threading import Lock

from meshwright.app.governed.keys import Keys
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.access import KEYED, Mask
from meshwright.publish.places import MASKED
from meshwright.spi.query_pool import View

_making = Lock()


def with_edition(wiring: Wiring, view: View, folder: Path, domain: str, keys: Keys) -> View:
    """Return the view over its masked edition; as it is where none is worth while, or none can be written."""
    keyed = {name: mask for name, mask in view.masks.items() if mask.kind in KEYED}
    if not KEYED.intersection(view.keys) or not view.files:
        return view
    whole = replace(view, keys=keys.of(domain, keyed.values()))
    edition = folder / MASKED / f"{keys.fingerprint(domain)}-{_digest(keyed)}"
    files = tuple(edition / file.name for file in view.files)
    if not all(file.exists() for file in files):
        try:
            _make(wiring, whole, edition)
        except (MeshwrightError, OSError):
            return view  # a full or read-only disk costs time, not the answer
    return replace(view, masked_files=files, masked_columns=frozenset(keyed))


def _make(wiring: Wiring, view: View, edition: Path) -> None:
    with _making:
        edition.mkdir(parents=True, exist_ok=True)
        wiring.pool.make_masked(view, edition)
    ours = edition.name.rpartition("-")[0]
    for other in edition.parent.iterdir():
        if other.name.rpartition("-")[0] != ours:
            shutil.rmtree(other, ignore_errors=True)


def _digest(masks: Mapping[str, Mask]) -> str:
    said = "\n".join(f"{name} {mask}" for name, mask in sorted(masks.items()))
    return hashlib.sha256(said.encode()).hexdigest()[:12]
