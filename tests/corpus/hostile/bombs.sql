---- a text that doubles
SELECT length(repeat(repeat('x', 100000000), 100))
---- texts put together
SELECT length(repeat('x', 900000000) || repeat('y', 900000000))
---- a list of numbers
SELECT len(range(400000000))
---- an edit distance
SELECT levenshtein(repeat('a', 150000), repeat('b', 150000))
---- a sorted list
SELECT len(list_sort(list_transform(range(60000000), lambda x: hash(x))))
---- a cross join
SELECT count(*) FROM range(1000000000) a(i), range(1000000000) b(j) WHERE (a.i * b.j) % 7 = 3
---- an endless recursion
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t
---- a recursion that grows
WITH RECURSIVE t(n) AS (SELECT 'x' UNION ALL SELECT n || n FROM t) SELECT max(length(n)) FROM t
---- a long series
SELECT sum(i) FROM generate_series(1, 1000000000000) t(i)
---- a long list of texts
SELECT string_agg(i::VARCHAR, ',') FROM range(1000000000) t(i)
---- a huge aggregate
SELECT list(i) FROM range(3000000000) t(i)
---- a padded text
SELECT length(lpad('x', 2000000000, 'y'))
---- a regular expression
SELECT count(*) FROM range(100000000) t(i) WHERE regexp_matches(repeat('a', 5000) || i, '(a*)*(a*)*(a*)*b')
---- a huge sort
SELECT * FROM (SELECT hash(i) AS h FROM range(1000000000) t(i)) ORDER BY h LIMIT 1 OFFSET 99999999
---- a huge window
SELECT max(s) FROM (SELECT sum(i) OVER (ORDER BY hash(i)) AS s FROM range(500000000) t(i))
---- nested repeats in a list
SELECT list_transform(range(100000), lambda x: repeat('x', 100000))
