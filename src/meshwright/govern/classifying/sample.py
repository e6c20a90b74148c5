"""Look at tables once: at most a thousand distinct values a column, and the shares that have a shape.

The shares are computed in SQL, over distinct values, so that one value that fills a column counts once. The
values themselves go to the validators and no further.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from meshwright.errors import UsageError
from meshwright.model.table import Column
from meshwright.model.types import SqlType, parse_type
from meshwright.spi.engine import Session

MOST_VALUES = 1_000
MEASURED = 300  # of them, for the shares: enough to know one within a few percent
MOST_ROWS = 20_000
MOST_COLUMNS = 48  # in one query: planning one costs more than linearly
DEEPEST = 3
NOTHING = (
    "n/a", "na", "-", "--", "?", "null", "none", "unknown", "nan", "nil", "undefined", "tbd", ".", "x", "xxx",
    "not available", "unbekannt", "inconnu", "desconocido",
)  # fmt: skip

# A letter of any alphabet, as RE2 compiles it fast: all but the ASCII characters that are none.
_L = r"[^\x00-\x40\x5b-\x60\x7b-\x{a0}]"
_IN_NAME = r"[^\x00-\x1f!-&*+/-\x40\x5b-\x60\x7b-\x{9f}]"  # a letter, or space ' ( ) , - .

# Shares over the distinct values, as RE2 patterns that the whole trimmed value matches.
SHAPES: Mapping[str, str] = {
    "email": rf"[^@\s,;<>]+@[^@\s]+\.{_L}+",
    "phone": r"(\+|00)?[ (]*\d[\d ().\-/·]+\d *((x|ext\.?|#) *\d+)?",
    "plus": r"\+\d[\d ().\-]+",
    "dashed_phone": r"(\+?1[ .\-]?)?(\(\d\d\d\) ?|\d\d\d[ .\-])\d\d\d[ .\-]\d\d\d\d( *(x|ext\.?) *\d+)?",
    "ip": r"\d+\.\d+\.\d+\.\d+(/\d+)?|[0-9a-fA-F:]*:[0-9a-fA-F]*:[0-9a-fA-F:]*",
    "mac": r"[0-9a-fA-F]{2}([:\-][0-9a-fA-F]{2}){5}|[0-9a-fA-F]{4}(\.[0-9a-fA-F]{4}){2}",
    "iban": r"[A-Za-z]{2}\d\d[ A-Za-z0-9]+",
    "card": r"\d{4}[ \-]?\d{4}[ \-]?\d{4}[ \-]?\d+|\d{4}[ \-]?\d{6}[ \-]?\d{4,5}",
    "identifier": r"[A-Za-z0-9][A-Za-z0-9 ./\-+]{4,20}",
    "date": r"\d\d\d\d[-/.]?\d\d[-/.]?\d\d([ T].*)?|\d\d?[-/. ]\d\d?[-/. ]\d\d(\d\d)?"
    rf"|\d\d?[ .\-]{_L}+\.?[ \-,]+\d\d\d\d",
    "number": r"[+\-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+\-]?\d+)?",
    "words": rf"{_L}{_IN_NAME}*",
    "name": rf"{_L}{_IN_NAME}*",
    "address": rf".*{_L}{_L}.*\d.*|.*\d.*{_L}{_L}.*",
    "token": r"[^\s@]{3,40}",
    "hex": r"[0-9a-fA-F\-]{16,}|\d{14,16}",
    "url": r"(https?://|www\.).*",
    "pair": r"\(?-?\d+\.\d\d\d+ *[,; ] *-?\d+\.\d\d\d+\)?|(POINT|Point|point) ?\(.*\)",
    "icd10": r"[A-TV-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?",
    "icd10_dotted": r"[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}",
    "blood": r"(AB|A|B|O|0|ab|a|b|o) ?([Rr][Hh])? ?([+\-]|[Pp][Oo][Ss][A-Za-z]*|[Nn][Ee][Gg][A-Za-z]*)",
    "flag": r"[yYnNtTfF01]|yes|no|true|false|YES|NO|TRUE|FALSE|Yes|No|True|False"
    r"|ja|nein|oui|non|si|sim|Ja|Nein|Oui|Non",
}


@dataclass(frozen=True, slots=True)
class ColumnSample:
    """One column, sampled. `values` are its distinct values, trimmed; `shapes` shares of them, 0 to 1."""

    name: str
    type: str
    filled: int  # rows that have a value, of those looked at
    distinct: int  # values among them
    values: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()  # rows of each value
    shapes: Mapping[str, float] = field(default_factory=dict)
    words: float = 0.0  # of a value, on average
    length: float = 0.0

    @property
    def distinctness(self) -> float:
        """Return distinct values by rows that have one."""
        return self.distinct / self.filled if self.filled else 0.0

    def weighted(self, is_good: Callable[[str], bool]) -> float:
        """Return the share of rows whose value is good: for what has few values, and each counts."""
        total = sum(self.counts)
        good = sum(n for value, n in zip(self.values, self.counts, strict=True) if is_good(value))
        return good / total if total else 0.0

    def share(self, shape: str) -> float:
        """Return the share of the distinct values that have a shape."""
        return self.shapes.get(shape, 0.0)


@dataclass(frozen=True, slots=True)
class Table:
    """A relation of a session to look at. `rows`: beyond `MOST_ROWS` a part of them is looked at."""

    relation: str
    columns: Sequence[Column]
    rows: int


Samples = list[
    tuple[str, ColumnSample]
]  # the name of the column, and a sample of it or of a field in it
Part = tuple[int, str, str, str, str]  # table, column, name of the part, SQL, type


def sample_tables(session: Session, tables: Sequence[Table]) -> list[Samples]:
    """Return what is seen of each table's columns; small tables share a query.

    What cannot hold text or numbers (a BLOB, a BOOLEAN) gives a sample without values.
    """
    found: list[Samples] = [[] for _ in tables]
    parts: list[Part] = [
        (number, column.name, *part)
        for number, table in enumerate(tables)
        for column in table.columns
        for part in _parts(column)
    ]
    for begin in range(0, len(parts), MOST_COLUMNS):
        chosen = parts[begin : begin + MOST_COLUMNS]
        for (number, column, *_), sample in zip(
            chosen, _sample(session, tables, chosen), strict=True
        ):
            found[number].append((column, sample))
    return found


def _sample(
    session: Session, tables: Sequence[Table], parts: Sequence[Part]
) -> Iterator[ColumnSample]:
    seen = {int(str(row[0])): row for row in session.rows(_sql(tables, parts), trusted=True)}
    for number, (_, _, name, _, kind) in enumerate(parts):
        row = seen.get(number)
        if row is None:
            yield ColumnSample(name, kind, 0, 0)
            continue
        filled, distinct = int(str(row[1])), int(str(row[2]))
        values = row[3] if isinstance(row[3], list) else []
        counts = row[4] if isinstance(row[4], list) else []
        shapes = {n: float(str(v or 0)) for n, v in zip(SHAPES, row[7:], strict=True)}
        averages = (float(str(row[5] or 0)), float(str(row[6] or 0)))
        yield ColumnSample(
            name, kind, filled, distinct, tuple(values), tuple(counts), shapes, *averages
        )


def _sql(tables: Sequence[Table], parts: Sequence[Part]) -> str:
    """Return one query: rows turned to (column, value), counted, cut, and measured by column."""
    cells: dict[int, list[str]] = {}
    for number, (table, _, _, sql, _) in enumerate(parts):
        cells.setdefault(table, []).append(f"struct_pack(c := {number}, v := trim({sql}))")
    turned = " UNION ALL ".join(
        f"SELECT unnest([{', '.join(listed)}]) AS cell FROM {_some_rows(tables[table])}"
        for table, listed in cells.items()
    )
    nothing = ", ".join(_literal(word) for word in NOTHING)
    shares = ", ".join(  # a CASE, as a FILTER would run the pattern over every value first
        f"avg(CASE WHEN place <= {MEASURED}"
        f" THEN CAST(regexp_full_match(v, {_literal(pattern)}) AS INTEGER) END)"
        for pattern in SHAPES.values()
    )
    return (
        "WITH counted AS (SELECT cell.c AS c, cell.v AS v, count(*) AS n"
        f" FROM ({turned}) WHERE cell.v <> '' AND lower(cell.v) NOT IN ({nothing}) GROUP BY ALL), "
        "kept AS (SELECT c, v, n, row_number() OVER (PARTITION BY c ORDER BY hash(v), v) AS place,"
        " count(*) OVER (PARTITION BY c) AS values, sum(n) OVER (PARTITION BY c) AS filled"
        f" FROM counted QUALIFY place <= {MOST_VALUES}) "
        "SELECT c, any_value(filled), any_value(values), list(v ORDER BY place), list(n ORDER BY place),"
        f" avg(1 + length(v) - length(replace(v, ' ', ''))), avg(length(v)), {shares} FROM kept GROUP BY c"
    )


def _some_rows(table: Table) -> str:
    if table.rows <= MOST_ROWS:
        return table.relation
    share = 100 * MOST_ROWS / table.rows
    return f"(SELECT * FROM {table.relation} USING SAMPLE {share:.6f}% (bernoulli, 42))"


_TEXT = frozenset(
    ("VARCHAR", "UUID", "INET", "ENUM", "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")
)
_NUMBERS = frozenset(
    ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
     "DECIMAL", "DOUBLE", "FLOAT")
)  # fmt: skip


def _parts(column: Column) -> Iterator[tuple[str, str, str]]:
    try:
        kind = parse_type(column.type)
    except UsageError:
        kind = SqlType(column.type)
    yield from _fields(column.name, _name(column.name), kind, DEEPEST)


def _fields(name: str, sql: str, kind: SqlType, deep: int) -> Iterator[tuple[str, str, str]]:
    """Yield the name, the SQL and the type of every leaf; of a list the first three items count."""
    if kind.name in _TEXT or kind.name in _NUMBERS:
        whole = _whole(sql) if kind.name in ("DOUBLE", "FLOAT") else sql
        yield name, f"CAST({whole} AS VARCHAR)", kind.name
    elif kind.fields and deep:
        for inner, inner_kind in kind.fields:
            inside = f"struct_extract({sql}, {_literal(inner)})"
            yield from _fields(f"{name} {inner}", inside, inner_kind, deep - 1)
    elif kind.element is not None and deep:
        yield from _fields(name, f"list_extract({sql}, 1)", kind.element, deep - 1)
    else:
        yield name, "CAST(NULL AS VARCHAR)", kind.name


def _whole(sql: str) -> str:
    """Return SQL that writes a whole number that came as DOUBLE without its `.0`."""
    return (
        f"CASE WHEN {sql} = trunc({sql}) AND abs({sql}) < 1e15 THEN CAST(CAST({sql} AS BIGINT) AS VARCHAR)"
        f" ELSE CAST({sql} AS VARCHAR) END"
    )


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
