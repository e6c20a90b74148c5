"""Functions of PostgreSQL that questions about the catalog call, as macros of DuckDB over its tables here."""

from collections.abc import Iterator, Sequence

from meshwright.adapters.postgres_catalog.names import VISIBLE

SHOWN_TYPES = {
    16: "boolean", 17: "bytea", 18: '"char"', 19: "name", 20: "bigint", 21: "smallint", 23: "integer",
    25: "text", 26: "oid", 114: "json", 700: "real", 701: "double precision", 1042: "character",
    1043: "character varying", 1082: "date", 1083: "time without time zone",
    1114: "timestamp without time zone", 1184: "timestamp with time zone", 1186: "interval",
    1266: "time with time zone", 1700: "numeric", 2950: "uuid", 3802: "jsonb", 1000: "boolean[]",
    1001: "bytea[]", 1002: '"char"[]', 1003: "name[]", 1016: "bigint[]", 1005: "smallint[]", 1007: "integer[]",
    1009: "text[]", 1028: "oid[]", 199: "json[]", 1021: "real[]", 1022: "double precision[]",
    1015: "character varying[]", 1182: "date[]", 1183: "time without time zone[]",
    1115: "timestamp without time zone[]", 1185: "timestamp with time zone[]", 1187: "interval[]",
    1231: "numeric[]", 2951: "uuid[]", 2205: "regclass", 2206: "regtype", 22: "int2vector", 30: "oidvector",
}  # fmt: skip
_PRIVILEGES = "regexp_matches(lower(p), 'select|usage|connect')"
_PRIVILEGED = (
    "table",
    "schema",
    "database",
    "column",
    "any_column",
    "function",
    "sequence",
    "tablespace",
)
_ZERO = ("pg_relation_size", "pg_table_size", "pg_total_relation_size", "pg_indexes_size", "pg_database_size",
         "pg_tablespace_size", "pg_relation_filenode")  # fmt: skip
_NOTHING = ("pg_get_functiondef", "pg_get_function_arguments", "pg_get_function_identity_arguments",
            "pg_get_function_result", "pg_get_partkeydef", "pg_get_partition_constraintdef",
            "pg_get_statisticsobjdef_columns", "pg_tablespace_location", "pg_char_to_encoding")  # fmt: skip
_WORDS = ("all", "and", "as", "case", "cast", "check", "column", "create", "cross", "default", "desc", "distinct",
          "else", "end", "except", "false", "fetch", "for", "foreign", "from", "full", "grant", "group", "having",
          "in", "inner", "intersect", "into", "is", "join", "left", "like", "limit", "not", "null", "offset", "on",
          "or", "order", "primary", "qualify", "references", "right", "select", "table", "then", "to", "true",
          "union", "unique", "user", "using", "when", "where", "window", "with")  # fmt: skip


def text(value: str) -> str:
    """Quote a string literal."""
    return "'" + value.replace("\0", "").replace("'", "''") + "'"


def macros(user: str, database: str) -> Iterator[str]:
    """Yield the statements that make every function."""
    yield from _constants(user, database)
    yield from _described()
    yield from _many()


def _macro(name: str, *bodies: tuple[str, str]) -> str:
    return f"CREATE MACRO {name}" + ", ".join(f"({args}) AS {body}" for args, body in bodies)


def _constants(user: str, database: str) -> Iterator[str]:
    yield _macro("version", ("", text("PostgreSQL 15.0 (Meshwright)")))
    yield _macro("pg_session_user", ("", text(user)))
    yield _macro("current_database", ("", text(database)))
    yield _macro("pg_get_userbyid", ("x", text(user)))
    for name in ("pg_client_encoding", "pg_encoding_to_char", "getdatabaseencoding"):
        yield _macro(name, ("x := 6", "'UTF8'"))
    yield _macro("pg_size_pretty", ("x", "x || ' bytes'"))
    for name, value in (
        ("pg_backend_pid", "1"), ("pg_my_temp_schema", "0"), ("txid_current", "1"), ("inet_server_port", "0"),
        ("pg_is_in_recovery", "false"), ("pg_is_wal_replay_paused", "false"), ("inet_server_addr", "NULL"),
        ("inet_client_addr", "NULL"), ("pg_postmaster_start_time", "now()"), ("pg_conf_load_time", "now()"),
    ):  # fmt: skip
        yield _macro(name, ("", value))
    for name, value in (
        ("pg_is_other_temp_schema", "false"), ("row_security_active", "false"),
        ("pg_relation_is_publishable", "false"), ("pg_encoding_max_length", "4"),
    ):  # fmt: skip
        yield _macro(name, ("x", value))


