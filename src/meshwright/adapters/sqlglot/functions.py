"""DuckDB functions that reach beyond the tables of a query: files, the catalog, settings, other databases.

This list only makes for a good message at plan time. What keeps a build inside its reach is the engine.
"""

_FILES = """
    read_csv read_csv_auto sniff_csv read_json read_json_auto read_json_objects read_json_objects_auto
    read_ndjson read_ndjson_auto read_ndjson_objects read_parquet parquet_scan parquet_metadata
    parquet_schema parquet_file_metadata parquet_kv_metadata parquet_bloom_probe parquet_full_metadata
    read_text read_blob read_xlsx read_duckdb glob st_read st_read_meta delta_scan iceberg_scan
    iceberg_metadata iceberg_snapshots sqlite_scan sqlite_attach postgres_scan postgres_query mysql_scan
    mysql_query read_avro read_vortex read_arrow scan_arrow_ipc arrow_scan arrow_scan_dumb pandas_scan
    write_log http_get http_post
"""
_INDIRECT = """
    query query_table getenv getvariable current_setting set_config which_secret duckdb_secrets
    json_execute_serialized_sql from_substrait from_substrait_json get_substrait nextval currval
    pragma_database_size pragma_metadata_info pragma_platform pragma_show pragma_storage_info
    pragma_table_info pragma_user_agent pragma_version storage_info checkpoint force_checkpoint
    seq_scan index_scan pragma_collations in_search_path enable_logging disable_logging
    enable_profiling disable_profiling parse_duckdb_log_message duckdb_table_sample
"""
_REACHING = frozenset((_FILES + _INDIRECT).split())


def is_reaching(function: str) -> bool:
    """Say whether a function (lower-case) reads something else than the tables of its query."""
    return function in _REACHING or function.startswith("duckdb_")
