"""The profile: counts exactly, distinct values and shapes as well as they are cheap."""

import datetime

import pytest
from audit_harness import Bench, contract_of, plans

from meshwright.audit import compile_audit, run_audit, sampling
from meshwright.model.contract import ContractColumn as Column

COLUMNS = (
    Column("id", unique=True), Column("kind", enum=("a", "b")), Column("amount"),
    Column("day"), Column("flag"), Column("tags"), Column("empty"),
)  # fmt: skip
SQL = """SELECT i AS id, ['a', 'b', NULL][1 + i % 3] AS kind,
    CASE i % 5 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN 'inf' ELSE i END AS amount,
    DATE '2024-01-01' + (i % 10)::INTEGER AS day, i % 2 = 0 AS flag, [i] AS tags, NULL::INTEGER AS empty
    FROM range({0}::INTEGER) t(i)"""


def test_a_profile_says_the_shape_of_each_column(place: Bench) -> None:
    """Nulls and unique counts are exact; mean and deviation are of finite values."""
    for plan in plans(COLUMNS, place.target(SQL.format(3000))):
        profile = run_audit(plan, place.session).profile
        shapes = {column.column: column for column in profile.columns}
        assert (profile.rows, profile.sampled_rows) == (3000, 3000)
        assert (shapes["id"].distinct, shapes["id"].is_distinct_exact) == (3000, True)
        assert (shapes["id"].minimum, shapes["id"].maximum) == (0, 2999)
        assert shapes["kind"].nulls == 1000
        assert shapes["kind"].top == (("a", 1000), ("b", 1000))
        assert (shapes["kind"].minimum, shapes["kind"].maximum) == ("a", "b")
        assert shapes["amount"].mean == sum(i for i in range(3000) if i % 5 > 1) / 1800
        assert shapes["day"].maximum == datetime.date(2024, 1, 10)
        assert shapes["day"].distinct == 10
        assert shapes["flag"].top == (("false", 1500), ("true", 1500))
        assert shapes["tags"].nulls == 0
        assert (shapes["empty"].nulls, shapes["empty"].distinct) == (3000, 0)
        assert shapes["id"].quantiles[2] == 1499.5
        assert sum(rows for _, _, rows in shapes["id"].histogram) == 3000


def test_a_large_table_is_sampled_and_says_so(place: Bench) -> None:
    """Quantiles, histogram and top values of more rows come from some of them."""
    contract, declared = contract_of(*COLUMNS)
    plan = compile_audit(contract, declared, place.target(SQL.format(100_000)))
    profile = run_audit(plan, place.session).profile
    assert profile.rows == 100_000
    assert 0 < profile.sampled_rows < 60_000


def test_levels_measure_less(place: Bench) -> None:
    """`none` profiles nothing, `light` takes what costs nothing."""
    contract, declared = contract_of(*COLUMNS)
    target = place.target(SQL.format(100))
    none = run_audit(compile_audit(contract, declared, target, profile="none"), place.session)
    light = run_audit(compile_audit(contract, declared, target, profile="light"), place.session)
    assert none.profile.columns == ()
    assert light.profile.columns[1].nulls == 33
    assert light.profile.columns[0].quantiles == ()


def test_an_empty_table_has_a_profile_and_passes(place: Bench) -> None:
    """No row breaks a promise about rows; nothing is divided by zero."""
    for plan in plans(COLUMNS, place.target(SQL.format(0))):
        verdict = run_audit(plan, place.session)
        assert not verdict.is_rejected
        assert verdict.profile.rows == 0
        assert all(column.nulls == 0 for column in verdict.profile.columns)


@pytest.mark.parametrize(("many", "kept"), [(sampling.MOST_COLUMNS, 0), (600, 2)])
def test_the_sample_of_many_columns_is_kept(place: Bench, many: int, kept: int) -> None:
    """Few columns are one query; of many the files are read once for hundreds, and no column is forgotten."""
    listed = ", ".join(f"i * {n} % 7 AS c{n}" for n in range(many))
    target = place.target(f"SELECT {listed} FROM range(50) t(i)")
    contract, declared = contract_of(*(Column(f"c{n}") for n in range(many)))
    verdict = run_audit(compile_audit(contract, declared, target), place.session)
    assert sum(sql.startswith("WITH") for sql in verdict.scans) == (0 if kept else 1)
    assert sum(sql.startswith('SELECT "c') for sql in verdict.scans) == kept
    assert verdict.profile.sampled_rows == 50
    assert all(len(each.quantiles) == 5 and each.top for each in verdict.profile.columns)


def test_an_estimate_is_never_above_the_rows_that_hold_a_value(place: Bench) -> None:
    """No table of 3,000 rows has 3,100 values in a column."""
    listed = ", ".join(
        f"CASE WHEN i % 3 > 0 THEN md5((i * {n})::VARCHAR) END AS c{n}" for n in range(1, 21)
    )
    target = place.target(f"SELECT {listed} FROM range(3000) t(i)")
    contract, declared = contract_of(*(Column(f"c{n}") for n in range(1, 21)))
    profile = run_audit(compile_audit(contract, declared, target), place.session).profile
    assert not any(column.is_distinct_exact for column in profile.columns)
    assert max(column.distinct or 0 for column in profile.columns) == 2000
