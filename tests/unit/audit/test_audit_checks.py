"""Types, nulls, keys, enumerations and quality rules, on data that keeps and data that breaks them."""

import pytest
from audit_harness import Bench, audit, contract_of, outcome

from meshwright.audit import Reference, compile_audit, run_audit
from meshwright.model.contract import ContractColumn as Column
from meshwright.model.contract import QualityRule, Relationship, ServiceLevel, Threshold


def rule(metric: str, operator: str, value: object, **more: object) -> QualityRule:
    """Make a library rule."""
    return QualityRule("r", "library", metric, thresholds=(Threshold(operator, value),), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("logical", "value", "status"),
    [
        ("string", "'a'", "passed"), ("string", "1", "failed"),
        ("integer", "1::BIGINT", "passed"), ("integer", "1.5", "failed"),
        ("integer", "1::DECIMAL(9,0)", "passed"), ("integer", "1::DOUBLE", "failed"),
        ("number", "1::BIGINT", "passed"), ("number", "1.5::DECIMAL(9,2)", "passed"), ("number",
         "'1'", "failed"),
        ("date", "DATE '2024-01-01'", "passed"), ("date", "TIMESTAMP '2024-01-01'", "failed"),
        ("date", "'2024-01-01'", "failed"),
        ("timestamp", "TIMESTAMP '2024-01-01'", "passed"), ("timestamp", "DATE '2024-01-01'", "failed"),
        ("time", "'10:00:00'", "passed"), ("time", "'25:00'", "failed"), ("time", "1", "failed"),
        ("boolean", "true", "passed"), ("boolean", "'true'", "failed"),
        ("object", "{'a': 1}", "passed"), ("object", "[1]", "failed"), ("object", "'{}'", "failed"),
        ("array", "[1]", "passed"), ("array", "MAP {1: 2}", "failed"),
        ("map", "MAP {1: 2}", "passed"), ("map", "{'a': 1}", "failed"),
        ("vector", "[1.0]::FLOAT[1]", "passed"), ("vector", "1.0", "failed"),
        ("colour", "1", "errored"),
    ],
)  # fmt: skip
def test_the_staged_type_is_of_the_logical_type(
    place: Bench, logical: str, value: str, status: str
) -> None:
    """A logical type is a family of SQL types."""
    verdict = audit(place, f"SELECT {value} AS x", Column("x", logical))
    assert outcome(verdict, "x.logicalType").status == status


@pytest.mark.parametrize(
    ("physical", "value", "status"),
    [
        ("BIGINT", "1::BIGINT", "passed"), ("int8", "1::BIGINT", "passed"), ("long", "1::BIGINT", "passed"),
        ("int", "1::INTEGER", "passed"), ("integer", "1::BIGINT", "failed"), ("bigint",
         "1::INTEGER", "failed"),
        ("text", "'a'", "passed"), ("nvarchar2(10 CHAR)", "'a'", "passed"), ("string", "1", "failed"),
        ("varchar(2)", "'ab'", "passed"), ("VARCHAR(2)", "'abc'", "failed"), ("char(1)", "'äö'", "failed"),
        ("decimal(18,2)", "1::DECIMAL(18,2)", "passed"), ("numeric(18,2)", "1::DECIMAL(10,1)", "passed"),
        ("decimal(10,2)", "1::DECIMAL(18,2)", "failed"), ("decimal(18,2)", "1::DECIMAL(18,3)", "failed"),
        ("decimal", "1::DECIMAL(18,3)", "passed"), ("number(38,0)", "1::BIGINT", "passed"),
        ("number", "1.5::DOUBLE", "passed"), ("number(4,2)", "1::INTEGER", "failed"),
        ("double precision", "1::DOUBLE", "passed"), ("float8", "1::FLOAT", "failed"),
        ("float", "1::DOUBLE", "passed"), ("real", "1::FLOAT", "passed"),
        ("bool", "true", "passed"), ("boolean", "1", "failed"),
        ("timestamptz", "TIMESTAMPTZ '2024-01-01 00:00+00'", "passed"),
        ("timestamp with time zone", "TIMESTAMP '2024-01-01'", "failed"),
        ("datetime", "TIMESTAMP '2024-01-01'", "passed"), ("date", "DATE '2024-01-01'", "passed"),
        ("bytea", "'a'::BLOB", "passed"), ("json", "'{}'", "passed"), ("uuid", "'x'", "passed"),
        ("integer[]", "[1]::INTEGER[]", "passed"), ("array<string>", "['a']", "passed"),
        ("array<int>", "['a']", "failed"), ("list", "[1]", "passed"),
        ("struct<a:int,b:string>", "{'a': 1, 'b': 'x'}", "passed"),
        ("struct(a int)", "{'b': 1}", "failed"), ("map<string,int>", "MAP {'a': 1}", "passed"),
        ("map<string, array<int>>", "MAP {'a': [1]}", "passed"),
        ("hyperloglog", "'a'", "not_enforced"), ("geography(point, 4326)", "'a'", "not_enforced"),
    ],
)  # fmt: skip
def test_the_staged_type_is_stored_in_the_physical_type(
    place: Bench, physical: str, value: str, status: str
) -> None:
    """Synonyms are one type, a length is a promise, a decimal must fit."""
    verdict = audit(place, f"SELECT {value} AS x", Column("x", physical_type=physical))
    assert outcome(verdict, "x.physicalType").status == status


