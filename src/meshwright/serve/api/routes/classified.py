"""What looks personal, over HTTP: find it, and an owner's yes or no to it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from meshwright.app.acting import ActingWiring
from meshwright.app.identity.verbs import owns
from meshwright.model.address import Address
from meshwright.serve.api.looking import Look, acting, looking
from meshwright.serve.api.operations import CURSOR, LIMIT, Operation, Parameter
from meshwright.serve.api.paging import page, paged

ANY = dict[str, Any]
COLUMN = Parameter("address", "A column.", place="path", example="crm.people.people.email")


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """What a column looks like. `evidence` names reasons, never values; `state`: open, accepted, refused."""

    column: str
    kind: str
    classification: str
    tags: tuple[str, ...]
    confidence: float
    evidence: tuple[str, ...]
    state: str


@dataclass(frozen=True, slots=True)
class ClassifyBody:
    """Which products to look at; none: all that are yours."""

    select: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KindBody:
    """What it is, where that is not what was suggested."""

    kind: str = ""


@dataclass(frozen=True, slots=True)
class RefusalBody:
    """Why a column does not hold what was suggested."""

    reason: str
    kind: str = ""


Suggestions = paged(SuggestionView, "Suggestions", "suggestions")


def _suggestions(look: Look) -> Any:
    with look.wiring.store.read() as reader:
        rows = reader.rows(
            "SELECT column_name, kind, classification, tags, confidence, evidence, state FROM suggestions"
        )
    wiring = look.wiring
    who = wiring.principal() if isinstance(wiring, ActingWiring) else None
    found = [
        SuggestionView(
            str(column), str(kind), str(level), tuple(json.loads(str(tags))), float(str(sure)),
            tuple(json.loads(str(why))), str(state),
        )
        for column, kind, level, tags, sure, why, state in rows
    ]  # fmt: skip
    mine = (
        one
        for one in found
        if who is None
        or (isinstance(wiring, ActingWiring) and owns(wiring, who, Address.parse(one.column)))
    )
    return page(Suggestions, mine, lambda one: f"{one.column} {one.kind}", look.words)


def _find(look: Look, said: ClassifyBody) -> Any:
    return {"suggestions": look.mesh.classify(*said.select)}


def _accept(look: Look, said: KindBody) -> Any:
    from meshwright.app.classify_decide import accept  # loaded when it is first asked for

    address = str(look.address())
    look.require("classify accept", address=address)
    done = accept(look.wiring, address, said.kind)
    look.wiring.origin.look_anew()
    return done


def _refuse(look: Look, said: RefusalBody) -> Any:
    from meshwright.app.classify_decide import refuse

    address = str(look.address())
    look.require("classify refuse", address=address)
    return refuse(look.wiring, address, said.reason, said.kind)


OPERATIONS: Sequence[Operation] = (
    looking("/api/v1/suggestions", "List what looks personal in products that you own.", Suggestions,
            _suggestions, LIMIT, CURSOR),
    acting("POST", "/api/v1/suggestions", "Look which columns of products look personal.", ClassifyBody,
           ANY, _find, example={"select": ["crm.people"]}),
    acting("POST", "/api/v1/suggestions/{address}/accept", "Write a suggestion into the contract.", KindBody,
           ANY, _accept, COLUMN, example={"kind": "email"}),
    acting("POST", "/api/v1/suggestions/{address}/refuse", "Say that a column does not hold it.", RefusalBody,
           ANY, _refuse, COLUMN, example={"reason": "names of ships, not of people"}),
)  # fmt: skip
