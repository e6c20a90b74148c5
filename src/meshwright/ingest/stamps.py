"""The identity of an input: its description, and the digest of every part of it.

A part is read again for its digest only when its stamp (size and time of change) differs from the one it had
when it was landed.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from meshwright.ingest.landing import LandedItem, Manifest, load_manifest
from meshwright.model.product import SourceSpec
from meshwright.spi.source import Source, SourceItem

_FORM = "1"  # of landed files; raised when the same source would be landed differently


def stamp_input(source: Source, folder: Path, spec: SourceSpec) -> str:
    """Return the stamp that landing the input now would give; reads only what has changed."""
    manifest = load_manifest(folder)
    items = digest_items(source, source.items(), manifest)
    return stamp_of(digest_spec(spec), items)


def digest_items(
    source: Source, items: Sequence[SourceItem], manifest: Manifest | None
) -> dict[str, LandedItem]:
    """Return every part with its digest, taking over the digests of parts whose stamp is unchanged."""
    known = manifest.items if manifest else {}
    found = {}
    for item in items:
        before = known.get(item.name)
        same = before is not None and before.stamp == item.stamp
        found[item.name] = (
            before if same and before else LandedItem(item.stamp, source.digest(item))
        )
    return found


def digest_spec(spec: SourceSpec) -> str:
    """Return a digest of how the source is to be read; where it lies does not count."""
    described = {
        "form": _FORM,
        "kind": spec.kind,
        "paths": list(spec.paths),
        "format": spec.format,
        "options": spec.options,
        "columns": list(spec.columns.items()),
    }
    return _digest(described)


def stamp_of(spec: str, items: Mapping[str, LandedItem]) -> str:
    """Return the identity of an input as it was read."""
    return _digest([spec, sorted((name, item.digest) for name, item in items.items())])


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, default=str, ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=20).hexdigest()
