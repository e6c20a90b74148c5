"""What a profile takes from some of the rows: quantiles, histogram and top values.

One query, unless there are many columns: planning a query costs more than linearly, and each would read the
files again. Then the sample is kept as a table, of some columns at a time for the sake of memory.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from meshwright.audit.drift import FEW
from meshwright.audit.footers import read_footers
from meshwright.audit.plan import AuditPlan, Measure, Scan
from meshwright.audit.sqltext import FLOATS, NUMBERS, TEMPORAL, identifier, relation
from meshwright.audit.target import AuditTarget
from meshwright.audit.type_rules import staged_type
from meshwright.model.table import Column

PLAIN = NUMBERS | TEMPORAL | {"VARCHAR", "BOOLEAN"}
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
SAMPLED = "#sampled"
MOST_ROWS = 10_000
MOST_COLUMNS = 64  # in one query that reads the files
SAMPLE_TABLE = "mesh sample"
_KEPT_COLUMNS, _BATCH = 512, 32  # of a table that is kept, and in one query over it
LARGEST = 1.7976931348623157e308
_BINS = 20
_TOP = FEW
_SAMPLE, _VALUE, _ROWS = map(identifier, (SAMPLE_TABLE, "mesh value", "mesh rows"))


@dataclass(frozen=True, slots=True)
class Sampling:
    """Queries over one sample; `table` is the SELECT to keep first as `SAMPLE_TABLE`, if any."""

    scans: tuple[Scan, ...]
    table: str = ""


def samplings(plan: AuditPlan, measured: Mapping[str, object], rows: int) -> Iterator[Sampling]:
    """Yield the queries over samples of the fresh rows; none when the profile wants none."""
    if plan.profile != "full" or not rows:
        return
    target = plan.target
    columns = [
        column
        for column in target.columns
        if column.name not in plan.classified and staged_type(column.type).name in PLAIN
    ]
    if len(columns) <= MOST_COLUMNS:
        prefix = f"WITH {_SAMPLE} AS MATERIALIZED ({_sampled(columns, target, rows)}) "
        found = _measures(columns, target, measured, rows)
        yield Sampling((Scan("sample", _SAMPLE, found, prefix=prefix),) if columns else ())
        return
    for kept in _parts(columns, _KEPT_COLUMNS):
        scans = (
            Scan("sample", _SAMPLE, _measures(batch, target, measured, rows))
            for batch in _parts(kept, _BATCH)
        )
        yield Sampling(tuple(scans), _sampled(kept, target, rows))


def _parts(columns: Sequence[Column], most: int) -> Iterator[Sequence[Column]]:
    return (columns[begin : begin + most] for begin in range(0, len(columns), most))


def _sampled(columns: Sequence[Column], target: AuditTarget, rows: int) -> str:
    named = ", ".join(identifier(column.name) for column in columns)
    sample = f"SELECT {named} FROM {relation(target.fresh)}"
    if rows > MOST_ROWS:
        sample += f" USING SAMPLE {100 * MOST_ROWS / rows:.6f}% (system, 42)"
    return sample


def _measures(
    columns: Sequence[Column], target: AuditTarget, measured: Mapping[str, object], rows: int
) -> tuple[Measure, ...]:
    measures = [Measure(SAMPLED, "count(*)")]
    for column in columns:
        measures += _shape(column, target)
        if _repeats(column, measured, rows):
            measures.append(Measure(f"#top:{column.name}", _top(column)))
    return tuple(measures)


def value_measures(column: str, name: str, count: str, level: str) -> list[Measure]:
    """Return what a scan over a column's distinct values gives the profile: exact distinct, top values."""
    if level == "none":
        return []
    packed = f"struct_pack(v := CAST({name} AS VARCHAR), n := {count})"
    top = f"arg_max({packed}, {count}, {_TOP}) FILTER (WHERE {name} IS NOT NULL)"
    return [Measure(f"#exact:{column}", f"count({name})"), Measure(f"#top:{column}", top)]


def bin_edges(column: Column, target: AuditTarget) -> list[float]:
    """Return the edges of equally wide bins over a column's range; empty where it is not known.

    Where the target gives the range, the outer bins also count what lies beyond it.
    """
    if column.name in target.bins:
        low, high = target.bins[column.name]
    else:
        footers = read_footers(target.files, column.name, staged_type(column.type).name)
        if not isinstance(footers.low, Decimal) or not isinstance(footers.high, Decimal):
            return []
        low, high = float(footers.low), float(footers.high)
    if not low < high or high - low == float("inf"):
        return []
    width = (high - low) / _BINS
    return [low + width * number for number in range(_BINS)] + [high]


def _shape(column: Column, target: AuditTarget) -> list[Measure]:
    kind = staged_type(column.type).name
    if kind not in NUMBERS:
        return []
    name = f"CAST({identifier(column.name)} AS DOUBLE)"
    finite = f" FILTER (WHERE isfinite({name}))" if kind in FLOATS else ""
    listed = ", ".join(str(q) for q in QUANTILES)
    quantiles = f"quantile_cont({name}, [{listed}]){finite}"
    found = [Measure(f"#quantiles:{column.name}", quantiles)]
    edges = bin_edges(column, target)
    if edges:
        uppers = [*edges[1:-1], LARGEST] if column.name in target.bins else edges[1:]
        bins = ", ".join(f"{edge:.16e}" for edge in uppers)  # a literal, where a cast costs time
        found.append(Measure(f"#histogram:{column.name}", f"histogram({name}, [{bins}]){finite}"))
    else:
        found.append(Measure(f"#low:{column.name}", f"min({name}){finite}"))
        found.append(Measure(f"#high:{column.name}", f"max({name}){finite}"))
    return found


def _top(column: Column) -> str:
    name = identifier(column.name)
    counted = (
        f"SELECT CAST({name} AS VARCHAR) AS {_VALUE}, count(*) AS {_ROWS} FROM {_SAMPLE} "
        f"WHERE {name} IS NOT NULL GROUP BY {name} ORDER BY {_ROWS} DESC, {_VALUE} LIMIT {_TOP}"
    )
    return f"(SELECT list(struct_pack(v := {_VALUE}, n := {_ROWS})) FROM ({counted}))"


def _repeats(column: Column, measured: Mapping[str, object], rows: int) -> bool:
    """Say whether a column repeats its values enough for its top values to mean something."""
    if f"#top:{column.name}" in measured:
        return False
    distinct = measured.get(f"#distinct:{column.name}")
    return isinstance(distinct, int) and distinct <= max(_TOP, rows // 2)


def top_values(found: object) -> Sequence[tuple[object, int]]:
    """Return values with their rows, most frequent first."""
    if not isinstance(found, list):
        return ()
    values = [(each["v"], int(each["n"])) for each in found if isinstance(each, dict)]
    return sorted(values, key=lambda each: (-each[1], str(each[0])))
