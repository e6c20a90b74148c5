---- views with their text
SELECT sql FROM duckdb_views()
---- views as a table
SELECT * FROM duckdb_views
---- tables
SELECT * FROM duckdb_tables()
---- columns
SELECT * FROM duckdb_columns()
---- settings
SELECT * FROM duckdb_settings()
---- secrets
SELECT * FROM duckdb_secrets()
---- functions
SELECT * FROM duckdb_functions()
---- databases
SELECT * FROM duckdb_databases()
---- schemas
SELECT * FROM duckdb_schemas()
---- variables
SELECT * FROM duckdb_variables()
---- extensions
SELECT * FROM duckdb_extensions()
---- logs
SELECT * FROM duckdb_logs()
---- parsed logs
SELECT * FROM duckdb_logs_parsed('QueryLog')
---- memory
SELECT * FROM duckdb_memory()
---- temporary files
SELECT * FROM duckdb_temporary_files()
---- the cache of files
SELECT * FROM duckdb_external_file_cache()
---- prepared statements
SELECT * FROM duckdb_prepared_statements()
---- optimisers
SELECT * FROM duckdb_optimizers()
---- constraints
SELECT * FROM duckdb_constraints()
---- dependencies
SELECT * FROM duckdb_dependencies()
---- the catalog of sqlite
SELECT * FROM sqlite_master
---- the information schema
SELECT * FROM information_schema.tables
---- columns of the information schema
SELECT * FROM information_schema.columns
---- pg_catalog views
SELECT * FROM pg_catalog.pg_views
---- pg_catalog classes
SELECT * FROM pg_catalog.pg_class
---- the text of a view
SELECT pg_get_viewdef(1)
---- a setting
SELECT current_setting('allowed_paths')
---- a setting under a qualified name
SELECT main.current_setting('allowed_paths')
---- a setting under a system name
SELECT system.main.current_setting('allowed_paths')
---- a variable
SELECT getvariable('x')
---- an environment variable
SELECT getenv('PATH')
---- the version
SELECT version()
---- the query
SELECT current_query()
---- the database
SELECT current_database()
---- the schemas
SELECT current_schemas(true)
---- the storage of a port
SELECT * FROM pragma_storage_info('loyalty.members.profiles')
---- the info of a port
SELECT * FROM pragma_table_info('loyalty.members.profiles')
---- what is shown of a port
SELECT * FROM pragma_show('loyalty.members.profiles')
---- the size of the database
SELECT * FROM pragma_database_size()
---- the platform
SELECT * FROM pragma_platform()
---- the user agent
SELECT * FROM pragma_user_agent()
---- the metadata of the port's own file
SELECT stats_min, stats_max FROM parquet_metadata('<raw>')
---- the port's own file
SELECT * FROM read_parquet('<raw>')
---- the port's own file by its path
FROM '<raw>'
---- the port's own bytes
SELECT content FROM read_blob('<raw>')
---- which secret
SELECT * FROM which_secret('s3://x', 's3')
---- a sample of a table
SELECT * FROM duckdb_table_sample('loyalty.members.profiles')
---- test types
SELECT * FROM test_all_types()
---- a sequence
SELECT nextval('s')
---- the connection
SELECT current_connection_id()
---- the transaction
SELECT txid_current()
---- a port that was not granted
SELECT * FROM loyalty.members.secrets
---- a version that was not granted
SELECT * FROM loyalty.members."profiles@1"
---- a port of another domain by a short name
SELECT * FROM profiles
---- a port under another database
SELECT * FROM memory.main.profiles
---- a schema that is not there
SELECT * FROM system.information_schema.tables
---- a domain in capitals of another alphabet
SELECT * FROM lоyalty.members.profiles
---- a table function with a schema
SELECT * FROM main.duckdb_views()
---- a table function with a catalog
SELECT * FROM system.main.duckdb_views()
---- a table function in quotes
SELECT * FROM "duckdb_views"()
---- a table function in capitals
SELECT * FROM DUCKDB_VIEWS()
---- a table function in mixed quotes
SELECT * FROM "Read_Blob"('<other>/hidden.csv')
---- a scalar function in quotes and capitals
SELECT "CURRENT_SETTING"('allowed_paths')
---- a function called on a value
SELECT 'allowed_paths'.current_setting()
---- a WITH named as a catalog table reads that table
WITH duckdb_tables AS (SELECT * FROM duckdb_tables) SELECT * FROM duckdb_tables
---- a recursive WITH named as a catalog table
WITH RECURSIVE duckdb_views AS (SELECT sql FROM duckdb_views UNION ALL SELECT sql FROM duckdb_views) SELECT * FROM duckdb_views
---- a recursive WITH without a union
WITH RECURSIVE duckdb_views AS (SELECT * FROM duckdb_views) SELECT * FROM duckdb_views
---- a WITH used outside of its query
SELECT * FROM (WITH duckdb_views AS (SELECT 1 AS sql) FROM duckdb_views), duckdb_views
---- a later WITH is not seen by an earlier one
WITH a AS (SELECT * FROM duckdb_views), duckdb_views AS (SELECT 1 AS sql) SELECT * FROM a
---- an alias named as a catalog table hides nothing
SELECT * FROM fleet.flights.list AS duckdb_views, (SELECT * FROM duckdb_views)
---- recurring outside of a recursion
SELECT * FROM recurring.duckdb_views
