"""What is listed, as rows of the catalog's tables: ports as tables, their keys as indexes, words as comments."""

import csv
import io
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any
from zlib import crc32

from meshwright.adapters.postgres_catalog.functions import SHOWN_TYPES
from meshwright.adapters.postgres_catalog.names import INFORMATION, PG, system_tables
from meshwright.model.postgres import Kind, kind_of
from meshwright.spi.sql_catalog import CatalogContent, CatalogTable

OWNER, FIRST_ID = 10, 16384
CLASS, NAMESPACE, DATABASE = 1259, 2615, 1262
PUBLIC = "public"
Row = Mapping[str, Any]


class Content:
    """The rows of one catalog. Object ids come from names, so that they stay from one session to the next."""

    def __init__(self, content: CatalogContent) -> None:
        self._content = content
        self._taken: set[int] = set()
        names = dict(content.schemas) | {table.schema: "" for table in content.tables}
        comments = dict(content.schemas)
        self._schemas = {PG: 11, PUBLIC: 2200, INFORMATION: 13212}
        self._schemas |= {name: self._id("n", name) for name in sorted(names)}
        self._comments = comments
        self._tables = [
            (self._id("t", f"{t.schema}.{t.name}"), t)
            for t in sorted(content.tables, key=lambda t: (t.schema, t.name))
        ]
        self._keys = [
            (self._id("k", f"{t.schema}.{t.name}"), self._id("i", f"{t.schema}.{t.name}"), oid, t)
            for oid, t in self._tables
            if t.key
        ]

    def _id(self, kind: str, name: str) -> int:
        found = FIRST_ID + crc32(f"{kind}:{name}".encode()) % (2**31 - 2 * FIRST_ID)
        while found in self._taken:
            found += 1
        self._taken.add(found)
        return found

    def tables(self) -> Iterator[tuple[str, str, list[Row]]]:
        """Yield schema, table and rows of every table that has any."""
        made = {
            "pg_namespace": self._namespaces,
            "pg_class": self._classes,
            "pg_attribute": self._attributes,
            "pg_type": _types,
            "pg_database": self._databases,
            "pg_description": self._descriptions,
            "pg_shdescription": self._shared_descriptions,
            "pg_index": self._indexes,
            "pg_constraint": self._constraints,
            "pg_am": _access_methods,
            "pg_roles": self._roles,
            "pg_user": self._users,
            "pg_tables": self._listed,
            "pg_tablespace": _tablespaces,
            "pg_collation": _collations,
            "pg_language": _languages,
            "pg_settings": _settings,
            "pg_names": self._names,
            "pg_keys": self._key_texts,
        }
        for name, rows in made.items():
            yield PG, name, list(rows())
        for name, rows in {
            "schemata": self._schemata,
            "tables": self._information_tables,
            "columns": self._information_columns,
            "table_constraints": self._table_constraints,
            "key_column_usage": self._key_columns,
            "constraint_column_usage": self._constraint_columns,
        }.items():
            yield INFORMATION, name, list(rows())

    def _namespaces(self) -> Iterator[Row]:
        for name, oid in self._schemas.items():
            yield {"oid": oid, "nspname": name, "nspowner": OWNER}

    def _classes(self) -> Iterator[Row]:
        for oid, table in self._tables:
            yield _class(oid, table.name, self._schemas[table.schema], "r", len(table.columns)) | {
                "relhasindex": bool(table.key), "reltuples": float(table.rows), "relam": 2,
                "reltype": 0,
            }  # fmt: skip
        for _, index, _, table in self._keys:
            name, schema = f"{table.name}_pkey", self._schemas[table.schema]
            yield _class(index, name, schema, "i", len(table.key)) | {"relam": 403}

    def _attributes(self) -> Iterator[Row]:
        for oid, table in self._tables:
            for number, column in enumerate(table.columns, 1):
                yield _attribute(
                    oid, number, column.name, kind_of(column.type), column.name in table.key
                )
        for _, index, _, table in self._keys:
            types = {column.name: column.type for column in table.columns}
            for number, name in enumerate(table.key, 1):
                yield _attribute(index, number, name, kind_of(types.get(name, "VARCHAR")), False)

    def _databases(self) -> Iterator[Row]:
        for name, _ in self._content.databases:
            yield {
                "oid": FIRST_ID + crc32(name.encode()) % 2**30, "datname": name, "datdba": OWNER, "encoding": 6,
                "datlocprovider": "c", "datistemplate": False, "datallowconn": True, "datconnlimit": -1,
                "dattablespace": 1663, "datcollate": "C.UTF-8", "datctype": "C.UTF-8",
            }  # fmt: skip

    def _descriptions(self) -> Iterator[Row]:
        for name, comment in self._comments.items():
            if comment:
                yield _comment(self._schemas[name], NAMESPACE, 0, comment)
        for oid, table in self._tables:
            if table.comment:
                yield _comment(oid, CLASS, 0, table.comment)
            for number, column in enumerate(table.columns, 1):
                if column.comment:
                    yield _comment(oid, CLASS, number, column.comment)

    def _shared_descriptions(self) -> Iterator[Row]:
        for name, comment in self._content.databases:
            if comment:
                oid = FIRST_ID + crc32(name.encode()) % 2**30
                yield {"objoid": oid, "classoid": DATABASE, "description": comment}

    def _indexes(self) -> Iterator[Row]:
        for _, index, oid, table in self._keys:
            numbers = _numbers(table)
            yield {
                "indexrelid": index, "indrelid": oid, "indnatts": len(numbers), "indnkeyatts": len(numbers),
                "indisunique": True, "indnullsnotdistinct": False, "indisprimary": True, "indisexclusion": False,
                "indimmediate": True, "indisclustered": False, "indisvalid": True, "indcheckxmin": False,
                "indisready": True, "indislive": True, "indisreplident": False, "indkey": numbers,
                "indoption": [0] * len(numbers), "indclass": [0] * len(numbers),
                "indcollation": [0] * len(numbers),
            }  # fmt: skip

    def _constraints(self) -> Iterator[Row]:
        for key, index, oid, table in self._keys:
            yield {
                "oid": key, "conname": f"{table.name}_pkey", "connamespace": self._schemas[table.schema],
                "contype": "p", "condeferrable": False, "condeferred": False, "convalidated": True,
                "conrelid": oid, "contypid": 0, "conindid": index, "conparentid": 0, "confrelid": 0,
                "conislocal": True, "coninhcount": 0, "connoinherit": True, "conkey": _numbers(table),
            }  # fmt: skip

    def _roles(self) -> Iterator[Row]:
        yield {
            "rolname": self._content.user, "rolsuper": False, "rolinherit": True, "rolcreaterole": False,
            "rolcreatedb": False, "rolcanlogin": True, "rolreplication": False, "rolconnlimit": -1,
            "rolbypassrls": False, "oid": OWNER,
        }  # fmt: skip

    def _users(self) -> Iterator[Row]:
        yield {
            "usename": self._content.user,
            "usesysid": OWNER,
            "usecreatedb": False,
            "usesuper": False,
        }

    def _listed(self) -> Iterator[Row]:
        for _, table in self._tables:
            yield {
                "schemaname": table.schema, "tablename": table.name, "tableowner": self._content.user,
                "hasindexes": bool(table.key), "hasrules": False, "hastriggers": False, "rowsecurity": False,
            }  # fmt: skip

    def _names(self) -> Iterator[Row]:
        for (schema, system), (oid, _) in system_tables().items():
            yield {"name": f"{schema}.{system}", "shown": system, "oid": oid}
            if schema == PG:
                yield {"name": system, "shown": system, "oid": oid}
        known: dict[str, int] = {}
        for oid, table in self._tables:
            known[table.name] = 0 if table.name in known else oid
            shown = f"{_quoted(table.schema)}.{_quoted(table.name)}"
            yield {"name": f"{table.schema}.{table.name}", "shown": shown, "oid": oid}
            name = f"{self._content.database}.{table.schema}.{table.name}"
            yield {"name": name, "shown": shown, "oid": oid}
        for name, oid in known.items():
            if oid:
                yield {"name": name, "shown": None, "oid": oid}

    def _key_texts(self) -> Iterator[Row]:
        for key, index, _, table in self._keys:
            columns = ", ".join(_quoted(name) for name in table.key)
            place = f"{_quoted(table.schema)}.{_quoted(table.name)}"
            yield {
                "key": key, "index": index, "definition": f"PRIMARY KEY ({columns})",
                "indexed": f"CREATE UNIQUE INDEX {_quoted(table.name + '_pkey')} ON {place} USING btree ({columns})",
                "columns": list(table.key),
            }  # fmt: skip

    def _schemata(self) -> Iterator[Row]:
        for name in self._schemas:
            yield {
                "catalog_name": self._content.database, "schema_name": name, "schema_owner": self._content.user,
            }  # fmt: skip

    def _place(self, table: CatalogTable, before: str = "table") -> dict[str, Any]:
        return {
            f"{before}_catalog": self._content.database,
            f"{before}_schema": table.schema,
        }

    def _information_tables(self) -> Iterator[Row]:
        for _, table in self._tables:
            yield self._place(table) | {
                "table_name": table.name, "table_type": "BASE TABLE", "is_insertable_into": "NO",
                "is_typed": "NO",
            }  # fmt: skip

    def _information_columns(self) -> Iterator[Row]:
        for _, table in self._tables:
            for number, column in enumerate(table.columns, 1):
                yield self._place(table) | _information_column(
                    table, number, column.name, column.type
                )

    def _table_constraints(self) -> Iterator[Row]:
        for _, _, _, table in self._keys:
            yield self._place(table, "constraint") | self._place(table) | {
                "constraint_name": f"{table.name}_pkey", "table_name": table.name,
                "constraint_type": "PRIMARY KEY", "is_deferrable": "NO", "initially_deferred": "NO",
                "enforced": "YES",
            }  # fmt: skip

    def _key_columns(self) -> Iterator[Row]:
        for table, number, name in self._key_parts():
            yield self._key_column(table, name) | {"ordinal_position": number}

    def _constraint_columns(self) -> Iterator[Row]:
        for table, _, name in self._key_parts():
            yield self._key_column(table, name)

    def _key_parts(self) -> Iterator[tuple[CatalogTable, int, str]]:
        for _, _, _, table in self._keys:
            for number, name in enumerate(table.key, 1):
                yield table, number, name

    def _key_column(self, table: CatalogTable, name: str) -> dict[str, Any]:
        names = {
            "constraint_name": f"{table.name}_pkey",
            "table_name": table.name,
            "column_name": name,
        }
        return self._place(table, "constraint") | self._place(table) | names


