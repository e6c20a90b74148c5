"""Declared SQL types: checked before they stand in any statement, and spelled as DuckDB spells them."""

import re
from collections.abc import Mapping

import duckdb

from meshwright.adapters.files.locked import first_line
from meshwright.errors import DescriptorError

_PLAIN = re.compile(r'(?:[A-Za-z0-9_ ,()\[\]]|"[^"]*")+\Z')


def spelled_types(
    connection: duckdb.DuckDBPyConnection, declared: Mapping[str, str]
) -> dict[str, str]:
    """Return the declared types in DuckDB's spelling; raise `DescriptorError` for one that is none."""
    return {name: _spelled(connection, name, kind) for name, kind in declared.items()}


def _spelled(connection: duckdb.DuckDBPyConnection, name: str, kind: str) -> str:
    if not _PLAIN.match(kind) or not _is_balanced(re.sub(r'"[^"]*"', "", kind)):
        raise _unknown(name, kind, "")
    try:
        ((spelled,),) = connection.execute(f"SELECT typeof(CAST(NULL AS {kind}))").fetchall()
    except (duckdb.Error, ValueError) as error:
        raise _unknown(name, kind, first_line(error)) from error
    return str(spelled)


def _unknown(name: str, kind: str, why: str) -> DescriptorError:
    return DescriptorError(
        "source-type-unknown",
        f"`{kind}` of column `{name}` is not a SQL type" + (f": {why}" if why else ""),
        hint="for example VARCHAR, INTEGER, DOUBLE, DECIMAL(10,2), DATE, TIMESTAMP",
    )


def _is_balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0
