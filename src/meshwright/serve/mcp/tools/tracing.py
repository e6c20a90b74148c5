"""Trace: what something is made of, what is made of it, and what a change would break."""

from typing import Annotated, Any, Literal

from msgspec import Meta

from meshwright.lineage.walking import ANY, Arrow, Place
from meshwright.serve.mcp.answers.tracing import Dataset, Edge, ImpactAnswer, LineageAnswer
from meshwright.serve.mcp.caller import Caller
from meshwright.serve.mcp.tool import Anything, Arguments, Text, Tool

_CHANGES = {"drop": {"drop": True}, "use": {}}


class Lineage(Arguments, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where from, and which way."""

    address: Anything
    direction: Annotated[
        Literal["upstream", "downstream"],
        Meta(description="upstream: what it is made of; downstream: what is made of it."),
    ] = "upstream"
    depth: Annotated[int, Meta(ge=0, le=50, description="Steps; 0: to the end.")] = 2
    as_of: Annotated[Text, Meta(description="By what was served then, ISO 8601.")] = ""


class Impact(Arguments, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What would be changed, and how."""

    address: Anything
    change: Annotated[
        Literal["use", "drop", "rename", "type"],
        Meta(description="use: only what rests on it; else what that change would break."),
    ] = "use"
    to: Annotated[Text, Meta(description="The new name or SQL type, for rename and type.")] = ""


def lineage(caller: Caller, said: Lineage) -> LineageAnswer:
    """Walk along lineage; what the caller may not know of is left out."""
    address = caller.address(said.address)
    found = caller.mesh.lineage(
        str(address),
        up=said.direction == "upstream",
        depth=said.depth,
        as_of=said.as_of or None,
    )
    arrows = [
        arrow
        for arrow in found.walk.arrows
        if caller.knows(arrow.source.dataset) and caller.knows(arrow.target.dataset)
    ]
    places = dict.fromkeys(
        [found.walk.start, *(end for arrow in arrows for end in (arrow.target, arrow.source))]
    )
    return {
        "address": found.address,
        "direction": said.direction,
        "datasets": [_dataset(place, found.kinds) for place in places],
        "edges": _by_dataset(arrows) if not address.column else [_edge(one) for one in arrows],
    }


def _dataset(place: Place, kinds: Any) -> Dataset:
    return {
        "name": place.dataset,
        "version": place.version or None,
        "kind": kinds[place.dataset],
    }


def _by_dataset(arrows: list[Arrow]) -> list[Edge]:
    """Return one edge for each pair of data sets, with how many columns flow along it."""
    found: dict[tuple[str, str, int], int] = {}
    for arrow in arrows:
        pair = arrow.source.dataset, arrow.target.dataset, arrow.depth
        found[pair] = found.get(pair, 0) + 1
    return [
        {"from": source, "to": target, "steps_away": depth, "columns": count}
        for (source, target, depth), count in found.items()
    ]


def _edge(arrow: Arrow) -> Edge:
    link = arrow.link
    return {
        "from": _name(link.source, link.source_column),
        "to": _name(link.dataset, link.column),
        "how": link.how,
        "direct": arrow.is_direct,
        "masked": link.is_masked,
        "steps_away": arrow.depth,
    }


def _name(dataset: str, column: str) -> str:
    return dataset if column in (ANY, "") else f"{dataset}.{column}"


def impact(caller: Caller, said: Impact) -> ImpactAnswer:
    """Say what rests on something, and what a change of it would break."""
    address = caller.address(said.address)
    change: dict[str, Any] = _CHANGES.get(said.change, {said.change: said.to})
    found = caller.mesh.impact(str(address), **change)
    return {
        "address": found.address,
        "change": str(found.wish),
        "breaks_something": found.breaks,
        "products": [one.product for one in found.products if caller.knowing.of(one.product)],
        "columns": [
            {"address": one.address, "verdict": one.verdict, "how": one.how, "why": one.why}
            for one in found.columns
            if caller.knows(one.address.rpartition(".")[0])
        ],
        "contracts": [
            {"address": one.address, "what": one.what, "verdict": one.verdict}
            for one in found.contracts
            if caller.knowing.of(one.address)
        ],
        "models": [
            {"product": one.product, "model": one.model, "verdict": one.verdict}
            for one in found.models
            if caller.knowing.of(one.product)
        ],
        "queries_of_late": sum(one.times for one in found.queries),
        "people_who_asked": len(found.readers),
        "grants": len(found.grants),
        "owners_to_ask": list(found.owners),
    }


TOOLS = (
    Tool(
        "lineage",
        "Trace lineage",
        "Walk from a port or column upstream, to what it is made of, or downstream, to what is made of it.",
        Lineage,
        lineage,
        advice="Ask with a smaller depth, or for one column.",
    ),
    Tool(
        "impact",
        "See what a change breaks",
        "Say what rests on a product, port or column, and what dropping, renaming or retyping it would break."
        " Nothing is changed.",
        Impact,
        impact,
        advice="Ask for one column.",
    ),
)
