"""A model test runs the real SQL on the real engine over given rows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from transform_products import a_product, graph_of

from meshwright.adapters.duckdb import DuckDBEngine
from meshwright.adapters.sqlglot import SqlglotReader
from meshwright.model.product import InputPort, ModelTest, SourceSpec
from meshwright.model.table import Column
from meshwright.transform.comparing import differences, is_same
from meshwright.transform.model_test import ModelTestOutcome, run_test

MODELS = {
    "late": "select origin, dep_delay from flights where dep_delay > $threshold",
    "by_origin": "select origin, count(*) as late, avg(dep_delay) as mean from late group by origin",
}
FLIGHTS = (
    {"origin": "JFK", "dep_delay": 20},
    {"origin": "JFK", "dep_delay": 31},
    {"origin": "EWR", "dep_delay": 3},
)
Rows = Sequence[Mapping[str, object]]


def outcome(
    models: dict[str, str],
    model: str,
    given: Mapping[str, Rows],
    expected: Rows,
    *,
    known: Mapping[str, Sequence[Column]] | None = None,
    inputs: tuple[str, ...] = ("flights",),
    **options: object,
) -> ModelTestOutcome:
    product = a_product(models, inputs=inputs, parameters={"threshold": ("integer", 15)})
    test = ModelTest(
        "a test", model, {k: tuple(v) for k, v in given.items()}, tuple(expected), **options
    )  # type: ignore[arg-type]
    return run_test(product, graph_of(product), test, DuckDBEngine(), SqlglotReader(), known=known)


def test_given_rows_go_through_every_model_up_to_the_tested_one() -> None:
    found = outcome(MODELS, "by_origin", {"flights": FLIGHTS}, [{"origin": "JFK", "late": 2}])
    assert found.is_passed, found.lines()


def test_parameters_of_the_test_override_the_products() -> None:
    found = outcome(
        MODELS, "late", {"flights": FLIGHTS}, [{"dep_delay": 31}], parameters={"threshold": 20}
    )
    assert found.is_passed, found.lines()


def test_a_given_model_cuts_the_graph_there() -> None:
    rows = [{"origin": "LGA", "dep_delay": 1.5}, {"origin": "LGA", "dep_delay": 2}]
    found = outcome(MODELS, "by_origin", {"late": rows}, [{"late": 2, "mean": 1.75}])
    assert found.is_passed, found.lines()


def test_missing_and_unexpected_rows_are_shown() -> None:
    found = outcome(MODELS, "by_origin", {"flights": FLIGHTS}, [{"origin": "LGA", "late": 2}])
    assert found.status == "failed"
    assert found.lines() == [
        "expected, but not found: 1 row",
        "  origin  late",
        "  LGA     2",
        "found, but not expected: 1 row",
        "  origin  late",
        "  JFK     2",
    ]


def test_at_most_ten_rows_are_shown() -> None:
    rows = [{"origin": "JFK", "dep_delay": 100 + n} for n in range(25)]
    lines = outcome(MODELS, "late", {"flights": rows}, []).lines()
    assert lines[0] == "found, but not expected: 25 rows"
    assert lines[-1] == "  … and 15 more"


def test_order_counts_only_when_the_test_says_so() -> None:
    models = {"a": "select x from flights order by x desc"}
    given, expected = {"flights": [{"x": 1}, {"x": 2}]}, [{"x": 1}, {"x": 2}]
    assert outcome(models, "a", given, expected).is_passed
    assert outcome(models, "a", given, expected, is_ordered=True).status == "failed"
    assert outcome(models, "a", given, expected[::-1], is_ordered=True).is_passed


def test_known_columns_give_types_and_fill_what_is_not_given() -> None:
    known = {"flights": (Column("d", "DATE"), Column("price", "DECIMAL(9,2)"), Column("n", "INT"))}
    found = outcome(
        {"a": "select date_trunc('month', d) as m, price, n, typeof(price) t from flights"},
        "a",
        {"flights": [{"d": "2013-02-08", "price": 1.5}]},
        [{"m": "2013-02-01", "price": "1.50", "n": None, "t": "DECIMAL(9,2)"}],
        known=known,
        is_exact=True,
    )
    assert found.is_passed, found.lines()


def test_types_that_a_source_declares_are_used_and_other_columns_may_be_given() -> None:
    product = a_product({"a": "select typeof(d) t, typeof(x) u, later from flights"})
    source = SourceSpec("files", Path(), ("x.csv",), columns={"d": "DATE", "later": "INTEGER"})
    product = replace(product, inputs=(InputPort("flights", source=source),))
    test = ModelTest(
        "t",
        "a",
        {"flights": ({"d": "2013-01-01", "x": 1.5},)},
        ({"t": "DATE", "u": "DOUBLE", "later": None},),
    )
    declared = {"flights": (Column("d", "DATE"), Column("later", "INTEGER"))}
    for known in (None, declared):
        found = run_test(
            product, graph_of(product), test, DuckDBEngine(), SqlglotReader(), known=known
        )
        assert found.is_passed, found.lines()


def test_types_that_are_not_known_are_read_off_the_values() -> None:
    sql = (
        "select typeof(d) d, typeof(t) t, typeof(i) i, typeof(f) f, typeof(s) s, typeof(b) b, "
        "typeof(l) l, typeof(r) r from flights limit 1"
    )
    rows = [
        {"d": "2013-02-08", "t": "2013-02-08 10:00", "i": 1, "f": 1, "s": "x", "b": True,
         "l": [1, 2], "r": {"a": 1}},
        {"d": None, "t": date(2013, 1, 1), "i": 2, "f": 0.5, "s": 5, "b": None,
         "l": [], "r": {"a": 2}},
    ]  # fmt: skip
    expected = {"d": "DATE", "t": "TIMESTAMP", "i": "BIGINT", "f": "DOUBLE", "s": "VARCHAR",
                "b": "BOOLEAN", "l": "BIGINT[]", "r": "STRUCT(a BIGINT)"}  # fmt: skip
    found = outcome({"a": sql}, "a", {"flights": rows}, [expected])
    assert found.is_passed, found.lines()


def test_an_input_that_is_not_given_is_empty_when_its_columns_are_known() -> None:
    models = {"a": "select f.x, w.y from flights f left join weather w on f.x = w.x"}
    given = {"flights": [{"x": 1}]}
    known = {"weather": (Column("x", "BIGINT"), Column("y", "VARCHAR"))}
    inputs = ("flights", "weather")
    found = outcome(models, "a", given, [{"x": 1, "y": None}], known=known, inputs=inputs)
    assert found.is_passed, found.lines()
    without = outcome(models, "a", given, [], inputs=inputs)
    assert without.error is not None
    assert without.error.code == "test-given-missing"


def test_an_interval_is_all_time_unless_the_test_says_which() -> None:
    sql = "select x, d as date from flights where d >= $interval_start and d < $interval_end"
    product = a_product({"a": sql}, append=("a",))
    given = {"flights": ({"x": 1, "d": "2013-01-01"}, {"x": 2, "d": "2013-01-02"})}
    for parameters, wanted in (
        ({}, ({"x": 1}, {"x": 2})),
        ({"interval_start": "2013-01-02", "interval_end": date(2013, 1, 3)}, ({"x": 2},)),
    ):
        test = ModelTest("t", "a", given, wanted, parameters)
        found = run_test(product, graph_of(product), test, DuckDBEngine(), SqlglotReader())
        assert found.is_passed, found.lines()


@pytest.mark.parametrize(
    ("code", "model", "given", "expected", "options"),
    [
        ("test-model-unknown", "lat", {"flights": FLIGHTS}, [], {}),
        ("test-given-unknown", "late", {"flight": FLIGHTS}, [], {}),
        ("test-column-unknown", "late", {"flights": FLIGHTS}, [{"orign": "x"}], {}),
        ("test-parameter-unknown", "late", {"flights": FLIGHTS}, [], {"parameters": {"x": 1}}),
        ("test-given-missing", "late", {}, [], {}),
    ],
)
def test_a_test_that_makes_no_sense_says_why(
    code: str, model: str, given: Mapping[str, Rows], expected: Rows, options: dict[str, object]
) -> None:
    found = outcome(MODELS, model, given, expected, file="t.yaml", line=3, **options)
    assert found.status == "errored"
    assert found.error is not None
    assert found.error.code == code


def test_an_error_of_the_engine_names_the_models_file_and_line() -> None:
    models = {"m": "select x from flights\nwhere nope > 1", "a": "from m"}
    found = outcome(models, "a", {"flights": [{"x": 1}]}, [])
    assert found.lines()[0].startswith("domains/operations/flights/models/m.sql:2: ")
    assert "`x`" in found.lines()[1]


def test_as_of_must_be_said_when_it_is_used() -> None:
    models = {"a": "select $as_of as t from flights"}
    given = {"flights": [{"x": 1}]}
    assert outcome(models, "a", given, []).error is not None
    found = outcome(models, "a", given, [{"t": "2013-01-01"}], parameters={"as_of": "2013-01-01"})
    assert found.is_passed, found.lines()


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (0.1 + 0.2, 0.3),
        (1, Decimal("1.00")),
        ("1.5", Decimal("1.50")),
        ("2013-01-01", date(2013, 1, 1)),
        ("2013-01-01", datetime(2013, 1, 1)),
        ("2013-01-01T10:00:00", datetime(2013, 1, 1, 10)),
        (date(2013, 1, 1), datetime(2013, 1, 1)),
        (float("nan"), float("nan")),
        ([1, {"a": "2013-01-01"}], [1, {"a": date(2013, 1, 1)}]),
        (None, None),
        ("x", "x"),
    ],
)
def test_values_that_mean_the_same_are_the_same(expected: object, actual: object) -> None:
    assert is_same(expected, actual)
    assert differences([(expected,)], [(actual,)], is_ordered=False) == ([], [])


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (1, True),
        (0, None),
        ("1.5", Decimal("1.51")),
        ("x", 1),
        ("2013-01-02", date(2013, 1, 1)),
        ("", None),
        ([1], [1, 2]),
    ],
)
def test_values_that_do_not_mean_the_same_differ(expected: object, actual: object) -> None:
    assert not is_same(expected, actual)


def test_duplicates_are_counted() -> None:
    assert differences([(1,), (1,), (2,)], [(1,), (2,), (2,)], is_ordered=False) == (
        [(1,)],
        [(2,)],
    )
