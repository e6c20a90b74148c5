"""Hold what files show against the columns that are declared or were fixed before."""

from collections.abc import Collection, Mapping, Sequence

from meshwright.errors import DataError, did_you_mean
from meshwright.model.table import Column

_WIDER = {("BIGINT", "DOUBLE"), ("DATE", "TIMESTAMP"), ("INTEGER", "BIGINT"), ("FLOAT", "DOUBLE")}


def require_declared(declared: Mapping[str, str], names: Collection[str]) -> None:
    """Raise `DataError` (`column-missing`) for a declared column that no file has."""
    for name in declared:
        if name not in names:
            raise DataError(
                "column-missing",
                f"no file has the declared column `{name}`",
                hint=did_you_mean(name, names),
            )


def require_same(
    shown: Mapping[str, str | None], columns: Sequence[Column], declared: Mapping[str, str]
) -> None:
    """Raise `DataError` (`source-columns-changed`) unless the fixed columns hold all that files show.

    `shown` maps a column to its inferred type, None where no value says it.
    """
    fixed = {column.name: column.type for column in columns}
    for name, kind in shown.items():
        if name not in fixed:
            raise changed(f"a column `{name}` was not there before")
        if name not in declared and not _holds(fixed[name], kind):
            raise changed(f"column `{name}` was {fixed[name]}, and now is {kind}")


def changed(what: str) -> DataError:
    """Return the error that makes the input be read anew as a whole."""
    return DataError(
        "source-columns-changed",
        what,
        hint="the input is read anew as a whole; or declare `columns`",
    )


def _holds(fixed: str, kind: str | None) -> bool:
    return kind is None or kind == fixed or fixed == "VARCHAR" or (kind, fixed) in _WIDER