def _class(oid: int, name: str, schema: int, kind: str, columns: int) -> dict[str, Any]:
    return {
        "oid": oid, "relname": name, "relnamespace": schema, "reloftype": 0, "relowner": OWNER, "relfilenode": 0,
        "reltablespace": 0, "relpages": 0, "reltuples": 0.0, "relallvisible": 0, "reltoastrelid": 0,
        "relhasindex": False, "relisshared": False, "relpersistence": "p", "relkind": kind, "relnatts": columns,
        "relchecks": 0, "relhasrules": False, "relhastriggers": False, "relhassubclass": False,
        "relrowsecurity": False, "relforcerowsecurity": False, "relispopulated": True, "relreplident": "d",
        "relispartition": False, "relrewrite": 0,
    }  # fmt: skip


def _attribute(oid: int, number: int, name: str, kind: Kind, must: bool) -> Row:
    return {
        "attrelid": oid, "attname": name, "atttypid": kind.oid, "attstattarget": -1, "attlen": kind.size,
        "attnum": number, "attndims": int(kind.element is not None), "attcacheoff": -1, "atttypmod": kind.modifier,
        "attbyval": kind.size > 0, "attalign": "i", "attstorage": "x" if kind.size < 0 else "p",
        "attcompression": "", "attnotnull": must, "atthasdef": False, "atthasmissing": False, "attidentity": "",
        "attgenerated": "", "attisdropped": False, "attislocal": True, "attinhcount": 0, "attcollation": 0,
    }  # fmt: skip


