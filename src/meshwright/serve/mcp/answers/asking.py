"""What the tools answer about access."""

from typing import NotRequired, TypedDict

from meshwright.model.access_request import Said
from meshwright.serve.mcp.answers import Answer, Time


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
