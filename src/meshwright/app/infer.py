"""Infer a contract's columns from rows: what the data shows today, each claim marked as the guess it is."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from meshwright.documents.drafts import DraftColumn
from meshwright.model.table import Column
from meshwright.spi.engine import Session

MOST_ENUM = 12
ROWS_FOR_ENUM = 50
ROWS_FOR_KEY = 2
KEY_CANDIDATES = 8

LOGICAL = {
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamp",
    "TIME": "time",
    "DOUBLE": "number",
    "FLOAT": "number",
    "BLOB": "string",
}
INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")


def infer_columns(
    session: Session, relation: str, columns: Sequence[Column], rows: int
) -> tuple[DraftColumn, ...]:
    """Return one draft a column: type as read; nullability, key, enumeration and lower bound as guesses."""
    facts = _measure(session, relation, columns)
    key = _key(session, relation, columns, facts, rows)
    return tuple(
        _draft(session, relation, column, facts[column.name], rows, key) for column in columns
    )


def with_classification(
    session: Session, relation: str, drafts: Sequence[DraftColumn], rows: int, words: Sequence[str]
) -> tuple[DraftColumn, ...]:
    """Add what looks personal as a guess; of such a column no value is written into the contract.

    `words` name the table, for what a row may stand for.
    """
    from meshwright.govern.classifying.classify import classify_table
    from meshwright.govern.classifying.kinds import KINDS
    from meshwright.govern.classifying.sample import Table, sample_tables

    columns = [Column(draft.name, draft.physical_type) for draft in drafts]
    (samples,) = sample_tables(session, [Table(relation, columns, rows)])
    found = classify_table(samples, words)
    return tuple(
        replace(
            draft,
            classification=KINDS[found[draft.name].kind].classification,
            tags=KINDS[found[draft.name].kind].tags,
            enum=(),
            guesses=(*(g for g in draft.guesses if g != "enum"), "classification"),
        )
        if draft.name in found
        else draft
        for draft in drafts
    )


def logical_type(sql_type: str) -> str:
    """Return the ODCS logical type of a SQL type."""
    upper = sql_type.upper()
    if upper in INTEGERS:
        return "integer"
    if upper.startswith("DECIMAL"):
        return "number"
    if upper.endswith("[]"):
        return "array"
    if upper.startswith("MAP"):
        return "map"
    if upper.startswith("STRUCT"):
        return "object"
    return LOGICAL.get(upper, "string")


Facts = tuple[int, int, object]  # non-null rows, distinct values, minimum


def _measure(session: Session, relation: str, columns: Sequence[Column]) -> dict[str, Facts]:
    parts = []
    for column in columns:
        name = _name(column.name)
        minimum = f"min({name})" if _is_number(column.type) else "NULL"
        parts.append(f"count({name}), count(DISTINCT {name}), {minimum}")
    if not parts:
        return {}
    row = session.rows(f"SELECT {', '.join(parts)} FROM {relation}")[0]
    return {
        column.name: (int(str(row[3 * i])), int(str(row[3 * i + 1])), row[3 * i + 2])
        for i, column in enumerate(columns)
    }


def _key(
    session: Session, relation: str, columns: Sequence[Column], facts: dict[str, Facts], rows: int
) -> tuple[str, ...]:
    """Return the first column that identifies a row, or the first pair or triple that does."""
    if rows < ROWS_FOR_KEY:
        return ()
    fit = [c.name for c in columns if facts[c.name][0] == rows and not _is_measure(c.type)]
    for name in sorted(fit, key=lambda n: not (n == "id" or n.endswith("_id"))):
        if facts[name][1] == rows:
            return (name,)
    for length in (2, 3):
        for names in combinations(fit[:KEY_CANDIDATES], length):
            possible = 1
            for name in names:
                possible *= facts[name][1]
            listed = ", ".join(_name(name) for name in names)
            counted = f"SELECT count(*) FROM (SELECT DISTINCT {listed} FROM {relation})"
            if possible >= rows and int(str(session.rows(counted)[0][0])) == rows:
                return names
    return ()


def _draft(
    session: Session, relation: str, column: Column, facts: Facts, rows: int, key: tuple[str, ...]
) -> DraftColumn:
    filled, distinct, minimum = facts
    guesses = []
    required = rows > 0 and filled == rows
    if required:
        guesses.append("required")
    position = key.index(column.name) + 1 if column.name in key else 0
    if position:
        guesses.append("key")
    enum: tuple[str, ...] = ()
    if (
        column.type == "VARCHAR"
        and rows >= ROWS_FOR_ENUM
        and 1 < distinct <= MOST_ENUM
        and not position
    ):
        enum = _values(session, relation, column.name)
        guesses.append("enum")
    lower = ""
    if _is_number(column.type) and minimum is not None and float(str(minimum)) >= 0:
        lower = "0"
        guesses.append("minimum")
    return DraftColumn(
        name=column.name,
        logical_type=logical_type(column.type),
        physical_type=column.type,
        required=required,
        key_position=position,
        enum=enum,
        minimum=lower,
        guesses=tuple(guesses),
    )


def _values(session: Session, relation: str, column: str) -> tuple[str, ...]:
    name = _name(column)
    found = session.rows(
        f"SELECT DISTINCT {name} FROM {relation} WHERE {name} IS NOT NULL ORDER BY 1"
    )
    return tuple(str(row[0]) for row in found)


def _is_number(sql_type: str) -> bool:
    return sql_type in INTEGERS or sql_type in ("DOUBLE", "FLOAT") or sql_type.startswith("DECIMAL")


def _is_measure(sql_type: str) -> bool:
    """Say whether a column of this type is measured rather than a name of something."""
    return sql_type in ("DOUBLE", "FLOAT") or (
        sql_type.endswith(("[]", ")")) and not (sql_type.startswith("DECIMAL"))
    )


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
