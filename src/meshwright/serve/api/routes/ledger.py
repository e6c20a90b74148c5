"""The ledger over HTTP, for auditors and administrators: its facts, and whether it is as it was written."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from meshwright.errors import UsageError, did_you_mean
from meshwright.ledger.findings import Finding
from meshwright.model.facts import KINDS
from meshwright.serve.api.bodies import MOST_LINES
from meshwright.serve.api.errors import HttpError
from meshwright.serve.api.looking import Look, looking
from meshwright.serve.api.operations import CURSOR, LIMIT, Operation, Parameter
from meshwright.serve.api.paging import LINES, paged, read_cursor, write_cursor


@dataclass(frozen=True, slots=True)
class FactView:
    """One entry of the ledger: its number, when, by whom, what happened, and its link in the hash chain."""

    seq: int
    at: str
    actor: str
    kind: str
    fact: dict[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class VerificationView:
    """Whether the ledger is as it was written; `findings` name what is not, the first bad entry first."""

    entries: int
    head: str
    checkpoints: int
    is_sound: bool
    findings: tuple[Finding, ...]


Facts = paged(FactView, "Facts", "facts")


def _facts(look: Look) -> Any:
    kinds, words = look.words.parts("kind"), look.words
    look.require("ledger entries", kinds=kinds)
    for kind in kinds:
        if kind not in KINDS:
            raise UsageError(
                "fact-kind-unknown", f"no fact is a `{kind[:60]}`", hint=did_you_mean(kind, KINDS)
            )
    most = max(1, words.count("limit", LINES, MOST_LINES))
    after = _after(read_cursor(words)) or words.count("after", 0, 2**53)
    entries = look.wiring.ledger.entries(after, kinds, most + 1)
    found = tuple(
        FactView(one.seq, one.at, one.actor, one.kind, json.loads(one.payload), one.previous, one.hash)
        for one in entries[:most]
    )  # fmt: skip
    return Facts(found, write_cursor(str(found[-1].seq)) if len(entries) > most else "")


def _after(cursor: str) -> int:
    if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 16):
        raise HttpError(
            400, "cursor-invalid", "this is no cursor", hint="send `next` of the page before"
        )
    return int(cursor or 0)


def _verification(look: Look) -> VerificationView:
    look.require("ledger verify")
    found = look.mesh.verify_trail()
    return VerificationView(
        found.entries, found.head, found.checkpoints, found.is_sound, found.findings
    )


OPERATIONS: Sequence[Operation] = (
    looking("/api/v1/facts", "List the facts of the ledger, the oldest first.", Facts, _facts,
            Parameter("kind", "Only of these kinds, separated by commas.", example="VersionPublished"),
            Parameter("after", "Only what has a greater number.", "integer", example=0),
            LIMIT, CURSOR, scope="trail"),
    looking("/api/v1/ledger/verification", "Say whether the hash chain and the checkpoints are whole.",
            VerificationView, _verification, scope="trail", is_long=True),
)  # fmt: skip
