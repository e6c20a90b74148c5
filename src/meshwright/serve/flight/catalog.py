"""What there is, as Flight SQL's metadata: a domain is a catalog, a product a schema, a port a table.

What must stay true: what the caller may not read is in none of them.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow

from meshwright.app.arrow_types import arrow_schema
from meshwright.app.governed.visible import VisiblePort

TABLE = "TABLE"
_TEXT = pyarrow.string()


def _schema(*fields: tuple[str, Any, bool]) -> pyarrow.Schema:
    return pyarrow.schema([pyarrow.field(name, kind, nullable=may) for name, kind, may in fields])


CATALOGS = _schema(("catalog_name", _TEXT, False))
SCHEMAS = _schema(("catalog_name", _TEXT, True), ("db_schema_name", _TEXT, False))
TABLE_TYPES = _schema(("table_type", _TEXT, False))
TABLES = _schema(
    ("catalog_name", _TEXT, True),
    ("db_schema_name", _TEXT, True),
    ("table_name", _TEXT, False),
    ("table_type", _TEXT, False),
)
TABLES_WITH_SCHEMA = TABLES.append(pyarrow.field("table_schema", pyarrow.binary(), nullable=False))
KEYS = _schema(
    ("catalog_name", _TEXT, True),
    ("db_schema_name", _TEXT, True),
    ("table_name", _TEXT, False),
    ("column_name", _TEXT, False),
    ("key_name", _TEXT, True),
    ("key_sequence", pyarrow.int32(), False),
)
_FOREIGN = [
    (f"{side}_{name}", _TEXT, name in ("catalog_name", "db_schema_name"))
    for side in ("pk", "fk")
    for name in ("catalog_name", "db_schema_name", "table_name", "column_name")
]
FOREIGN_KEYS = _schema(
    *_FOREIGN,
    ("key_sequence", pyarrow.int32(), False),
    ("fk_key_name", _TEXT, True),
    ("pk_key_name", _TEXT, True),
    ("update_rule", pyarrow.uint8(), False),
    ("delete_rule", pyarrow.uint8(), False),
)


def catalogs(ports: Iterable[VisiblePort]) -> pyarrow.Table:
    """Return the domains."""
    return _rows(CATALOGS, sorted({(one.address.domain,) for one in ports}))


def schemas(
    ports: Iterable[VisiblePort], catalog: str | None, pattern: str | None
) -> pyarrow.Table:
    """Return the products."""
    found = {(one.address.domain, one.address.product) for one in ports}
    return _rows(
        SCHEMAS,
        sorted(one for one in found if catalog in (None, one[0]) and _is_like(one[1], pattern)),
    )


def table_types() -> pyarrow.Table:
    """Return the one type of tables."""
    return _rows(TABLE_TYPES, [(TABLE,)])


def tables(
    ports: Iterable[VisiblePort],
    catalog: str | None,
    schema: str | None,
    name: str | None,
    types: Sequence[str],
    *,
    with_schema: bool,
) -> pyarrow.Table:
    """Return the ports."""
    found = [
        one
        for one in ports
        if catalog in (None, one.address.domain)
        and _is_like(one.address.product, schema)
        and _is_like(one.address.port, name)
        and (not types or TABLE in types)
    ]
    rows = [(one.address.domain, one.address.product, one.address.port, TABLE) for one in found]
    if not with_schema:
        return _rows(TABLES, rows)
    told = [(*row, _told(one)) for row, one in zip(rows, found, strict=True)]
    return _rows(TABLES_WITH_SCHEMA, told)


def keys(
    ports: Iterable[VisiblePort], catalog: str | None, schema: str | None, table: str
) -> pyarrow.Table:
    """Return the columns of a port's key."""
    return _rows(
        KEYS,
        [
            (one.address.domain, one.address.product, one.address.port, column, "key", number)
            for one in ports
            if catalog in (None, one.address.domain)
            and schema in (None, one.address.product)
            and table == one.address.port
            for number, column in enumerate(one.key, start=1)
        ],
    )


def no_foreign_keys() -> pyarrow.Table:
    """Return no rows: contracts promise no foreign keys to programs."""
    return FOREIGN_KEYS.empty_table()


def port_schema(port: VisiblePort) -> pyarrow.Schema:
    """Return the columns of a port, each with what it means and how it is masked."""
    described = dict(port.described)
    fields = []
    for column, field in zip(port.columns, arrow_schema(port.columns), strict=True):
        mask = port.decision.masks.get(column.name)
        said = {
            "ARROW:FLIGHT:SQL:TYPE_NAME": column.type,
            "ARROW:FLIGHT:SQL:REMARKS": described.get(column.name, ""),
            "mesh:mask": str(mask or ""),
        }
        fields.append(field.with_metadata({key: text for key, text in said.items() if text}))
    return pyarrow.schema(fields)


def _told(port: VisiblePort) -> bytes:
    return bytes(port_schema(port).serialize().to_pybytes())


def _rows(schema: pyarrow.Schema, rows: Sequence[tuple[Any, ...]]) -> pyarrow.Table:
    if not rows:
        return schema.empty_table()
    columns = zip(*rows, strict=True)
    arrays = [
        pyarrow.array(column, field.type) for column, field in zip(columns, schema, strict=True)
    ]
    return pyarrow.Table.from_arrays(arrays, schema=schema)


def _is_like(text: str, pattern: str | None) -> bool:
    """Say whether a pattern of SQL's LIKE fits; no pattern, or an empty one, fits everything."""
    if not pattern:
        return True
    parts = (
        ".*" if letter == "%" else "." if letter == "_" else re.escape(letter)
        for letter in re.sub("%+", "%", pattern[:200])
    )
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None
