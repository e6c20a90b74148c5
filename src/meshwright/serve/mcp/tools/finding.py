"""Find: what the mesh has by words, and how people ask it."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Literal, cast

from msgspec import Meta

from meshwright.app.catalog.saved_queries import query_examples as saved_examples
from meshwright.app.catalog.search import Hit as Found
from meshwright.app.kept_queries import find_text
from meshwright.app.show import PortPage
from meshwright.app.trail.telling import TrailFilter, trail
from meshwright.serve.mcp.answers.finding import Example, Examples, Hit, Hits
from meshwright.serve.mcp.caller import Caller
from meshwright.serve.mcp.tool import Anything, Arguments, Offset, Text, Tool

_FACETS = ("kind", "domain", "owner", "tag", "health", "classification", "certified", "freshness")
_MOST_EXAMPLES = 10


class Search(Arguments, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words, and what narrows them down."""

    text: Annotated[Text, Meta(description="Words; misspelt ones are understood.")] = ""
    kind: Annotated[
        tuple[Literal["product", "port", "column", "term", "domain"], ...],
        Meta(description="Only these kinds of things."),
    ] = ()
    domain: Annotated[tuple[Text, ...], Meta(description="Only of these domains.")] = ()
    owner: Annotated[tuple[Text, ...], Meta(description="Only what these own.")] = ()
    tag: Annotated[tuple[Text, ...], Meta(description="Only what has one of these tags.")] = ()
    health: Annotated[
        tuple[Literal["healthy", "degraded", "broken", "unknown"], ...],
        Meta(description="Only what fares so."),
    ] = ()
    classification: Annotated[
        tuple[Text, ...], Meta(description="Only what is classified so, as `confidential`.")
    ] = ()
    certified: Annotated[
        tuple[Literal["yes"], ...], Meta(description="Only what the mesh certifies.")
    ] = ()
    freshness: Annotated[
        tuple[Literal["on time", "late", "no promise", "never published"], ...],
        Meta(description="Only what is as new as this says."),
    ] = ()
    limit: Annotated[int, Meta(ge=1, le=100, description="How many hits at most.")] = 20
    offset: Offset = 0


class QueryExamples(Arguments, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A port or product."""

    address: Anything


def search(caller: Caller, said: Search) -> Hits:
    """Return what words find."""
    filters = {facet: getattr(said, facet) for facet in _FACETS if getattr(said, facet)}
    found = caller.mesh.search(said.text, filters, said.limit, said.offset)
    return {
        "total": found.total,
        "offset": said.offset,
        "understood_as": found.corrected or None,
        "still_indexing": found.is_partial or None,
        "hits": [_told(hit) for hit in found.hits],
        "facets": {name: dict(values[:10]) for name, values in found.facets.items() if values},
    }


def _told(hit: Found) -> Hit:
    told = {name: value for name, value in asdict(hit).items() if value not in ("", (), None)}
    return cast("Hit", told)


def query_examples(caller: Caller, said: QueryExamples) -> Examples:
    """Return queries over a product: the caller's own of late, and some that its contract suggests."""
    address = caller.address(said.address)
    page = caller.mesh.show(str(address.port_address))
    own = list(_own(caller, str(address.port_address))) if caller.opens("trail") else []
    kept: list[Example] = [
        {"from": f"kept by {one.owner}", "sql": one.sql, "title": one.title, "purpose": one.purpose}
        for one in saved_examples(
            caller.mesh.wiring, caller.asker().principal, address.port_address
        )
    ]
    made = [one for port in page.ports for one in _suggested(port)]
    return {
        "address": str(address),
        "examples": [*kept, *own, *made],
        "note": "in your own queries, values stand as '?' or 0: put yours in their place",
    }


def _own(caller: Caller, address: str) -> Iterator[Example]:
    """Yield the caller's own queries of an address that were answered, the newest first."""
    wiring, asker = caller.mesh.wiring, caller.asker()
    wanted = TrailFilter(asker.principal.name, address, ("query",), limit=50)
    seen: set[str] = set()
    for line in reversed(list(trail(wiring, asker, wanted))):
        text = None if line.error else find_text(wiring, _digest(caller, line.id))
        if text and text not in seen and len(seen) < _MOST_EXAMPLES:
            seen.add(text)
            yield {"from": "your own queries", "sql": text, "at": line.at, "purpose": line.purpose}


def _digest(caller: Caller, query: str) -> str:
    with caller.mesh.wiring.store.read() as reader:
        rows = reader.rows("SELECT sql FROM queries WHERE query = ?", (query,))
    return str(rows[0][0]) if rows else ""


def _suggested(port: PortPage) -> Iterator[Example]:
    names = [column.name for column in port.columns]
    if not names:
        return
    listed = ", ".join(_quoted(name) for name in names[:8])
    yield _example(f"SELECT {listed} FROM {port.address} LIMIT 10", "look at rows")
    yield _example(f"SELECT count(*) AS rows FROM {port.address}", "count rows")
    group = next((one.name for one in port.columns if one.enum), None)
    if group:
        sql = f"SELECT {_quoted(group)}, count(*) AS rows FROM {port.address} GROUP BY ALL ORDER BY rows DESC"
        yield _example(sql, "count by a column of few values")
    for column in port.columns:
        for relation in column.relationships:
            yield from _joined(port.address, column.name, relation.references)


def _joined(address: str, column: str, references: tuple[str, ...]) -> Iterator[Example]:
    for reference in references:
        other, _, key = reference.rpartition(".")
        if other.count(".") == 2:
            sql = (
                f"SELECT * FROM {address} AS a JOIN {other} AS b"
                f" ON a.{_quoted(column)} = b.{_quoted(key)} LIMIT 10"
            )
            yield _example(sql, f"join `{other}`, as the contract says")


def _example(sql: str, about: str) -> Example:
    return {"from": "the contract", "sql": sql, "about": about}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


TOOLS = (
    Tool(
        "search",
        "Search the mesh",
        "Find products, ports, columns, business terms and domains by words and filters, the best first."
        " Start here; no words list all that the filters let through.",
        Search,
        search,
        advice="Go on with offset, or narrow it down with the facets.",
    ),
    Tool(
        "query_examples",
        "Example queries",
        "Show SQL over a product or port: queries that people keep and share, your own of late, and some that"
        " its contract suggests.",
        QueryExamples,
        query_examples,
    ),
)
