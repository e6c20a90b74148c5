"""Keep a Delta log in step with what was published: each difference is one commit.

Must stay true: a reader of the table sees the files and the schema of one published state, never a mix; the
log never goes back (the app transaction `meshwright` holds the last sequence); repeating a call, or two
processes making it at once, changes nothing. Whatever an outside tool did to the log is undone by the next
difference.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from meshwright.adapters.delta import commit
from meshwright.adapters.delta.schema import refusals
from meshwright.adapters.delta.table import RaceLostError, errors, find_table, followed, list_files
from meshwright.errors import RefusedError, UnreachableError
from meshwright.model.table import Column, repeated_names
from meshwright.spi.table_store import TableSnapshot, TableState

_ATTEMPTS = 20


class DeltaTableStore:
    """Commits Parquet files to Delta tables. Thread-safe: it keeps nothing between calls."""

    name = "delta"

    def follow(self, folder: Path, state: TableState) -> bool:
        """Make the table's log say `state`; return False when it already does (or is beyond it).

        Raises `RefusedError` (`column-repeated`, `type-not-storable`), `UnreachableError`
        (`data-file-missing`, `table-log-broken`, `table-busy`).
        """
        self._check(state.columns)
        lost = ""
        for _ in range(_ATTEMPTS):
            try:
                with errors(folder):
                    return _follow_once(folder, state)
            except RaceLostError as race:
                lost = str(race)
        raise UnreachableError(
            "table-busy",
            f"the log of `{folder}` could not be written in {_ATTEMPTS} attempts: {lost}",
            hint="stop what else writes to the table, and run again",
        )

    def sequence(self, folder: Path) -> int:
        """Return the sequence last followed; 0 where there is no table."""
        table = find_table(folder)
        return 0 if table is None else followed(table)

    def files(self, folder: Path) -> tuple[str, ...]:
        """Return the paths that an outside reader of the table sees, sorted."""
        table = find_table(folder)
        return () if table is None else tuple(sorted(list_files(table).sizes))

    def snapshot(self, folder: Path) -> TableSnapshot | None:
        """Return the newest version of a Delta table, whoever wrote it; None where there is none."""
        from meshwright.adapters.delta.snapshot import load_snapshot  # Arrow: a build needs none

        return load_snapshot(folder)

    def refused(self, columns: Sequence[Column]) -> Mapping[str, str]:
        """Return the columns whose type cannot be stored, each with the cast to write."""
        return refusals(columns)

    def _check(self, columns: Sequence[Column]) -> None:
        for first, second in repeated_names(columns):
            raise RefusedError(
                "column-repeated",
                f"a Delta table cannot hold the columns `{first}` and `{second}`: case does not count",
                hint="rename one of them in the model, and build it again",
            )
        for name, advice in refusals(columns).items():
            raise RefusedError(
                "type-not-storable",
                f"a Delta table cannot hold the type of column `{name}`",
                hint=f"cast it to {advice}",
            )


def _follow_once(folder: Path, state: TableState) -> bool:
    table = find_table(folder)
    if table is None:
        commit.create(folder, state)
        return True
    done = followed(table)
    if done > state.sequence:
        return False
    change = commit.difference(table, state)
    if done == state.sequence and change.is_empty:
        return False
    if change.is_plain:
        commit.commit_files(folder, table, state, change)
    else:
        commit.commit_all(folder, table, state, change)
    return True