def _comment(oid: int, group: int, number: int, words: str) -> Row:
    return {"objoid": oid, "classoid": group, "objsubid": number, "description": words}


def _numbers(table: CatalogTable) -> list[int]:
    order = {column.name: number for number, column in enumerate(table.columns, 1)}
    return [order.get(name, 0) for name in table.key]


def _quoted(name: str) -> str:
    is_plain = name.replace("_", "a").isalnum() and name[:1].islower() and name == name.lower()
    return name if is_plain else '"' + name.replace('"', '""') + '"'


def _information_column(
    table: CatalogTable, number: int, name: str, kind_text: str
) -> dict[str, Any]:
    kind = kind_of(kind_text)
    is_array = kind.element is not None
    is_number = kind.name in ("int2", "int4", "int8", "float4", "float8", "numeric")
    bits = {"int2": 16, "int4": 32, "int8": 64, "float4": 24, "float8": 53}
    precision = bits.get(kind.name)
    scale = 0 if kind.name.startswith("int") else None
    if kind.name == "numeric" and kind.modifier >= 4:
        precision, scale = (kind.modifier - 4) >> 16, (kind.modifier - 4) & 0xFFFF
    radix = (10 if kind.name == "numeric" else 2) if is_number else None
    return {
        "table_name": table.name, "column_name": name, "ordinal_position": number,
        "is_nullable": "NO" if name in table.key else "YES",
        "data_type": "ARRAY" if is_array else SHOWN_TYPES.get(kind.oid, "text"),
        "udt_catalog": "", "udt_schema": PG, "udt_name": kind.name, "numeric_precision": precision,
        "numeric_precision_radix": radix, "numeric_scale": scale,
        "datetime_precision": 6 if kind.name.startswith(("time", "interval")) else 0 if kind.name == "date" else None,
        "is_self_referencing": "NO", "is_identity": "NO", "is_generated": "NEVER", "is_updatable": "NO",
        "dtd_identifier": str(number), "identity_cycle": "NO",
    }  # fmt: skip


