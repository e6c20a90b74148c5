"""Which names are the catalog's: tables, functions, and the types that casts speak of."""

from functools import lru_cache
from importlib.resources import files

PG, INFORMATION = "pg_catalog", "information_schema"
HOME = {PG: "pgc", INFORMATION: "isc"}  # schemas of DuckDB, where those names are its own

# Functions of PostgreSQL that are made here (functions.py); a text without tables that calls one is the catalog's.
FUNCTIONS = frozenset(
    [
        "array_lower",
        "array_position",
        "array_upper",
        "array_length",
        "cardinality",
        "col_description",
        "current_catalog",
        "current_database",
        "current_query",
        "current_role",
        "current_schema",
        "current_schemas",
        "current_setting",
        "current_user",
        "format_type",
        "has_any_column_privilege",
        "has_column_privilege",
        "has_database_privilege",
        "has_function_privilege",
        "has_schema_privilege",
        "has_sequence_privilege",
        "has_table_privilege",
        "has_tablespace_privilege",
        "inet_client_addr",
        "inet_server_addr",
        "inet_server_port",
        "obj_description",
        "pg_backend_pid",
        "pg_char_to_encoding",
        "pg_client_encoding",
        "pg_column_is_updatable",
        "pg_conf_load_time",
        "pg_database_size",
        "pg_encoding_to_char",
        "pg_get_constraintdef",
        "pg_get_expr",
        "pg_get_function_arguments",
        "pg_get_function_identity_arguments",
        "pg_get_function_result",
        "pg_get_functiondef",
        "pg_get_indexdef",
        "pg_get_partition_constraintdef",
        "pg_get_partkeydef",
        "pg_get_ruledef",
        "pg_get_serial_sequence",
        "pg_get_statisticsobjdef_columns",
        "pg_get_triggerdef",
        "pg_get_userbyid",
        "pg_get_viewdef",
        "pg_has_role",
        "pg_indexes_size",
        "pg_is_in_recovery",
        "pg_is_other_temp_schema",
        "pg_is_wal_replay_paused",
        "pg_my_temp_schema",
        "pg_postmaster_start_time",
        "pg_relation_filenode",
        "pg_relation_is_publishable",
        "pg_relation_is_updatable",
        "pg_relation_size",
        "pg_size_pretty",
        "pg_table_size",
        "pg_tablespace_location",
        "pg_tablespace_size",
        "pg_total_relation_size",
        "pg_encoding_max_length",
        "getdatabaseencoding",
        "quote_ident",
        "quote_literal",
        "row_security_active",
        "session_user",
        "set_config",
        "shobj_description",
        "to_regclass",
        "to_regtype",
        "txid_current",
        "user",
        "version",
        "_pg_char_max_length",
        "_pg_char_octet_length",
        "_pg_datetime_precision",
        "_pg_expandarray",
        "_pg_index_position",
        "_pg_numeric_precision",
        "_pg_numeric_scale",
    ]
)
VISIBLE = tuple(
    f"pg_{kind}_is_visible"
    for kind in (
        "table", "type", "function", "operator", "opclass", "opfamily", "collation", "conversion",
        "statistics_obj", "ts_config", "ts_dict", "ts_parser", "ts_template",
    )
)  # fmt: skip
# Functions of DuckDB itself that queries of tools use besides: none makes much out of little.
HARMLESS = frozenset(
    [
        "abs",
        "all",
        "and",
        "any",
        "array",
        "array_agg",
        "array_cat",
        "array_concat",
        "array_contains",
        "array_remove",
        "array_size",
        "array_to_string",
        "arrayagg",
        "avg",
        "bool_and",
        "bool_or",
        "case",
        "cast",
        "ceil",
        "char_length",
        "coalesce",
        "concat",
        "concat_ws",
        "contains",
        "count",
        "collate",
        "current_date",
        "current_time",
        "current_timestamp",
        "currentcatalog",
        "currentdate",
        "currentschema",
        "currentschemas",
        "currenttimestamp",
        "currentuser",
        "currentversion",
        "date_part",
        "date_trunc",
        "dense_rank",
        "exists",
        "explode",
        "exploding_generate_series",
        "extract",
        "firstvalue",
        "first_value",
        "floor",
        "generate_series",
        "generate_subscripts",
        "greatest",
        "group_concat",
        "if",
        "initcap",
        "isnull",
        "json_agg",
        "json_build_object",
        "lag",
        "lastvalue",
        "last_value",
        "lead",
        "least",
        "left",
        "length",
        "list",
        "list_contains",
        "logical_and",
        "logical_or",
        "lower",
        "max",
        "min",
        "mod",
        "now",
        "nullif",
        "or",
        "position",
        "power",
        "rank",
        "replace",
        "regexp_replace",
        "regexp_split_to_array",
        "translate",
        "md5",
        "format",
        "quote_nullable",
        "regexp_i_like",
        "regexp_ilike",
        "regexp_like",
        "row_number",
        "right",
        "round",
        "sessionuser",
        "sign",
        "split_part",
        "starts_with",
        "startswith",
        "str_position",
        "strpos",
        "string_agg",
        "strposition",
        "substring",
        "substr",
        "sum",
        "to_char",
        "trim",
        "ltrim",
        "rtrim",
        "try_cast",
        "unnest",
        "upper",
        "xor",
        "pg_get_keywords",
        "string_to_array",
        "pg_stat_get_numscans",
        "pg_options_to_table",
        "pg_index_column_has_property",
        "parameterized_agg",
        "bit_and",
        "bitwiseand",
    ]
)
# Types of casts -> those of DuckDB.
TYPES = {
    "name": "VARCHAR", "char": "VARCHAR", "oid": "BIGINT", "xid": "BIGINT", "cid": "BIGINT", "regproc": "VARCHAR",
    "oidvector": "BIGINT[]", "int2vector": "SMALLINT[]", "aclitem": "VARCHAR", "information_schema.sql_identifier":
    "VARCHAR", "sql_identifier": "VARCHAR", "cardinal_number": "INTEGER", "character_data": "VARCHAR",
    "yes_or_no": "VARCHAR", "pg_node_tree": "VARCHAR", "cstring": "VARCHAR", "regrole": "VARCHAR",
    "regconfig": "VARCHAR", "regprocedure": "VARCHAR", "regoper": "VARCHAR", "unknown": "VARCHAR",
    "bpchar": "VARCHAR", "tid": "VARCHAR", "inet": "VARCHAR", "regnamespace": "BIGINT", "jsonb": "VARCHAR",
}  # fmt: skip
_COLUMN_TYPES = {
    "oid": "BIGINT", "int8": "BIGINT", "int": "INTEGER", "int2": "SMALLINT", "bool": "BOOLEAN", "text": "VARCHAR",
    "timestamptz": "TIMESTAMPTZ", "float4": "FLOAT", "float8": "DOUBLE", "numeric": "DECIMAL(18,3)",
    "interval": "INTERVAL", "bytea": "BLOB",
}  # fmt: skip


@lru_cache(maxsize=1)
def system_tables() -> dict[tuple[str, str], tuple[int, tuple[tuple[str, str], ...]]]:
    """Return every table of the two schemas: its object id, and its columns with types of DuckDB."""
    text = files(__package__).joinpath("system_tables.txt").read_text("ascii")
    found = {}
    for line in text.splitlines():
        name, oid, *columns = line.split(" ")
        schema, _, table = name.partition(".")
        pairs = (column.rpartition(":") for column in columns)
        typed = tuple((column, _column_type(kind)) for column, _, kind in pairs)
        found[schema, table] = (int(oid), typed)
    return found


def _column_type(kind: str) -> str:
    plain = kind.removesuffix("[]")
    return _COLUMN_TYPES[plain] + ("[]" if plain != kind else "")


@lru_cache(maxsize=1)
def catalog_tables() -> frozenset[str]:
    """Return the names that mean pg_catalog without saying so."""
    return frozenset(table for schema, table in system_tables() if schema == PG)
