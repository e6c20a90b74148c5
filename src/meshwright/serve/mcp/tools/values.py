"""Values: rows of ports, by the governed query alone, under the caller's own policies."""

from typing import Annotated, Any

from msgspec import Meta

from meshwright.app.governed.answer import Answer as Asked
from meshwright.app.governed.ask import ask
from meshwright.app.result import values_of
from meshwright.serve.mcp.answers import Answer
from meshwright.serve.mcp.answers.values import Rows
from meshwright.serve.mcp.caller import Caller
from meshwright.serve.mcp.tool import Arguments, Offset, Port, Purpose, Text, Tool
from meshwright.spi.query_pool import Limits

MOST_ROWS = 1000
COUNTED = 10_000  # rows: how many there are is said up to here
SECONDS = 30.0


class Sample(Arguments, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A port, and which of its columns."""

    address: Port
    columns: Annotated[
        tuple[Text, ...], Meta(max_length=200, description="Only these; none: all.")
    ] = ()
    purpose: Purpose = ""
    limit: Annotated[int, Meta(ge=1, le=100, description="How many rows at most.")] = 10


class RunSql(Arguments, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A query."""

    sql: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=100_000,
            description="One SELECT (DuckDB's SQL); a port is the table domain.product.port.",
            examples=["SELECT status, count(*) FROM sales.orders.orders GROUP BY ALL"],
        ),
    ]
    purpose: Purpose = ""
    as_of: Annotated[Text, Meta(description="By what was served then, ISO 8601.")] = ""
    limit: Annotated[int, Meta(ge=1, le=MOST_ROWS, description="How many rows at most.")] = 100
    offset: Offset = 0
    max_tokens: Annotated[int, Meta(ge=200, le=20_000)] = 4000


def sample(caller: Caller, said: Sample) -> Rows:
    """Return some rows of a port."""
    address = caller.port(said.address)
    listed = ", ".join('"' + name.replace('"', '""') + '"' for name in said.columns) or "*"
    port = address.port if address.version is None else f"{address.port}@{address.version}"
    sql = f'SELECT {listed} FROM "{address.domain}"."{address.product}"."{port}"'
    return _rows(caller, f"{sql} LIMIT {said.limit}", said.purpose, None, said.limit, 0)


def run_sql(caller: Caller, said: RunSql) -> Rows:
    """Run one SELECT."""
    return _rows(caller, said.sql, said.purpose, said.as_of or None, said.limit, said.offset)


def _rows(
    caller: Caller, sql: str, purpose: str, as_of: str | None, limit: int, offset: int
) -> Rows:
    limits = Limits(seconds=SECONDS, memory=1 << 62, threads=64)
    answer = ask(
        caller.mesh.wiring, caller.asker(purpose), sql, as_of=as_of, limits=limits, stop=caller.stop
    )
    with caller.running.kept(answer):
        rows, seen, is_all = _read(answer, limit, offset)
        return {
            "query": answer.query,
            "versions": dict(answer.versions),
            "masked": answer.masked,
            "row_filters": sorted({f for one in answer.decisions for f in one.filters}),
            "columns": [{"name": one.name, "type": one.type} for one in answer.columns],
            "rows_in_all": seen if is_all else f"more than {seen}",
            "offset": offset,
            **_missing(len(rows), seen, offset, is_all=is_all),
            "rows": rows,
        }


def _read(answer: Asked, limit: int, offset: int) -> tuple[list[list[Any]], int, bool]:
    """Return the rows of a page, how many were seen, and whether those are all."""
    rows: list[list[Any]] = []
    seen = 0
    for batch in answer.batches():
        begin, end = max(0, offset - seen), max(0, offset + limit - seen)
        part = (
            batch.slice(begin, max(0, end - begin)) if begin < batch.num_rows else batch.slice(0, 0)
        )
        if part.num_rows:
            columns = [values_of(column) for column in part.columns]
            rows += [list(row) for row in zip(*columns, strict=True)]
        seen += batch.num_rows
        if seen >= max(COUNTED, offset + limit) and answer.rows != seen:
            return rows, seen, False
    return rows, seen, True


def _missing(shown: int, seen: int, offset: int, *, is_all: bool) -> Answer:
    if is_all and offset + shown >= seen:
        return {}
    total = str(seen) if is_all else f"more than {seen}"
    return {"note": f"{shown} of {total} rows; ask with limit and offset, or aggregate in SQL"}


TOOLS = (
    Tool(
        "sample",
        "Look at rows of a port",
        "Show a few rows of a port as you may see them: masks and row filters apply, and it is recorded.",
        Sample,
        sample,
        advice="Ask for some columns, or fewer rows.",
        scope="query",
    ),
    Tool(
        "run_sql",
        "Query in SQL",
        "Run one SELECT over published ports, as you may see them: masks and row filters apply, and it is"
        " recorded. Aggregate in SQL rather than read many rows; order by something to page with offset.",
        RunSql,
        run_sql,
        advice="Ask with limit and offset, for fewer columns, or aggregate in SQL.",
        scope="query",
    ),
)