def _types() -> Iterator[Row]:
    text = files(__package__).joinpath("types.csv").read_text("ascii")
    for row in csv.DictReader(io.StringIO(text)):
        yield {key: {"t": True, "f": False}.get(value, value) if key.startswith(("typby", "typis")) else value
               for key, value in row.items()} | {"typnotnull": False}  # fmt: skip


def _access_methods() -> Iterator[Row]:
    yield {"oid": 2, "amname": "heap", "amhandler": "-", "amtype": "t"}
    yield {"oid": 403, "amname": "btree", "amhandler": "-", "amtype": "i"}


def _tablespaces() -> Iterator[Row]:
    yield {"oid": 1663, "spcname": "pg_default", "spcowner": OWNER}


def _collations() -> Iterator[Row]:
    yield {
        "oid": 100,
        "collname": "default",
        "collnamespace": 11,
        "collowner": OWNER,
        "collprovider": "d",
    }


def _languages() -> Iterator[Row]:
    yield {"oid": 14, "lanname": "sql", "lanowner": OWNER, "lanispl": False, "lanpltrusted": True}


_SETTINGS = {
    "block_size": "8192", "client_encoding": "UTF8", "integer_datetimes": "on", "max_connections": "500",
    "max_identifier_length": "63", "max_index_keys": "32", "server_encoding": "UTF8",
    "server_version": "15.0 (Meshwright)", "server_version_num": "150000", "standard_conforming_strings": "on",
    "transaction_read_only": "on",
}  # fmt: skip


def _settings() -> Iterator[Row]:
    for name, value in _SETTINGS.items():
        yield {
            "name": name, "setting": value, "category": "Preset Options", "context": "internal",
            "vartype": "string", "source": "default", "boot_val": value, "reset_val": value,
            "pending_restart": False,
        }  # fmt: skip
