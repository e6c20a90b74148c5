"""What the tools answer that find."""

from typing import Annotated, NotRequired, TypedDict

from msgspec import Meta

from meshwright.serve.mcp.answers import Answer, Time


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