def test_missing_and_undeclared_columns_reject(place: Bench) -> None:
    """A contract is the promise: no column less, no column more, spelled as promised."""
    verdict = audit(
        place, 'SELECT 1 AS "A", 2 AS z', Column("a", required=True), Column("b", enum=(1,))
    )
    assert outcome(verdict, "a.present").reason == "it is spelled `A`"
    assert outcome(verdict, "b.present").status == "failed"
    assert outcome(verdict, "b.enum").status == "errored"
    assert outcome(verdict, "b.enum").reason == "column `b` is missing"
    assert outcome(verdict, "z.undeclared").reason == "undeclared column `z`"
    assert verdict.is_rejected


def test_required_counts_nulls(place: Bench) -> None:
    """NULL is missing; NaN and empty text are not."""
    sql = "SELECT * FROM (VALUES (1, 'nan'::DOUBLE, ''), (NULL, NULL, 'x'), (NULL, 1, 'y')) t(a, b, c)"
    columns = [Column(name, required=True) for name in "abc"]
    verdict = audit(place, sql, *columns)
    assert [outcome(verdict, f"{c}.required").failed_rows for c in "abc"] == [2, 1, 0]


def test_unique_counts_the_rows_that_share_a_value(place: Bench) -> None:
    """All rows of a repeated value fail; NULLs repeat nothing; 0.0 is -0.0."""
    sql = """SELECT * FROM (VALUES (1, 'a', 0.0::DOUBLE), (1, 'b', -0.0), (2, 'b', 'nan'),
             (3, NULL, 'nan'), (NULL, NULL, 1)) t(a, b, c)"""
    verdict = audit(place, sql, *[Column(name, unique=True) for name in "abc"])
    assert [outcome(verdict, f"{c}.unique").failed_rows for c in "abc"] == [2, 2, 4]


