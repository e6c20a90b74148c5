"""What tools answer, as types: the output schemas are made of them, and mypy holds the tools to them.

What must stay true: a key that a tool may leave out is `NotRequired`; what is shortened to `max_tokens` still
is of its type. A value of a mesh (a cell, an allowed value) may be any JSON.
"""

from collections.abc import Mapping
from typing import Annotated, Any, NotRequired, TypedDict, TypeVar, cast

from msgspec import Meta

from meshwright.model.access_request import Said
from meshwright.model.health import Level

T = TypeVar("T", bound="Mapping[str, object]")

MayRead = Annotated[bool | None, Meta(description="null: nothing is published yet.")]
Seconds = float | None
Time = Annotated[str, Meta(description="ISO 8601.")]


def picked(shape: Mapping[str, Any], kind: type[T]) -> T:
    """Return of a shape what a type has, as that type."""
    return cast("T", {name: shape[name] for name in kind.__annotations__ if name in shape})


class Answer(TypedDict, total=False):
    """What every answer may say."""

    shortened: Annotated[str, Meta(description="What had no room, and how to get it.")]
    note: str


class Hit(TypedDict):
    """One thing that was found."""

    kind: str
    address: str
    title: NotRequired[str]
    description: NotRequired[str]
    domain: NotRequired[str]
    owners: NotRequired[list[str]]
    tags: NotRequired[list[str]]
    health: NotRequired[str]
    why: NotRequired[Annotated[str, Meta(description="Where the words are.")]]
    is_certified: bool
    is_deprecated: bool


class Hits(Answer):
    """What words find."""

    total: int
    offset: int
    understood_as: str | None
    still_indexing: bool | None
    hits: list[Hit]
    facets: Annotated[
        dict[str, dict[str, int]], Meta(description="How many for each value of a filter.")
    ]


Example = TypedDict(
    "Example",
    {
        "from": str,
        "sql": str,
        "title": NotRequired[str],
        "about": NotRequired[str],
        "purpose": NotRequired[str],
        "at": NotRequired[Time],
    },
)


class Examples(Answer):
    """Queries of a product or port."""

    address: str
    examples: list[Example]


class Incident(TypedDict):
    """Something unhealthy."""

    id: str
    opened: Time
    cause: str


class PortCard(TypedDict):
    """A port, in a line."""

    address: str
    description: str
    contract_version: str
    rows: int | None
    columns: Annotated[int, Meta(description="How many.")]
    you_may_read_it: MayRead
    deprecated_until: NotRequired[str]
    use_instead: NotRequired[list[str]]


class ProductAnswer(Answer):
    """What helps to choose a product."""

    product: str
    title: str
    description: str
    owners: list[str]
    tags: list[str]
    status: str
    version: int | None
    health: Annotated[dict[str, str], Meta(description="By port.")]
    open_incidents: list[Incident]
    retired_until: str | None
    ports: list[PortCard]
    inputs: list[str]
    consumers: list[str]


class ColumnCard(TypedDict):
    """A column of a port; what is not said of it is left out."""

    name: str
    type: NotRequired[str]
    business_name: NotRequired[str]
    description: NotRequired[str]
    key: NotRequired[Annotated[int, Meta(description="Its place in the primary key.")]]
    required: NotRequired[bool]
    one_of: NotRequired[list[Any]]
    classification: NotRequired[str]
    tags: NotRequired[list[str]]
    terms: NotRequired[list[str]]
    you_see_it: NotRequired[Annotated[str, Meta(description="raw, null, or how it is masked.")]]


class Schema(Answer):
    """The columns of a port."""

    address: str
    sql_name: str
    description: str
    you_may_read_it: MayRead
    row_filters: list[str]
    minimum_group: int | None
    columns_in_all: int
    columns: list[ColumnCard]


class PortState(TypedDict):
    """How a port fares."""

    address: str
    status: str
    reasons: list[str]
    version: int | None
    published_at: Time | None
    age_seconds: Seconds
    due_at: Time | None
    levels: list[Level]


class Check(TypedDict):
    """A check of the newest audit."""

    port: str
    check: str
    status: str
    severity: str
    says: str


class WaiverCard(TypedDict):
    """Checks that an owner lets fail."""

    checks: list[str]
    reason: str


class Quality(Answer):
    """How far a product is to be trusted."""

    address: str
    status: str
    ports: list[PortState]
    checks: list[Check]
    open_incidents: list[Incident]
    waivers: list[WaiverCard]


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


class RowColumn(TypedDict):
    """A column of rows."""

    name: str
    type: str


class Rows(Answer):
    """Rows of a query."""

    query: Annotated[str, Meta(description="Its id in the trail.")]
    versions: Annotated[dict[str, int], Meta(description="By port.")]
    masked: Annotated[dict[str, str], Meta(description="How, by column.")]
    row_filters: list[str]
    columns: list[RowColumn]
    rows_in_all: int | str
    offset: int
    rows: list[list[Any]]


class GrantCard(TypedDict):
    """A grant."""

    grant: str
    address: str
    purpose: str
    until: Time | None
    state: str
    columns: list[str]


class RequestCard(TypedDict):
    """A request, and whose word it waits for."""

    request: str
    address: str
    purpose: str
    state: str
    asked_now: list[str]
    at: Time


class GrantAnswer(GrantCard):
    """A grant, with its conditions."""

    principal: str
    since: Time
    raw: list[str]
    masks: dict[str, str]
    filter: str
    by: str
    source: str
    revoked_at: Time | None
    reviewed_at: Time | None


class Asked(Answer, RequestCard):
    """A request that was made; the grant is in it where a rule approved at once."""

    principal: str
    by: str
    days: int
    columns: list[str]
    reason: str
    level: int
    approvers: list[list[str]]
    escalated: list[str]
    said: list[Said]
    ended_at: Time | None
    grant: NotRequired[GrantAnswer]


class Sight(TypedDict):
    """A port that may be read, and how; what is not said is whole."""

    address: str
    masked: NotRequired[dict[str, str]]
    filters: NotRequired[list[str]]
    minimum_group: NotRequired[int]
    needs_purpose: NotRequired[bool]


class Access(Answer):
    """Who asks, and what they may read."""

    principal: str
    on_behalf_of: str | None
    teams: list[str]
    roles: list[str]
    requests: list[RequestCard]
    grants: list[GrantCard]
    may_read: list[Sight] | str
