"""The digest of a document's meaning: comments, layout and the order of keys don't count."""

import hashlib

from meshwright.model.exact import dumps
from meshwright.model.facts import Json


def canonical(raw: Json) -> str:
    """Return a document as JSON in one fixed form."""
    return dumps(raw, sort_keys=True, separators=(",", ":"))


def digest(raw: Json) -> str:
    """Return the digest of a document's meaning."""
    return hashlib.sha256(canonical(raw).encode()).hexdigest()
