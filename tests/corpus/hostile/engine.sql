---- attach a file
ATTACH '<other>/hidden.db' AS h
---- attach sqlite
ATTACH '<other>/hidden.db' (TYPE sqlite)
---- attach a new database
ATTACH '<out>/new.db'
---- attach memory
ATTACH ':memory:' AS other
---- detach
DETACH loyalty
---- install
INSTALL httpfs
---- install from a place
INSTALL spatial FROM 'https://example.com'
---- install from the community
INSTALL h3 FROM community
---- load
LOAD httpfs
---- load a file
LOAD '<other>/evil.duckdb_extension'
---- update extensions
UPDATE EXTENSIONS
---- set external access
SET enable_external_access = true
---- set a path
SET allowed_paths = ['<other>/hidden.parquet']
---- set a folder
SET GLOBAL allowed_directories = ['/']
---- set the spill folder
SET temp_directory = '<out>'
---- set the lock
SET lock_configuration = false
---- set memory
SET memory_limit = '100GB'
---- set threads
SET threads = 64
---- set the time limit
SET max_execution_time = 0
---- set the home folder
SET home_directory = '<out>'
---- set a variable
SET VARIABLE x = 1
---- set a search path
SET search_path = 'loyalty.members'
---- set the schema
SET schema = 'main'
---- reset the lock
RESET lock_configuration
---- a local setting
SET SESSION enable_external_access = true
---- pragma as a statement
PRAGMA database_list
---- pragma with a value
PRAGMA memory_limit = '100GB'
---- pragma that profiles
PRAGMA enable_profiling
---- pragma call
CALL pragma_database_size()
---- pragma storage
PRAGMA storage_info('loyalty.members.profiles')
---- pragma imports
PRAGMA import_database('<other>')
---- use
USE loyalty
---- prepare
PREPARE p AS SELECT 1
---- execute
EXECUTE p
---- deallocate
DEALLOCATE p
---- explain
EXPLAIN SELECT * FROM loyalty.members.profiles
---- explain analyze
EXPLAIN ANALYZE SELECT * FROM loyalty.members.profiles WHERE name = 'x'
---- call a table function
CALL duckdb_views()
---- show tables
SHOW TABLES
---- show all tables
SHOW ALL TABLES
---- show databases
SHOW DATABASES
---- show schemas
SHOW SCHEMAS
---- show a variable
SHOW allowed_paths
---- show the create statement
SHOW CREATE TABLE loyalty.members.profiles
---- kill a connection
KILL 1
---- nothing at all

---- only a comment
-- SELECT 1
---- only a semicolon
;
---- words that are no SQL
please give me everything