@pytest.mark.parametrize(
    "kind", ["INTEGER", "VARCHAR", "DATE", "DOUBLE", "DECIMAL(9,2)", "TIMESTAMP"]
)
def test_a_composite_key_is_present_and_unique(place: Bench, kind: str) -> None:
    """A key fails for each row that lacks a part and for each row that shares it."""
    of = "DATE '2024-01-01' + {0}" if kind in ("DATE", "TIMESTAMP") else "{0}"
    pairs = [(1, 1), (1, 2), (2, 1), (1, 2), (None, 1), (None, 1)]
    values = ", ".join(
        f"({'NULL' if a is None else of.format(a)}, {of.format(b)})" for a, b in pairs
    )
    sql = f"SELECT a::{kind} AS a, b::{kind} AS b FROM (VALUES {values}) t(a, b)"
    columns = (Column("a", key_position=1), Column("b", key_position=2))
    verdict = audit(place, sql, *columns)
    assert outcome(verdict, "primaryKey").failed_rows == 4
    good = audit(place, f"SELECT DISTINCT * FROM ({sql}) WHERE a IS NOT NULL", *columns)
    assert outcome(good, "primaryKey").status == "passed"
    assert outcome(good, "primaryKey").failed_rows == 0


@pytest.mark.parametrize(
    ("allowed", "values", "failed"),
    [
        (("a", "it's", 1), "'a', 'it''s', '1', NULL, 'A'", 1),
        ((1, 2.5, "3"), "1, 2.5, 3, NULL, 4", 1),
        ((True,), "true, NULL, false, false", 2),
        (("2024-01-01",), "DATE '2024-01-01', NULL, DATE '2024-01-02'", 1),
        (("a", None), "1, 2, NULL", 2),
        ((), "'a', NULL", 1),
    ],
)
def test_enum_counts_the_rows_of_other_values(
    place: Bench, allowed: tuple[object, ...], values: str, failed: int
) -> None:
    """NULL meets every enumeration; a value that the type cannot hold allows nothing."""
    rows = ", ".join(f"({value})" for value in values.split(", "))
    verdict = audit(place, f"SELECT x FROM (VALUES {rows}) t(x)", Column("x", enum=allowed))
    assert outcome(verdict, "x.enum").failed_rows == failed


VALUES = "SELECT unnest(['a', 'a', 'b', '', 'N/A', NULL, 'c', 'c', 'c', 'd']) AS x"


@pytest.mark.parametrize(
    ("quality", "failed", "value"),
    [
        (rule("nullValues", "mustBe", 0), 1, 1),
        (rule("nullValues", "mustBeLessThan", 10, unit="percent"), 1, 10),
        (rule("missingValues", "mustBe", 1, arguments={"missingValues": ["", "N/A"]}), 3, 3),
        (rule("missingValues", "mustBe", 2), 1, 1),
        (rule("invalidValues", "mustBe", 0, arguments={"validValues": ["a", "b", "c"]}), 3, 3),
        (rule("invalidValues", "mustBe", 0, arguments={"pattern": "^[a-z]$"}), 2, 2),
        (rule("validValues", "mustBe", 0, arguments={"validValues": ["a"]}), 7, 7),
        (rule("duplicateValues", "mustBe", 0), 5, 3),
        (rule("duplicateValues", "mustBeLessThan", 30, unit="percent"), 5, 30),
        (rule("duplicateCount", "mustBeBetween", [0, 2]), 5, 3),
        (QualityRule("r", "library", "nullCheck"), 1, 1),
        (QualityRule("r", "library", "uniqueCheck"), 5, 3),
    ],
)
def test_a_library_metric_of_a_column_is_counted(
    place: Bench, quality: QualityRule, failed: int, value: float
) -> None:
    """Each metric gives rows and a value in the rule's unit."""
    verdict = audit(place, VALUES, Column("x", quality=(quality,)))
    found = outcome(verdict, "x.quality.r")
    assert (found.status, found.failed_rows, found.value) == ("failed", failed, value)


