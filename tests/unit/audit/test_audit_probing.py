"""What the writer of files did not tell is asked for: the same answers, from footers or by counting."""

from pathlib import Path

import pytest
from audit_harness import Bench, outcome, plans
from pyarrow import table
from pyarrow.parquet import write_table

from meshwright.audit import AuditTarget, run_audit, with_statistics
from meshwright.model.contract import ContractColumn
from meshwright.spi.engine import Session

ROWS = """
SELECT i::INTEGER AS i, CASE WHEN i % 3 > 0 THEN 'x' END AS t, {'b': 1} AS a, i % 2 AS "a, b",
  CASE WHEN i % 5 > 0 THEN [i, NULL] END AS l FROM range(10) t(i)
"""
NULLS = {"i": 0, "t": 4, "a": 0, "a, b": 0, "l": 2}


class Listening:
    """A session that remembers what it was asked."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.asked: list[str] = []

    def rows(self, sql: str, *, trusted: bool = False) -> list[tuple[object, ...]]:
        """Ask the real session."""
        self.asked.append(sql)
        return self.session.rows(sql, trusted=trusted)


def _probe(place: Bench, *paths: Path, told: bool = True) -> tuple[dict[str, int | None], str]:
    """Return the NULLs that are found in these files, and all that was asked for."""
    place.session.scan("foreign", paths)
    columns = place.session.columns('SELECT * FROM "foreign"')
    listening = Listening(place.session)
    target = with_statistics(
        AuditTarget("orders", "foreign", columns),
        listening,  # type: ignore[arg-type]
        paths if told else (),
    )
    (file,) = target.files
    return {name: known.nulls for name, known in file.statistics.items()}, "\n".join(
        listening.asked
    )


def test_nulls_of_plain_columns_come_from_the_footers(place: Bench) -> None:
    """Only nested columns, and a name that a part of one could have, are counted."""
    path = place.folder / "plain.parquet"
    place.session.stage(ROWS, path)
    found, asked = _probe(place, path)
    assert found == NULLS
    assert '"i" IS NULL' not in asked
    assert '"t" IS NULL' not in asked
    assert '"a, b" IS NULL' in asked
    assert '"l" IS NULL' in asked


def test_without_the_files_every_null_is_counted(place: Bench) -> None:
    """The same numbers, where nobody says which files they are."""
    path = place.folder / "untold.parquet"
    place.session.stage(ROWS, path)
    found, asked = _probe(place, path, told=False)
    assert found == NULLS
    assert '"i" IS NULL' in asked


def test_a_column_that_one_file_lacks_is_counted(place: Bench) -> None:
    """Its rows of that file are NULL, which no footer says."""
    first, second = place.folder / "first.parquet", place.folder / "second.parquet"
    place.session.stage("SELECT 1 AS i, 2 AS j, NULL::INTEGER AS n", first)
    place.session.stage("SELECT unnest([3, 4]) AS i, NULL::INTEGER AS n", second)
    assert _probe(place, first, second)[0] == {"i": 0, "j": 2, "n": 3}


@pytest.mark.parametrize("name", ["copy it.parquet", "a[1]*?.parquet", "it's.parquet"])
def test_a_path_of_any_spelling_is_a_path(place: Bench, name: str) -> None:
    """A name that would be a pattern, or looks like a statement, is only slower."""
    path = place.folder / name
    place.session.stage(ROWS, path)
    assert _probe(place, path)[0] == NULLS


def test_nan_in_a_file_of_another_writer_breaks_its_limits(place: Bench) -> None:
    """Most writers leave NaN out of the limits in their footers, which must not hide it."""
    path = place.folder / "nan.parquet"
    write_table(table({"d": [1.0, float("nan"), 2.0]}), path)
    place.session.scan("strange", [path])
    columns = place.session.columns('SELECT * FROM "strange"')
    target = with_statistics(AuditTarget("orders", "strange", columns), place.session, [path])
    for plan in plans([ContractColumn("d", "number", options={"maximum": 10})], target):
        assert outcome(run_audit(plan, place.session), "d.maximum").failed_rows == 1


def test_many_columns_without_footers_are_counted_in_one_pass(place: Bench) -> None:
    """Planning a subquery for each of 5,000 columns takes minutes."""
    path = place.folder / "wide.parquet"
    columns = ", ".join(f"CASE WHEN i % {n + 2} > 0 THEN i END AS c{n}" for n in range(40))
    place.session.stage(f"SELECT {columns} FROM range(100) t(i)", path)
    found, asked = _probe(place, path, told=False)
    assert found == {f"c{n}": -(-100 // (n + 2)) for n in range(40)}
    assert "IS NULL" not in asked
