"""What a build runs: each model's SQL with its parameters bound, and how its result is held."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from meshwright.errors import ModelError
from meshwright.model.product import Parameter, Product
from meshwright.spi.sql_reader import SqlReader
from meshwright.transform.graph import AS_OF, ModelGraph
from meshwright.transform.intervals import Span, shown_from


@dataclass(frozen=True, slots=True)
class Statement:
    """One SELECT to run. `role` is `port` (stage it), `view` or `kept` (computed once).

    A port's model that others read is staged first; its readers then see the port's table as it will be.
    """

    model: str
    sql: str
    role: str
    reads: tuple[str, ...] = ()  # models that must exist before
    inputs: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()


def literals_of(
    product: Product,
    quote: Callable[[object], str],
    *,
    as_of: datetime | None = None,
    interval: Span | None = None,
    values: Mapping[str, object] | None = None,
    zone: ZoneInfo | None = None,
) -> dict[str, str]:
    """Return each parameter as a SQL literal of its declared type. `values` override declared ones.

    `as_of` and `interval` are on the mesh's own clock, without a zone. With `zone`, the interval's bounds are
    instants, for a column that holds such: a clock that is set back shows some moments twice.
    """
    found: dict[str, object] = {}
    for parameter in product.parameters:
        value = parameter.value
        if values and parameter.name in values:
            value = values[parameter.name]
        found[parameter.name] = typed(parameter, value)
    if as_of is not None:
        found[AS_OF] = as_of
    if interval is not None:
        bounds = (interval.start, interval.end)
        start, end = (shown_from(b, zone) for b in bounds) if zone else bounds
        found |= {"interval_start": start, "interval_end": end}
    return {name: quote(value) for name, value in found.items()}


def typed(parameter: Parameter, value: object) -> object:
    """Return `value` as the declared type; raise `ModelError` (`parameter-type`) when it is none."""
    try:
        converted = _CONVERT[parameter.type](value)
    except (KeyError, ValueError, TypeError):
        converted = None
    if converted is None and value is not None:
        raise ModelError(
            "parameter-type",
            f"parameter `{parameter.name}` is declared {parameter.type}, but `{value}` is not",
            hint=f"write a value of type {parameter.type}",
        )
    return converted


def statements(
    graph: ModelGraph,
    product: Product,
    literals: Mapping[str, str],
    reader: SqlReader,
    *,
    ports: Iterable[str] | None = None,
    ready: Collection[str] = (),
) -> tuple[Statement, ...]:
    """Return what makes `ports` (default: all), in order; models in `ready` exist already.

    The SELECT of an append port that does not use its interval is held to the one whose literals are given.
    One that does may give no other rows: its caller looks, and tells.
    """
    outputs = {port.name: port for port in product.outputs}
    wanted = [name for name in (outputs if ports is None else ports) if name in graph.nodes]
    needed = graph.needed(wanted, ready)
    readers = graph.readers(needed)
    made: list[Statement] = []
    for name in needed:
        node = graph.nodes[name]
        sql = reader.bind(node.model.sql, literals)
        port = outputs.get(name)
        is_append = port is not None and port.materialisation.kind == "append"
        if port is not None and is_append and not graph.reach[name].uses_interval:
            sql = _held_to_interval(sql, port.materialisation.column, literals)
        made.append(
            Statement(
                name,
                sql,
                "port" if port else "kept" if len(readers[name]) > 1 else "view",
                tuple(read for read in node.models if read not in ready),
                node.inputs,
                readers[name],
            )
        )
    return tuple(made)


def _held_to_interval(sql: str, column: str, literals: Mapping[str, str]) -> str:
    """Keep rows of another interval out: a rerun must replace its own interval and no other."""
    start, end = literals.get("interval_start"), literals.get("interval_end")
    if not column or start is None or end is None:
        return sql
    name = '"' + column.replace('"', '""') + '"'
    return f"select * from ({sql}\n) as rows_made where {name} >= {start} and {name} < {end}"


def _integer(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return int(value)


def _number(value: object) -> object:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | Decimal):
        return value
    return float(value) if isinstance(value, str) else None


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _date(value: object) -> date | None:
    if isinstance(value, datetime):
        return None
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _timestamp(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    return datetime.fromisoformat(str(value))


_CONVERT: Mapping[str, Callable[[object], object]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "string": _string,
    "date": _date,
    "timestamp": _timestamp,
}
