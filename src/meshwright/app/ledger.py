"""What can be asked of the ledger: is it whole, what does it say, make its projections again."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError, did_you_mean
from meshwright.ledger.replay import rebuild
from meshwright.ledger.verification import verify
from meshwright.model.facts import KINDS


def verify_ledger(wiring: Wiring) -> dict[str, Any]:
    """Check the chain, the signed checkpoints, and that a replay gives the projections that are stored."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = wiring.scratch_store(Path(folder))
        try:
            found = verify(wiring.store, wiring.checkpoints, scratch)
        finally:
            scratch.close()
    problems = [finding.message for finding in found.findings]
    problems += [
        f"projection `{d.table}` differs from the ledger in {d.count} rows: mesh ledger rebuild"
        for d in found.differences
    ]
    return {
        "entries": found.entries,
        "head": found.head,
        "checkpoints": found.checkpoints,
        "problems": problems,
    }


def rebuild_projections(wiring: Wiring) -> dict[str, Any]:
    """Drop the projections and replay every fact."""
    from meshwright.app.catalog.index import erase_index
    from meshwright.app.run import LOCK, follow_tables, holder

    with wiring.store.hold(LOCK, holder(wiring), 10.0):
        entries = rebuild(wiring.store)
        follow_tables(wiring)
        erase_index(wiring)
    return {"entries": entries}


def list_entries(wiring: Wiring, kinds: Sequence[str], limit: int) -> list[dict[str, Any]]:
    """Return the newest facts of some kinds, the newest last; raise `UsageError` (`fact-kind-unknown`)."""
    for kind in kinds:
        if kind not in KINDS:
            raise UsageError(
                "fact-kind-unknown", f"no fact is a `{kind}`", hint=did_you_mean(kind, KINDS)
            )
    ledger = wiring.ledger
    entries = ledger.newest(limit, tuple(kinds)) if limit else ledger.entries(kinds=tuple(kinds))
    found = []
    for entry in entries:
        payload = json.loads(entry.payload)
        found.append(
            {
                "seq": entry.seq,
                "at": entry.at,
                "actor": entry.actor,
                "kind": entry.kind,
                "about": str(payload.get("product") or ", ".join(payload.get("read", [])[:3])),
                "fact": payload,
                "hash": entry.hash,
            }
        )
    return found


def take_checkpoint(wiring: Wiring) -> dict[str, Any]:
    """Sign where the ledger stands and send it to the sinks."""
    taken = wiring.checkpoints.take(wiring.store)
    lines = [*wiring.checkpoints.local.lines()]
    last = json.loads(lines[-1]) if lines else {}
    return {
        "seq": last.get("seq", 0),
        "hash": last.get("hash", ""),
        "is_new": taken.checkpoint is not None,
        "failures": {name: str(error) for name, error in taken.failures.items()},
    }
