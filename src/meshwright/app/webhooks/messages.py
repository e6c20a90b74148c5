"""What is sent of a fact: its kind, when, what it is about, and its plain fields; never a value of data.

Facts hold none; what is long or nested (profiles, lists of violations) is left out and named, so that a
message stays small: whoever wants it whole reads the ledger.
"""

import json
from collections.abc import Mapping
from typing import Any

from meshwright.app.catalog.veil import Veil
from meshwright.app.webhooks.concern import about
from meshwright.model.facts import Entry

MOST_OF_FIELD, MOST_IN_LIST = 500, 50


def message_of(webhook: str, entry: Entry, mesh: str, veil: Veil) -> tuple[str, bytes]:
    """Return the id of a message, the same whenever it is sent again, and its body.

    `veil` takes out what whoever hears it may not know of: an owner may not know of all that a product reads.
    """
    fact: Mapping[str, Any] = json.loads(entry.payload)
    product = ".".join(about(fact).split(".")[:2])
    own = veil.within(product) if product else veil
    kept = {name: _told(own, value) for name, value in fact.items() if _is_plain(value)}
    shape = {
        "type": entry.kind,
        "timestamp": entry.at,
        "data": {
            "mesh": mesh,
            "seq": entry.seq,
            "actor": entry.actor,
            "address": about(fact),
            "fact": kept,
            "omitted": sorted(fact.keys() - kept.keys()),
        },
    }
    body = json.dumps(shape, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return f"msg_{webhook}_{entry.seq}", body


def _told(veil: Veil, value: Any) -> Any:
    if isinstance(value, list):
        return [veil.text(one) for one in value]
    return veil.text(value) if isinstance(value, str) else value


def test_message(webhook: str, at: str, mesh: str, number: str) -> tuple[str, bytes]:
    """Return a message that says nothing but that the hook works."""
    shape = {"type": "test", "timestamp": at, "data": {"mesh": mesh, "webhook": webhook}}
    return f"msg_{webhook}_test_{number}", json.dumps(shape, separators=(",", ":")).encode()


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return len(value) <= MOST_IN_LIST and all(
            isinstance(one, str) and len(one) <= MOST_OF_FIELD for one in value
        )
    if isinstance(value, str):
        return len(value) <= MOST_OF_FIELD
    return value is None or isinstance(value, bool | int | float)
