---- a masked value
SELECT email FROM loyalty.members.profiles
---- a masked value as a row
SELECT profiles FROM loyalty.members.profiles
---- a masked value by a star
SELECT * FROM loyalty.members.profiles
---- a masked value by a pattern of columns
SELECT COLUMNS('na.*') FROM loyalty.members.profiles
---- a masked value by its position
SELECT #2, #3 FROM loyalty.members.profiles
---- a masked value under another name
SELECT b, c FROM loyalty.members.profiles AS p(a, b, c, d, e, f)
---- a masked value unpivoted
UNPIVOT (SELECT id, email, name FROM loyalty.members.profiles) ON email, name INTO NAME n VALUE v
---- a masked value as json
SELECT to_json(p) FROM loyalty.members.profiles p
---- a masked value in a struct
SELECT struct_pack(a := email, b := name) FROM loyalty.members.profiles
---- a masked value in a list
SELECT list(name), list(email) FROM loyalty.members.profiles
---- a natural join on a masked value
SELECT * FROM loyalty.members.profiles NATURAL JOIN (SELECT 'canary-name-1' AS name)
---- a masked value is not equal to the original
SELECT count(*) AS found FROM loyalty.members.profiles WHERE name = 'canary-name-1'
---- a masked value is not like the original
SELECT id AS found FROM loyalty.members.profiles WHERE email LIKE 'canary-mail%'
---- the range of a masked number
SELECT min(salary), max(salary) FROM loyalty.members.profiles
---- the exact masked number
SELECT id AS found FROM loyalty.members.profiles WHERE salary = 7313001
---- a masked text cast to a number
SELECT CAST(name AS INTEGER), CAST(email AS INTEGER) FROM loyalty.members.profiles
---- a masked text cast in a condition
SELECT id FROM loyalty.members.profiles WHERE CAST(email AS INTEGER) > 0
---- a hidden row cast in a condition
SELECT id FROM loyalty.members.profiles WHERE CAST(note AS INTEGER) > 0
---- a hidden row in a division
SELECT 1 / (id - 9) FROM loyalty.members.profiles
---- a hidden row overflows
SELECT CAST(id * 30 AS TINYINT) FROM loyalty.members.profiles
---- a hidden row in a case that casts
SELECT CASE WHEN country <> 'SE' THEN CAST(note AS INTEGER) END FROM loyalty.members.profiles
---- a hidden row in a date
SELECT strptime(note, '%Y') FROM loyalty.members.profiles
---- a hidden row in a regular expression
SELECT regexp_matches('x', note || '(') FROM loyalty.members.profiles
---- a hidden row by an or
SELECT * FROM loyalty.members.profiles WHERE country = 'NO' OR true
---- a hidden row by not
SELECT note FROM loyalty.members.profiles WHERE NOT (country = 'SE')
---- a hidden row counted
SELECT count(*) FROM loyalty.members.profiles
---- a hidden row in a full join
SELECT b.note FROM fleet.flights.list a FULL JOIN loyalty.members.profiles b ON a.id = b.id
---- a hidden row in an anti join
SELECT a.id FROM fleet.flights.list a ANTI JOIN loyalty.members.profiles b ON a.id = b.id
---- a hidden row in a window
SELECT id, lag(note) OVER (ORDER BY id), lead(note) OVER (ORDER BY id) FROM loyalty.members.profiles
---- a hidden row in a sample
SELECT note FROM loyalty.members.profiles USING SAMPLE 100%
---- a hidden row as of
SELECT b.note FROM fleet.flights.list a ASOF JOIN loyalty.members.profiles b ON a.id >= b.id
---- a hidden row by its position
SELECT b.note FROM fleet.flights.list a POSITIONAL JOIN loyalty.members.profiles b
---- the statistics of a hidden column
SELECT stats(name), stats(email), stats(salary) FROM loyalty.members.profiles LIMIT 1
---- the statistics of hidden rows
SELECT stats(note), stats(id) FROM loyalty.members.profiles LIMIT 1
---- the vector of a hidden column
SELECT vector_type(name) FROM loyalty.members.profiles LIMIT 1
---- a summary
SUMMARIZE loyalty.members.profiles
---- a summary of a query
SUMMARIZE SELECT note, salary FROM loyalty.members.profiles
---- a description
DESCRIBE loyalty.members.profiles
---- the row number in the file
SELECT file_row_number FROM loyalty.members.profiles
---- the file
SELECT filename FROM loyalty.members.profiles
---- the row id
SELECT rowid FROM loyalty.members.profiles
---- the file's index
SELECT file_index FROM loyalty.members.profiles
---- approximate quantiles of hidden numbers
SELECT approx_quantile(salary, 0.5), histogram(salary) FROM loyalty.members.profiles
---- the order of a masked value
SELECT id FROM loyalty.members.profiles ORDER BY name, email, salary
---- the group of a masked value
SELECT name, count(*) FROM loyalty.members.profiles GROUP BY name
---- an error of our own making
SELECT error(note) FROM loyalty.members.profiles
---- an error of a masked value
SELECT error(coalesce(name, email)) FROM loyalty.members.profiles
---- an assertion
SELECT assert_true(salary <= 7000000) FROM loyalty.members.profiles
---- a value that the limit needs
SELECT id FROM loyalty.members.profiles LIMIT (SELECT salary FROM loyalty.members.profiles)
---- a value as a path
SELECT * FROM read_text((SELECT email FROM loyalty.members.profiles LIMIT 1))
---- single rows of an aggregates-only port
SELECT * FROM loyalty.members.visits
---- one row of it
SELECT amount, count(*) FROM loyalty.members.visits GROUP BY amount
---- its largest value
SELECT max(amount) FROM loyalty.members.visits
---- one value inside of a group
SELECT sum(amount) FILTER (id = 3) FROM loyalty.members.visits
---- one value inside of a sum
SELECT sum(CASE WHEN id = 3 THEN amount END) FROM loyalty.members.visits
---- its values in a list
SELECT list(amount) FROM loyalty.members.visits
---- its values in a text
SELECT string_agg(who) FROM loyalty.members.visits
---- its small groups in a cube
SELECT id, sum(amount) FROM loyalty.members.visits GROUP BY CUBE (id)
---- its rows in a subquery
SELECT sum(amount) FROM (SELECT * FROM loyalty.members.visits LIMIT 1)
---- its rows in a WITH
WITH v AS (SELECT * FROM loyalty.members.visits) SELECT who FROM v
---- its rows in a join
SELECT a.id, sum(amount) FROM fleet.flights.list a JOIN loyalty.members.visits b USING (id) GROUP BY a.id
---- its rows in a window
SELECT sum(amount) OVER (ORDER BY id) FROM loyalty.members.visits
---- its rows in a sample
SELECT sum(amount) FROM loyalty.members.visits USING SAMPLE 1 ROWS
---- its rows by a qualify
SELECT who FROM loyalty.members.visits QUALIFY row_number() OVER () = 1
---- its rows by an error
SELECT count(*) FROM loyalty.members.visits WHERE CAST(who AS INTEGER) = 1
---- a summary of it
SUMMARIZE loyalty.members.visits
---- a sum with few values
SELECT sum(rare) FROM loyalty.members.visits
---- two sets of groups
SELECT sum(amount) FROM loyalty.members.visits UNION ALL SELECT amount FROM loyalty.members.visits