@pytest.mark.parametrize(
    ("operator", "limit", "status"),
    [
        ("mustBe", 10, "passed"), ("mustBe", 9, "failed"), ("mustNotBe", 9, "passed"),
        ("mustNotBe", 10, "failed"),
        ("mustBeGreaterThan", 9, "passed"), ("mustBeGreaterThan", 10, "failed"),
        ("mustBeGreaterOrEqualTo", 10, "passed"), ("mustBeGreaterOrEqualTo", 11, "failed"),
        ("mustBeLessThan", 11, "passed"), ("mustBeLessThan", 10, "failed"),
        ("mustBeLessOrEqualTo", 10, "passed"), ("mustBeLessOrEqualTo", 9, "failed"),
        ("mustBeBetween", [10, 12], "passed"), ("mustBeBetween", [11, 12], "failed"),
        ("mustNotBeBetween", [11, 12], "passed"), ("mustNotBeBetween", [9, 10], "failed"),
        ("mustBeMany", 1, "errored"), ("mustBeBetween", 3, "errored"), ("mustBeLessThan", "x", "errored"),
    ],
)  # fmt: skip
def test_every_operator_judges_the_row_count(
    place: Bench, operator: str, limit: object, status: str
) -> None:
    """Between includes both ends."""
    verdict = audit(place, VALUES, Column("x"), quality=(rule("rowCount", operator, limit),))
    assert outcome(verdict, "quality.r").status == status


def test_duplicates_of_several_columns_are_of_the_object(place: Bench) -> None:
    """`arguments.properties` names the columns."""
    sql = "SELECT * FROM (VALUES (1, 'a'), (1, 'a'), (1, 'b'), (NULL, 'a'), (NULL, 'a')) t(a, b)"
    quality = (rule("duplicateValues", "mustBe", 0, arguments={"properties": ["a", "b"]}),)
    verdict = audit(place, sql, Column("a"), Column("b"), quality=quality)
    assert outcome(verdict, "quality.r").failed_rows == 2
    assert outcome(verdict, "quality.r").value == 1


@pytest.mark.parametrize(
    ("query", "status", "value"),
    [
        ("SELECT count(*) FROM orders WHERE x = 'a'", "passed", 2),
        ("SELECT count(*) FROM {object} WHERE {property} = 'a';", "passed", 2),
        ("SELECT count(*) FROM ${table} WHERE ${column} = 'a' -- {column}", "passed", 2),
        (
            "WITH o AS (SELECT * FROM orders WHERE x = 'a') SELECT count(*)::DECIMAL(9,2) FROM o",
            "passed",
            2,
        ),
        ("SELECT count(*) FROM orders", "failed", 10),
        ("SELECT NULL", "errored", None),
        ("SELECT 1, 2", "errored", None),
        ("SELECT x FROM orders", "errored", None),
        ("SELECT count(*) FROM secrets", "errored", None),
        ("SELECT 1) AS x; DROP TABLE staged; SELECT * FROM (SELECT 1", "errored", None),
        ("DELETE FROM orders", "errored", None),
        ("SELECT count(*) FROM read_csv('/etc/passwd')", "errored", None),
        ("SELECT x::INTEGER FROM orders WHERE x = 'c' LIMIT 1", "errored", None),
        ("", "errored", None),
    ],
)
def test_a_query_gives_one_value(
    place: Bench, query: str, status: str, value: float | None
) -> None:
    """A query sees the audited rows under the object's name, and nothing else."""
    quality = QualityRule("r", "sql", query=query, thresholds=(Threshold("mustBe", 2),))
    verdict = audit(place, VALUES, Column("x", quality=(quality,)))
    found = outcome(verdict, "x.quality.r")
    assert (found.status, found.value) == (status, value)
    assert "'c'" not in found.reason


def test_words_and_foreign_rules_are_reported_by_name(place: Bench) -> None:
    """What nothing can run is NOT ENFORCED, with its reason; it rejects nothing."""
    rules = (QualityRule("t", "text"), QualityRule("c", "custom"))
    verdict = audit(
        place, VALUES, Column("x", "string", options={"format": "password"}, quality=rules)
    )
    for name in ("x.quality.t", "x.quality.c", "x.format"):
        assert outcome(verdict, name).status == "not_enforced"
        assert outcome(verdict, name).reason
    assert not verdict.is_rejected


