"""The digest of a document's meaning: comments, layout and the order of keys don't count."""

import hashlib
import json

from meshwright.model.json_value import Json


def canonical(raw: Json) -> str:
    """Return a document as JSON in one fixed form."""
    return json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(raw: Json) -> str:
    """Return the digest of a document's meaning."""
    return hashlib.sha256(canonical(raw).encode()).hexdigest()
