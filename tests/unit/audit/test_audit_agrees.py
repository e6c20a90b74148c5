"""The planned verdict is the verdict of one query a check, whatever the rows and the contract."""

from pathlib import Path

import pytest
from audit_harness import Bench, bench, contract_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meshwright.audit import compile_audit, run_audit, with_statistics
from meshwright.model.contract import ContractColumn as Column
from meshwright.model.contract import QualityRule, Threshold

ROWS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(-3, 3)),
        st.one_of(st.none(), st.sampled_from(["a", "b", "", "a1", "ä'"])),
        st.one_of(st.none(), st.sampled_from([0.0, -0.0, 1.5, -2.5, float("nan"), float("inf")])),
        st.integers(0, 1),
    ),
    max_size=12,
)
BOUNDS = st.integers(-2, 2)
RATE = QualityRule(
    "r", "library", "nullValues", thresholds=(Threshold("mustBeLessThan", 20),), unit="percent"
)


def _number(value: float | None) -> str:
    return "NULL" if value is None else f"CAST('{value}' AS DOUBLE)"


def _select(rows: list[tuple[int | None, str | None, float | None, int]]) -> str:
    if not rows:
        return "SELECT 1::INTEGER AS i, 'a' AS t, 1::DOUBLE AS d, 1 AS k WHERE false"
    listed = ", ".join(
        f"({'NULL' if i is None else i}::INTEGER, {_text(t)}::VARCHAR, {_number(d)}::DOUBLE, {k})"
        for i, t, d, k in rows
    )
    return f"SELECT * FROM (VALUES {listed}) x(i, t, d, k)"


def _text(value: str | None) -> str:
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"


def _naive(place: Bench, low: int, key: tuple[str, ...]) -> dict[str, int]:
    """Count each check's failed rows by itself, in the plainest SQL there is."""
    keys = ", ".join(key)
    shared = (
        f"(SELECT count(*) FROM staged b WHERE {' AND '.join(f'a.{k} = b.{k}' for k in key)}) > 1"
    )
    conditions = {
        "i.required": "i IS NULL",
        "i.minimum": f"i < {low}",
        "d.maximum": f"d > {low} OR isnan(d)",
        "d.required": "d IS NULL",
        "t.enum": "t NOT IN ('a', 'b')",
        "t.pattern": "NOT regexp_matches(t, '^[a-z]')",
        "t.maxLength": "length(t) > 1",
        "t.quality.r": "t IS NULL",
        "d.unique": "(SELECT count(*) FROM staged b WHERE a.d = b.d) > 1",
        "t.unique": "(SELECT count(*) FROM staged b WHERE a.t = b.t) > 1",
        "primaryKey": f"row({keys}) IS NULL OR {shared} OR {' OR '.join(f'{k} IS NULL' for k in key)}",
    }
    return {
        name: int(str(place.session.rows(f"SELECT count(*) FROM staged a WHERE {condition}")[0][0]))
        for name, condition in conditions.items()
    }


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> object:
    folder: Path = tmp_path_factory.mktemp("agrees")
    with bench(folder) as opened:
        yield opened


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@pytest.mark.slow
@given(rows=ROWS, low=BOUNDS, key=st.sampled_from([("i",), ("i", "k"), ("t", "d"), ("k",)]))
def test_planned_and_naive_verdicts_agree(
    shared: Bench,
    rows: list[tuple[int | None, str | None, float | None, int]],
    low: int,
    key: tuple[str, ...],
) -> None:
    """Fused or in tiers, with file statistics or without, the counts are those of single queries."""
    place = {name: position for position, name in enumerate(key, 1)}
    columns = (
        Column("i", "integer", options={"minimum": low}, required=True, key_position=place.get("i", 0)),
        Column("t", "string", options={"pattern": "^[a-z]", "maxLength": 1}, enum=("a", "b"), unique=True,
               quality=(RATE,), key_position=place.get("t", 0)),
        Column("d", "number", options={"maximum": low}, required=True, unique=True,
               key_position=place.get("d", 0)),
        Column("k", "integer", key_position=place.get("k", 0)),
    )  # fmt: skip
    contract, declared = contract_of(*columns)
    target = shared.target(_select(rows))
    expected = _naive(shared, low, key)
    unknown = type(target)(target.port, target.fresh, target.columns)
    asked = with_statistics(unknown, shared.session)
    for known in (target, unknown, asked):
        for fused_rows in (-1, 1000):
            plan = compile_audit(contract, declared, known, fused_rows=fused_rows)
            found = {o.id: o for o in run_audit(plan, shared.session).outcomes}
            assert {name: found[name].failed_rows for name in expected} == expected
            zero = {
                name for name, failed in expected.items() if name != "t.quality.r" and not failed
            }
            assert zero == {
                n for n in expected if n != "t.quality.r" and found[n].status == "passed"
            }
            share = 100 * expected["t.quality.r"] / len(rows) if rows else 0
            assert (found["t.quality.r"].status == "passed") == (share < 20)