@pytest.mark.parametrize(
    ("severity", "rejects"), [("error", True), ("", True), ("warning", False), ("info", False)]
)
def test_only_errors_reject(place: Bench, severity: str, rejects: bool) -> None:
    """A failed rule of another severity warns."""
    verdict = audit(
        place, VALUES, Column("x"), quality=(rule("rowCount", "mustBe", 1, severity=severity),)
    )
    assert outcome(verdict, "quality.r").status == "failed"
    assert verdict.is_rejected is rejects


def test_orphans_of_a_foreign_key_are_counted(place: Bench) -> None:
    """A key without NULLs that is nowhere in the other table is an orphan, single or composite."""
    place.session.define(
        "planes", "SELECT * FROM (VALUES (1, 'x'), (2, 'y'), (NULL, 'z')) t(id, a)", keep=True
    )
    sql = "SELECT * FROM (VALUES (1, 'x'), (2, 'x'), (3, 'y'), (NULL, 'q')) t(plane, a)"
    one = Column("plane", relationships=(Relationship(("plane",), ("planes.id",)),))
    both = Relationship(("plane", "a"), ("planes.id", "planes.a"))
    references = {"planes.id": Reference("planes", "id"), "planes.a": Reference("planes", "a")}
    verdict = audit(
        place, sql, one, Column("a"), target={"references": references}, relationships=(both,)
    )
    assert outcome(verdict, "plane.relationship").failed_rows == 1
    assert outcome(verdict, "relationship.plane+a").failed_rows == 2


def test_a_reference_to_nothing_errs(place: Bench) -> None:
    """A relationship whose target is not there cannot be judged, and says so."""
    column = Column("x", relationships=(Relationship(("x",), ("nowhere.id",)),))
    verdict = audit(place, VALUES, column)
    assert outcome(verdict, "x.relationship").status == "errored"
    assert "`nowhere.id`" in outcome(verdict, "x.relationship").reason


def test_service_levels_are_reported_as_judged_elsewhere(place: Bench) -> None:
    """An audit of staged rows cannot judge promises over time."""
    from dataclasses import replace

    from audit_harness import contract_of

    from meshwright.audit import compile_audit, run_audit

    contract, declared = contract_of(Column("x"))
    contract = replace(contract, service_levels=(ServiceLevel("latency", 4, "d"),))
    verdict = run_audit(compile_audit(contract, declared, place.target(VALUES)), place.session)
    assert outcome(verdict, "sla.latency").status == "not_enforced"


def test_lists_and_lengths_are_filtered_where_no_profile_wants_the_values(place: Bench) -> None:
    """An engine runs such a filter on a column's dictionary; a pattern is run on its distinct values."""
    columns = (
        Column("t", "string", enum=("a", "b"), options={"maxLength": 1}),
        Column("p", "string", enum=("a", "b"), options={"pattern": "^.$"}),
    )
    staged = place.target("SELECT unnest(['a', 'b', 'ccc', NULL]) AS t, t AS p")
    contract, declared = contract_of(*columns)
    for profile, by_value in (("none", {"p"}), ("full", {"t", "p"})):
        plan = compile_audit(contract, declared, staged, profile=profile, fused_rows=-1)
        assert {scan.column for scan in plan.scans if scan.kind == "values"} == by_value
        found = {o.id: o.failed_rows for o in run_audit(plan, place.session).outcomes}
        assert [found[c] for c in ("t.enum", "t.maxLength", "p.enum", "p.pattern")] == [1, 1, 1, 1]


def test_an_example_is_told_apart_by_a_unique_column_where_there_is_no_key(place: Bench) -> None:
    """The columns beside the offending one cost reading them: one that is unique says enough."""
    columns = (Column("a", "string"), Column("i", "integer", unique=True), Column("t", enum=("x",)))
    verdict = audit(place, "SELECT 'a' AS a, 7 AS i, 'y' AS t", *columns)
    (example,) = verdict.examples
    assert (example.columns, example.rows) == (("i", "t"), ((7, "y"),))
