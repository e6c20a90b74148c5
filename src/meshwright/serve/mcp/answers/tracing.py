"""What the tools answer that trace: lineage, and what a change breaks."""

from typing import Annotated, NotRequired, TypedDict

from msgspec import Meta

from meshwright.serve.mcp.answers import Answer


class Dataset(TypedDict):
    """A data set on the way."""

    name: str
    version: int | None
    kind: str


Edge = TypedDict(
    "Edge",
    {
        "from": str,
        "to": str,
        "steps_away": int,
        "columns": NotRequired[Annotated[int, Meta(description="How many flow along it.")]],
        "how": NotRequired[str],
        "direct": NotRequired[bool],
        "masked": NotRequired[bool],
    },
)


class LineageAnswer(Answer):
    """A walk along lineage."""

    address: str
    direction: str
    datasets: list[Dataset]
    edges: list[Edge]


class HitColumn(TypedDict):
    """A column that a change hits."""

    address: str
    verdict: str
    how: str
    why: str


class HitContract(TypedDict):
    """A promise that a change hits."""

    address: str
    what: str
    verdict: str


class HitModel(TypedDict):
    """A model that a change hits."""

    product: str
    model: str
    verdict: str


class ImpactAnswer(Answer):
    """What rests on something."""

    address: str
    change: str
    breaks_something: bool
    products: list[str]
    columns: list[HitColumn]
    contracts: list[HitContract]
    models: list[HitModel]
    queries_of_late: int
    people_who_asked: int
    grants: int
    owners_to_ask: list[str]
