"""SQL types are read as DuckDB spells them, or refused with one error."""

from contextlib import suppress

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshwright.errors import UsageError
from meshwright.model.types import SqlType, parse_type

PLAIN = [
    "INTEGER",
    "BIGINT",
    "VARCHAR",
    "DECIMAL(18,3)",
    "TIMESTAMP WITH TIME ZONE",
    "DATE",
    "BLOB",
]
types = st.recursive(
    st.sampled_from(PLAIN).map(parse_type),
    lambda inner: st.one_of(
        inner.map(lambda t: SqlType("LIST", element=t)),
        st.tuples(inner, st.integers(1, 9)).map(lambda p: SqlType("ARRAY", (p[1],), element=p[0])),
        st.tuples(inner, inner).map(lambda p: SqlType("MAP", key=p[0], value=p[1])),
        st.dictionaries(
            st.text("ab c\"'(é,", min_size=1, max_size=4), inner, min_size=1, max_size=3
        ).map(lambda d: SqlType("STRUCT", fields=tuple(d.items()))),
    ),
    max_leaves=6,
)


@given(types)
def test_a_type_survives_being_written_and_read(kind: SqlType) -> None:
    """`parse_type` reads back what `str` writes."""
    assert parse_type(str(kind)) == kind


@pytest.mark.parametrize(
    "sql",
    [
        "NULL", "1::HUGEINT", "current_date", "now()", "now()::TIMESTAMP", "'a'::ENUM('a', 'b''c')",
        "{'a b': 1, 'c': ['x'], 'é\"': MAP {'k': 1.5}}", "[[1]]", "[1,2]::INTEGER[2]", "uuid()",
        "TIME '10:00'", "TIMETZ '10:00+01'", "INTERVAL 1 DAY", "union_value(n := 1)", "1.5::DECIMAL(38,10)",
        "''::BLOB", "'1'::BIT", "1::DOUBLE", "1::FLOAT", "true",
        "TIMESTAMP_NS '2020-01-01'", "'{}'::JSON",
    ],
)  # fmt: skip
def test_every_type_duckdb_describes_is_read(sql: str) -> None:
    """Whatever DESCRIBE prints is a type, and prints back as a type that DuckDB understands alike."""
    described = duckdb.sql(f"describe select {sql} as x").fetchall()[0][1]
    written = str(parse_type(described))
    if written != "NULL":
        again = duckdb.sql(f"describe select cast(null as {written}) as x").fetchall()[0][1]
        assert again == described


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("int", "INTEGER"), ("double precision", "DOUBLE"), ("varchar(10)", "VARCHAR(10)"),
        ("numeric(10, 2)", "DECIMAL(10,2)"), ("timestamptz", "TIMESTAMP WITH TIME ZONE"),
        ("timestamp(6) with time zone", "TIMESTAMP WITH TIME ZONE(6)"), ("text[]", "VARCHAR[]"),
        ("timestamp without time zone", "TIMESTAMP"), ("character varying(5)", "VARCHAR(5)"),
    ],
)  # fmt: skip
def test_usual_aliases_become_one_name(text: str, canonical: str) -> None:
    """An alias in any letter case has one canonical spelling."""
    assert str(parse_type(text)) == canonical


@pytest.mark.parametrize(
    "text", ["", "(", "STRUCT(", "MAP(INTEGER)", "INTEGER]", "DECIMAL(,)", "a b", "1"]
)
def test_what_is_no_type_is_refused(text: str) -> None:
    """Anything else is `type-invalid`."""
    with pytest.raises(UsageError) as refused:
        parse_type(text)
    assert refused.value.code == "type-invalid"


@given(st.text(max_size=30))
def test_no_text_gives_another_error(text: str) -> None:
    """Reading never fails in another way."""
    with suppress(UsageError):
        assert parse_type(text).name


def test_walk_finds_types_inside() -> None:
    """`walk` reaches every depth."""
    names = [t.name for t in parse_type("STRUCT(a MAP(VARCHAR, HUGEINT[]))").walk()]
    assert names == ["STRUCT", "MAP", "VARCHAR", "LIST", "HUGEINT"]