def _described() -> Iterator[str]:
    shown = ", ".join(f"{oid}: {text(name)}" for oid, name in SHOWN_TYPES.items())
    known = f"coalesce((MAP {{{shown}}})[o::INTEGER], '???')"
    yield _macro(
        "format_type",
        (
            "o, m",
            "CASE WHEN o = 1700 AND m >= 4 THEN "
            "'numeric(' || ((m::BIGINT - 4) >> 16) || ',' || ((m::BIGINT - 4) & 65535) || ')' "
            f"WHEN o IS NULL THEN NULL ELSE {known} END",
        ),
    )
    numbers = ", ".join(f"{text(name)}: {oid}" for oid, name in SHOWN_TYPES.items())
    plain = "lower(replace(x::VARCHAR, 'pg_catalog.', ''))"
    by_name = "(SELECT min(t.oid) FROM pgc.pg_type t WHERE t.typname = " + plain + ")"
    body = f"coalesce(try_cast(x AS BIGINT), (MAP {{{numbers}}})[{plain}], {by_name})"
    for name in ("pg_regtype", "to_regtype"):
        yield _macro(name, ("x", body))
    yield _macro("pg_name_of_regtype", ("x", "format_type(x, NULL)"))
    named = "(SELECT min(r.oid) FROM pgc.pg_names r WHERE r.name = replace(x::VARCHAR, '\"', ''))"
    for name in ("pg_regclass", "to_regclass"):
        yield _macro(name, ("x", f"coalesce(try_cast(x AS BIGINT), {named})"))
    yield _macro(
        "pg_name_of_regclass", ("x", "(SELECT min(r.shown) FROM pgc.pg_names r WHERE r.oid = x)")
    )
    schema = "(SELECT min(n.oid) FROM pgc.pg_namespace n WHERE n.nspname = replace(x::VARCHAR, '\"', ''))"
    yield _macro("pg_regnamespace", ("x", f"coalesce(try_cast(x AS BIGINT), {schema})"))
    yield _macro(
        "pg_name_of_regnamespace",
        ("x", "(SELECT n.nspname FROM pgc.pg_namespace n WHERE n.oid = x)"),
    )
    about = (
        "(SELECT min(d.description) FROM pgc.pg_description d WHERE d.objoid = o AND d.objsubid = "
    )
    yield _macro("col_description", ("o, n", about + "n AND n > 0)"))
    classes = "CASE c WHEN 'pg_class' THEN 1259 WHEN 'pg_namespace' THEN 2615 ELSE 0 END"
    yield _macro(
        "obj_description", ("o", about + "0)"), ("o, c", f"{about}0 AND d.classoid = {classes})")
    )
    shared = "(SELECT min(d.description) FROM pgc.pg_shdescription d WHERE d.objoid = o)"
    yield _macro("shobj_description", ("o, c", shared))
    yield _macro(
        "pg_get_constraintdef",
        *_with_flag("(SELECT min(k.definition) FROM pgc.pg_keys k WHERE k.key = o)"),
    )
    index = "(SELECT min(k.indexed) FROM pgc.pg_keys k WHERE k.index = o)"
    column = "(SELECT min(k.columns[n]) FROM pgc.pg_keys k WHERE k.index = o)"
    yield _macro(
        "pg_get_indexdef",
        ("o", index),
        ("o, n, f", f"CASE WHEN n > 0 THEN {column} ELSE {index} END"),
    )


def _with_flag(body: str) -> Sequence[tuple[str, str]]:
    return (("o", body), ("o, f", body))


def _many() -> Iterator[str]:
    for name in VISIBLE:
        yield _macro(name, ("x", "true"))
    for kind in _PRIVILEGED:
        yield _macro(
            f"has_{kind}_privilege",
            ("a, p", _PRIVILEGES), ("a, b, p", _PRIVILEGES), ("a, b, c, p", _PRIVILEGES),
        )  # fmt: skip
    yield _macro("pg_has_role", ("a, p", "true"), ("a, b, p", "true"))
    for name in _ZERO:
        yield _macro(name, ("a", "0::BIGINT"), ("a, b", "0::BIGINT"))
    for name in _NOTHING:
        yield _macro(name, ("a", "NULL::VARCHAR"), ("a, b", "NULL::VARCHAR"))
    for name in ("pg_get_expr", "pg_get_viewdef", "pg_get_ruledef", "pg_get_triggerdef"):
        yield _macro(
            name, ("a", "NULL::VARCHAR"), ("a, b", "NULL::VARCHAR"), ("a, b, c", "NULL::VARCHAR")
        )
    yield _macro("pg_get_serial_sequence", ("a, b", "NULL::VARCHAR"))
    yield _macro("pg_relation_is_updatable", ("a, b", "0"))
    yield _macro("pg_column_is_updatable", ("a, b, c", "false"))
    yield _macro("pg_index_column_has_property", ("a, b, c", "c = 'asc' OR c = 'orderable'"))
    yield _macro("pg_stat_get_numscans", ("a", "0::BIGINT"))
    yield _macro("array_lower", ("a, n", "CASE WHEN len(a) > 0 THEN 1 END"))
    yield _macro("array_upper", ("a, n", "nullif(len(a), 0)"))
    yield _macro(
        "_pg_expandarray",
        (
            "a",
            "unnest(list_transform(range(1, len(a) + 1), lambda i: {'x': a[i], 'n': i::INTEGER}))",
        ),
    )
    yield _macro("quote_ident", ("x", _QUOTED))
    yield _macro("quote_literal", ("x", "'''' || replace(x::VARCHAR, '''', '''''') || ''''"))
    words = ", ".join(f"({text(word)})" for word in _WORDS)
    yield (
        "CREATE MACRO pg_get_keywords() AS TABLE SELECT w AS word, 'R' AS catcode, true AS barelabel,"
        f" 'reserved' AS catdesc, 'requires AS' AS baredesc FROM (VALUES {words}) t(w)"
    )
    yield (
        "CREATE MACRO pg_options_to_table(x) AS TABLE "
        "SELECT NULL::VARCHAR AS option_name, NULL::VARCHAR AS option_value WHERE false"
    )


_QUOTED = (
    "CASE WHEN regexp_full_match(x::VARCHAR, '[a-z_][a-z0-9_$]*') THEN x::VARCHAR "
    "ELSE '\"' || replace(x::VARCHAR, '\"', '\"\"') || '\"' END"
)
