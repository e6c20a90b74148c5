"""Look at a table once: at most a thousand distinct values a column, and what shares of them have which shape.

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

# Shares over the distinct values, as RE2 patterns that the whole trimmed value matches.
SHAPES: Mapping[str, str] = {
    "email": r"[^@\s,;<>]+@[^@\s]+\.\p{L}{2,}",
    "phone": r"(\+|00)?[\s(]*\d[\d\s().\-/·]{4,18}\d(\s*(x|ext\.?|#)\s*\d{1,6})?",
    "plus": r"\+\d[\d\s().\-]{6,18}",
    "dashed_phone": r"(\+?1[\s.\-]?)?(\(\d{3}\)\s?|\d{3}[\s.\-])\d{3}[\s.\-]\d{4}(\s*(x|ext\.?)\s*\d+)?",
    "ip": r"\d{1,3}(\.\d{1,3}){3}(/\d{1,2})?|[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7}",
    "mac": r"[0-9a-fA-F]{2}([:\-][0-9a-fA-F]{2}){5}|[0-9a-fA-F]{4}(\.[0-9a-fA-F]{4}){2}",
    "iban": r"[A-Za-z]{2}\d{2}[ A-Za-z0-9]{11,37}",
    "card": r"\d{4}[ \-]?\d{4,6}[ \-]?\d{4,5}[ \-]?\d{1,7}",
    "identifier": r"[A-Za-z0-9][A-Za-z0-9 ./\-+]{4,20}",
    "digits": r"[\d][\d .\-/]*\d",
    "date": r"\d{4}[-/.]?\d{2}[-/.]?\d{2}([ T].*)?|\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}|\d{1,2}[ .\-]\p{L}{3,9}\.?[ \-,]+\d{4}",
    "number": r"[+\-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+\-]?\d+)?",
    "words": r"[\p{L}\p{M}][\p{L}\p{M}'’.,·\- ]*",
    "name": r"\p{L}[\p{L}\p{M}'’.\-]*([ ,]+\(?[\p{L}\p{M}'’.\-]+\)?){0,5}",
    "address": r".*\p{L}{2}.*\d.*|.*\d.*\p{L}{2}.*",
    "token": r"[^\s@]{3,40}",
    "hex": r"[0-9a-fA-F]{16,}|[0-9a-fA-F\-]{32,}|\d{14,16}",
    "url": r"(https?://|www\.).*",
    "pair": r"\(?-?\d{1,3}\.\d{3,}\s*[,; ]\s*-?\d{1,3}\.\d{3,}\)?|(?i:point)\s*\(.*\)",
    "icd10": r"[A-TV-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?",
    "icd10_dotted": r"[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}",
    "blood": r"(?i:(AB|A|B|O|0)\s?(rh)?\s?([+\-]|pos(itive)?|neg(ative)?))",
    "flag": r"(?i:y|n|yes|no|true|false|t|f|0|1|ja|nein|oui|non|si|sim)",
}


@dataclass(frozen=True, slots=True)
class ColumnSample:
    """One column, sampled. `values` are its distinct values, trimmed; `shapes` shares of them, 0 to 1."""

    name: str
    type: str
    rows: int  # of the sample
    filled: int
    distinct: int  # in the sample
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


def sample_columns(
    session: Session, relation: str, columns: Sequence[Column], rows: int
) -> list[tuple[str, ColumnSample]]:
    """Return what is seen of each column: (name of the column, sample of it or of a field in it).

    `rows` is how many there are; beyond `MOST_ROWS` a part is looked at. What cannot hold text or numbers
    (a BLOB, a BOOLEAN) gives a sample without values.
    """
    parts = [(column.name, *part) for column in columns for part in _parts(column)]
    found = []
    for begin in range(0, len(parts), MOST_COLUMNS):
        found += _sample(session, relation, parts[begin : begin + MOST_COLUMNS], rows)
    return found


Part = tuple[str, str, str, str]  # column, name of the part, SQL, type


def _sample(
    session: Session, relation: str, parts: Sequence[Part], rows: int
) -> list[tuple[str, ColumnSample]]:
    seen = {int(str(row[0])): row for row in session.rows(_sql(relation, parts, rows), trusted=True)}
    names = list(SHAPES)
    found = []
    for number, (column, name, _, kind) in enumerate(parts):
        row = seen.get(number)
        if row is None:
            found.append((column, ColumnSample(name, kind, 0, 0, 0)))
            continue
        counts = [int(str(value or 0)) for value in row[1:4]]
        values = row[4] if isinstance(row[4], list) else []
        shapes = {n: float(str(v or 0)) for n, v in zip(names, row[7:], strict=True)}
        texts = tuple(str(value["v"]) for value in values)
        each = tuple(int(value["n"]) for value in values)
        averages = (float(str(row[5] or 0)), float(str(row[6] or 0)))
        found.append((column, ColumnSample(name, kind, *counts, texts, each, shapes, *averages)))
    return found


def _sql(relation: str, parts: Sequence[Part], rows: int) -> str:
    """Return one query: rows of the sample, turned to (column, value), counted, cut, and measured by column."""
    cells = ", ".join(
        f"struct_pack(c := {number}, v := {sql})" for number, (_, _, sql, _) in enumerate(parts)
    )
    part = f" USING SAMPLE {100 * MOST_ROWS / rows:.6f}% (bernoulli, 42)" if rows > MOST_ROWS else ""
    nothing = ", ".join(_literal(word) for word in NOTHING)
    shares = ", ".join(
        f"avg(CAST(regexp_full_match(v, {_literal(pattern)}) AS INTEGER)) FILTER (WHERE place <= {MEASURED})"
        for pattern in SHAPES.values()
    )
    return (
        f"WITH picked AS MATERIALIZED (SELECT * FROM {relation}{part}), "
        f"turned AS (SELECT unnest([{cells}]) AS cell FROM picked), "
        "counted AS (SELECT cell.c AS c, trim(cell.v) AS v, count(*) AS n FROM turned"
        f" WHERE cell.v IS NOT NULL AND trim(cell.v) <> '' AND lower(trim(cell.v)) NOT IN ({nothing})"
        " GROUP BY ALL), "
        "sizes AS (SELECT c, sum(n) AS filled, count(*) AS values FROM counted GROUP BY c), "
        "kept AS MATERIALIZED (SELECT c, v, n, row_number() OVER (PARTITION BY c ORDER BY hash(v), v) AS place"
        f" FROM counted QUALIFY place <= {MOST_VALUES}) "
        "SELECT c, (SELECT count(*) FROM picked), any_value(filled), any_value(sizes.values),"
        " list(struct_pack(v := v, n := n) ORDER BY place),"
        f" avg(1 + length(v) - length(replace(v, ' ', ''))), avg(length(v)), {shares}"
        " FROM kept JOIN sizes USING (c) GROUP BY c"
    )


_TEXT = frozenset(("VARCHAR", "UUID", "INET", "ENUM", "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"))
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
