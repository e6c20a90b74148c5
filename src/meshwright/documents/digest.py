"""The digest of a document's meaning: comments, layout and the order of keys don't count.

Neither does how a port is watched: it promises nothing, so it may change without a new build.
"""

import hashlib
from collections.abc import Mapping

from meshwright.model.exact import dumps
from meshwright.model.json_value import Json

_CUSTOM, _OBSERVE = "customProperties", "observe"


def canonical(raw: Json) -> str:
    """Return a document as JSON in one fixed form."""
    return dumps(raw, sort_keys=True, separators=(",", ":"))


def digest(raw: Json) -> str:
    """Return the digest of a document's meaning."""
    return hashlib.sha256(canonical(raw).encode()).hexdigest()


def promise_digest(contract: Mapping[str, Json]) -> str:
    """Return the digest of what a contract promises."""
    promised = _unwatched(contract)
    objects = promised.get("schema")
    if isinstance(objects, list):
        promised["schema"] = [_unwatched(o) if isinstance(o, dict) else o for o in objects]
    return digest(promised)


def _unwatched(owner: Mapping[str, Json]) -> dict[str, Json]:
    listed = owner.get(_CUSTOM)
    if not isinstance(listed, list):
        return dict(owner)
    kept = [e for e in listed if not (isinstance(e, dict) and e.get("property") == _OBSERVE)]
    if len(kept) == len(listed):
        return dict(owner)
    rest = {key: value for key, value in owner.items() if key != _CUSTOM}
    return {**rest, _CUSTOM: kept} if kept else rest
