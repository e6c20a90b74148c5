"""What the tools answer with rows."""

from typing import Annotated, Any, TypedDict

from msgspec import Meta

from meshwright.serve.mcp.answers import Answer


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
