"""What the tools answer that tell of a product: what it is, its columns, its quality."""

from typing import Annotated, Any, NotRequired, TypedDict

from msgspec import Meta

from meshwright.model.health import Level
from meshwright.serve.mcp.answers import Answer, Incident, MayRead, Seconds, Time


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
