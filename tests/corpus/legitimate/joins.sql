---- inner
SELECT a.id, p.country FROM fleet.flights.list a JOIN loyalty.members.profiles p ON a.id = p.id
---- left
SELECT a.id, p.country FROM fleet.flights.list a LEFT JOIN loyalty.members.profiles p USING (id)
---- right
SELECT a.id FROM fleet.flights.list a RIGHT JOIN loyalty.members.profiles p USING (id)
---- full
SELECT coalesce(a.id, p.id) FROM fleet.flights.list a FULL OUTER JOIN loyalty.members.profiles p ON a.id = p.id
---- cross
SELECT count(*) FROM fleet.flights.list CROSS JOIN (VALUES (1), (2)) v(x)
---- comma
SELECT count(*) FROM fleet.flights.list a, fleet.flights.list b WHERE a.id = b.id
---- semi
SELECT id FROM fleet.flights.list a SEMI JOIN loyalty.members.profiles p USING (id)
---- anti
SELECT id FROM fleet.flights.list a ANTI JOIN (SELECT 1 AS id) p USING (id)
---- natural
SELECT count(*) FROM fleet.flights.list NATURAL JOIN (SELECT 'ARN' AS dest)
---- asof
SELECT a.id, b.moment FROM fleet.flights.list a ASOF JOIN fleet.flights.list b ON a.moment > b.moment
---- positional
SELECT count(*) FROM fleet.flights.list a POSITIONAL JOIN fleet.flights.list b
---- lateral
SELECT a.id, x.y FROM fleet.flights.list a, LATERAL (SELECT a.id * 2 AS y) x
---- inequality
SELECT count(*) FROM fleet.flights.list a JOIN fleet.flights.list b ON a.id < b.id AND a.dest = b.dest
---- unnest beside
SELECT a.id, t.tag FROM fleet.flights.list a, unnest(a.tags) AS t(tag)
---- aliases of columns
SELECT x FROM fleet.flights.list AS f(x, y) WHERE y IS NOT NULL
