---- two statements
SELECT 1; SELECT 2
---- a second statement that writes
SELECT 1; COPY (SELECT 1) TO '<out>/x.csv'
---- a second statement after a comment
SELECT 1; -- done
DROP VIEW loyalty.members.profiles
---- closing our parenthesis
SELECT 1) TO '<out>/x.parquet'; COPY (SELECT 1
---- closing our view
SELECT 1); DROP VIEW loyalty.members.profiles; SELECT (1
---- a comment that swallows
SELECT 1 /*
---- a nested comment
SELECT 1 /* /* */ ; DROP VIEW x
---- a quote that swallows
SELECT 'a
---- a dollar quote that swallows
SELECT $$a
---- an escape string
SELECT e'\\'; DROP VIEW x --'
---- a line separator after a comment
SELECT 1 -- ; COPY (SELECT 1) TO '<out>/x'
; DROP VIEW loyalty.members.profiles
---- a no-break space before a second statement
SELECT 1 ; SELECT 2
---- a full-width semicolon
SELECT 1； DROP VIEW loyalty.members.profiles
---- a comment inside of a word
SELECT * FROM read_/**/blob('<other>/hidden.csv')
---- a comment between name and parenthesis
SELECT * FROM read_blob/**/('<other>/hidden.csv')
---- a newline between name and parenthesis
SELECT * FROM read_text
('<other>/hidden.csv')
---- full-width letters
SELECT * FROM ｒｅａｄ_ｂｌｏｂ('<other>/hidden.csv')
---- a zero-width space in a name
SELECT * FROM read​_blob('<other>/hidden.csv')
---- unicode escapes in a name
SELECT * FROM U&"read\005fblob"('<other>/hidden.csv')
---- a right-to-left mark
SELECT * FROM ‮read_blob‬('<other>/hidden.csv')
---- a byte order mark
﻿SELECT * FROM read_blob('<other>/hidden.csv')
---- a query in a text
SELECT * FROM query('SELECT * FROM duckdb_views()')
---- a table in a text
SELECT * FROM query_table('duckdb_views')
---- tables in a list of texts
SELECT * FROM query_table(['loyalty.members.profiles'])
---- a query in a built text
SELECT * FROM query('COPY (SELECT 1) TO ''<out>/x''')
---- a serialised query
SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM duckdb_views()'))
---- a serialised query as a pragma
PRAGMA json_execute_serialized_sql('{}')
---- a parser inside the query
SELECT json_serialize_sql('SELECT 1')
---- a plan inside the query
SELECT json_serialize_plan('SELECT * FROM loyalty.members.profiles')
---- a tree made into text
SELECT json_deserialize_sql('{}')
---- values of a port into a query text
SELECT * FROM query((SELECT 'SELECT ' || max(id) FROM loyalty.members.profiles))
---- a macro call of nobody
SELECT * FROM histogram('loyalty.members.profiles', 'name')
---- values of a histogram
SELECT * FROM histogram_values('loyalty.members.profiles', name)
---- another grammar
SELECT * FROM add_grammar_extension('x')
---- an external resource
SELECT * FROM create_external_resource('x')
---- a named parameter
SELECT $name
---- a parameter with a gap
SELECT $2
---- a parameter as a table
SELECT * FROM $1
---- a time travel
SELECT * FROM loyalty.members.profiles AT (VERSION => 1)
---- sleep
SELECT sleep_ms(100000)
---- pg_sleep
SELECT pg_sleep(100)
---- an error on demand
SELECT error('x')
---- a seed
SELECT setseed(0.5)
---- internal function
SELECT __internal_compress_integral_utinyint(1, 1)
---- an internal cast
SELECT __cast('x')
---- a pivot whose columns come from rows
PIVOT loyalty.members.profiles ON name USING count(*)
