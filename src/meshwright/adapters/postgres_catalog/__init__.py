"""PostgreSQL's catalog: tables of pg_catalog and information_schema, answered by a locked DuckDB."""
