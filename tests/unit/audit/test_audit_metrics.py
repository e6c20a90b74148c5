"""What an audit measures for series: distances to earlier builds, segments, times; all in its own scans."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from audit_harness import Bench, contract_of

from meshwright.audit import compile_audit, edges_of, profile_document, read_reference, run_audit
from meshwright.audit.drift import ColumnReference, distances
from meshwright.model.check import ColumnProfile, Verdict
from meshwright.model.contract import ContractColumn as Column

COLUMNS = (
    Column("id", key_position=1), Column("amount"), Column("kind", "string"),
    Column("secret", "string", classification="confidential"), Column("at", "timestamp"),
)  # fmt: skip
SQL = """SELECT i AS id, (i * 7 % 50 + {shift})::INTEGER AS amount,
    CASE WHEN i % 10 = 0 THEN '{rare}' WHEN i % 3 = 0 THEN NULL ELSE 'b' END AS kind,
    'x' || i % 3 AS secret, TIMESTAMP '2024-01-01 06:00' + to_hours(i::INTEGER) AS at
    FROM range(100) t(i)"""


def audited(
    place: Bench, sql: str, references: Mapping[str, ColumnReference], **watched: Any
) -> tuple[Verdict, dict[str, ColumnReference]]:
    contract, declared = contract_of(*COLUMNS)
    target = replace(
        place.target(sql), references_of=references, bins=edges_of(references), **watched
    )
    verdict = run_audit(compile_audit(contract, declared, target), place.session)
    kept = json.loads(json.dumps(profile_document(verdict, references), default=str))
    return verdict, read_reference(kept)


def of(verdict: Verdict, column: str, name: str) -> float | None:
    found = [m[2] for m in verdict.metrics if m[:2] == (column, name) and len(m) == 3]
    return found[0] if found else None


def test_a_build_is_compared_between_the_edges_of_earlier_ones(place: Bench) -> None:
    """The same values are no distance away; values that moved are, and those beyond the edges count."""
    same = SQL.format(shift=0, rare="a")
    _, references = audited(place, same, {})
    second, references = audited(place, same, references)
    assert of(second, "amount", "psi") is None
    third, references = audited(place, same, references)
    assert of(third, "amount", "psi") == pytest.approx(0.0, abs=1e-6)
    assert of(third, "kind", "js") == pytest.approx(0.0, abs=1e-3)
    assert of(third, "kind", "new_values") == 0.0
    moved, _ = audited(place, SQL.format(shift=30, rare="c"), references)
    assert (of(moved, "amount", "psi") or 0) > 0.5
    assert 0.2 < (of(moved, "amount", "js") or 0) <= 1.0
    assert of(moved, "kind", "new_values") == pytest.approx(10 / 70, abs=0.01)
    bins = [rows for low, high, rows in _profile(moved, "amount").histogram]
    assert sum(bins) == 100
    assert bins[-1] > 20


def _profile(verdict: Verdict, column: str) -> ColumnProfile:
    return next(each for each in verdict.profile.columns if each.column == column)


def test_edges_are_renewed_when_most_values_lie_beyond_them(place: Bench) -> None:
    same, far = SQL.format(shift=0, rare="a"), SQL.format(shift=5000, rare="a")
    _, references = audited(place, same, {})
    old = references["amount"].edges
    for _ in range(3):
        _, references = audited(place, far, references)
    assert references["amount"].edges[0] > old[-1]


def test_keys_and_classified_columns_have_no_distribution(place: Bench) -> None:
    sql = SQL.format(shift=0, rare="a")
    references: dict[str, ColumnReference] = {}
    for _ in range(3):
        verdict, references = audited(place, sql, references)
    names = {
        column: {m[1] for m in verdict.metrics if m[0] == column} for column in ("id", "secret")
    }
    counts = {"nulls", "null_share", "distinct", "distinct_share"}
    assert names == {"id": counts, "secret": counts}
    assert "secret" not in references


def test_too_few_values_have_no_mean(place: Bench) -> None:
    verdict, _ = audited(
        place, SQL.format(shift=0, rare="a").replace("range(100)", "range(19)"), {}
    )
    assert of(verdict, "amount", "mean") is None
    assert of(verdict, "amount", "null_share") == 0.0


def test_segments_and_times_are_one_query_each_and_only_when_asked_for(place: Bench) -> None:
    """A classified column is no segment; of the times only those that changed are told."""
    sql = SQL.format(shift=0, rare="a")
    plain, _ = audited(place, sql, {})
    watched = {"by": ("kind", "secret"), "time": "at", "every": "day"}
    verdict, _ = audited(place, sql, {}, **watched, counted={"2024-01-01": 18.0, "2024-01-02": 1.0})
    assert len(verdict.scans) == len(plain.scans) + 2
    segments = {m[3]: m[2] for m in verdict.metrics if len(m) == 4 and m[1] == "rows"}
    assert segments == {"kind=a": 10.0, "kind=b": 60.0, "kind is null": 30.0}
    times = {m[4]: m[2] for m in verdict.metrics if len(m) == 5}
    assert times == {"2024-01-02": 24.0, "2024-01-03": 24.0, "2024-01-04": 24.0, "2024-01-05": 10.0}
    assert verdict.newest.startswith("2024-01-05")


def test_intervals_are_counted_by_their_files(place: Bench) -> None:
    """What only says which interval the rows are of has no distribution; of several, no distinct count."""
    sql = "SELECT i AS id, 5 AS amount FROM range(50) t(i)"
    one, _ = audited(place, sql, {}, intervals={"2024-01-01": 50}, time="at", every="day")
    assert ("", "interval_rows", 50.0, "", "2024-01-01") in one.metrics
    assert of(one, "", "fresh_rows") == 50
    assert of(one, "amount", "mean") is None
    assert of(one, "amount", "distinct") == 1
    two, _ = audited(place, sql, {}, intervals={"2024-01-01": 20, "2024-01-02": 30})
    assert of(two, "amount", "distinct") is None


def test_nothing_is_compared_where_there_is_nothing_to_compare_with() -> None:
    profile = ColumnProfile("c", "VARCHAR", 0, 2, top=(("a", 30), ("b", 10)))
    assert distances(profile, ColumnReference()) == {}
    assert distances(profile, ColumnReference(values={"a": 1.0})).keys() == {"psi", "js"}
    many = replace(profile, distinct=2000)
    assert distances(many, ColumnReference(values={"a": 1.0})) == {}
