"""What every `SqlReader` must know of the columns of a SELECT, as `SqlReaderConformance` asks it.

Each case is a SELECT and what is expected: the names of its outputs, then for each output (`*` for all) the
columns that it depends on and how. `hidden` and `reveals` are said where they are not the rule of the kind.
"""

from collections.abc import Mapping, Sequence

from meshwright.model.lineage import CONDITIONAL, DIRECT, INDIRECT, UNKNOWN, Edge, SelectLineage

# `x` and `y` are tables of which nothing is known
LINEAGE_TABLES: Mapping[str, Sequence[str] | None] = {
    "t": ("a", "b", "c", "l", "s"),
    "u": ("a", "d"),
    "x": None,
    "y": None,
}


def told(lineage: SelectLineage) -> str:
    """Return a lineage as the cases write it."""
    by_output: dict[str, list[str]] = {}
    for edge in lineage.edges:
        by_output.setdefault(edge.output, []).append(_told(edge))
    parts = [f"{output}: {', '.join(edges)}" for output, edges in by_output.items()]
    return "; ".join([", ".join(lineage.columns), *parts])


def _told(edge: Edge) -> str:
    words = [f"{edge.table}.{edge.column}"]
    words.append("unknown" if edge.kind == UNKNOWN else edge.how.lower())
    words += ["masked"] if edge.is_masked else []
    is_telling = edge.kind in (DIRECT, UNKNOWN) or edge.how == CONDITIONAL
    if edge.kind == INDIRECT and edge.reveals and not is_telling:
        words.append("reveals")
    if is_telling and not edge.reveals:
        words.append("hidden")
    return " ".join(words)


LINEAGE: Sequence[tuple[str, str]] = (
    # plain
    ("select a, b + 1 as z, a::varchar as v from t",
     "a, z, v; a: t.a identity; v: t.a transformation; z: t.b transformation"),
    ("select T.A, \"B\" from T",
     "a, b; a: t.a identity; b: t.b identity"),
    ("from t select a where b > 1 order by c limit 1",
     "a; *: t.b filter, t.c sort; a: t.a identity"),
    ("select a as k, k + b as k2 from t where k > 1 order by k2",
     "k, k2; *: t.a filter, t.a sort, t.b sort; k: t.a identity; k2: t.a "
     "transformation, t.b transformation"),
    ("select -a as a, a + 0 as z from t where a > 1",
     "a, z; *: t.a filter; a: t.a transformation; z: t.a transformation"),
    ("select s.x, t.s.y as y2, s['x'] as x2, l[1] as l1, c.upper() as up from t",
     "x, y2, x2, l1, up; l1: t.l transformation; up: t.c transformation; x: "
     "t.s transformation; x2: t.s transformation; y2: t.s transformation"),
    ("select case when c = 'x' then a else b end as v, coalesce(a, b) as k, "
    "nullif(a, b) as n from t",
     "v, k, n; k: t.a transformation, t.b transformation; n: t.a "
     "transformation, t.b conditional; v: t.a transformation, t.b "
     "transformation, t.c conditional"),
    ("with q as (select case c when 'x' then 'year' else 'month' end as grain from t) "
    "select date_trunc(grain, date '2020-05-05') as z, "
    "datediff(grain, date '2020-05-05', date '2021-08-05') as y from q",
     "z, y; y: t.c conditional; z: t.c conditional"),
    ("select a is null as missing, c like 'x%' as is_x from t",
     "missing, is_x; is_x: t.c transformation; missing: t.a transformation hidden"),
    ("select md5(c) as h, hash(a || sha256(c)) as hh, upper(md5(c)) as u from t",
     "h, hh, u; h: t.c transformation masked; hh: t.a transformation masked, "
     "t.c transformation masked; u: t.c transformation masked"),
    ("select t as r from t",
     "r; r: t.a transformation, t.b transformation, t.c transformation, t.l "
     "transformation, t.s transformation"),
    ("select rowid as i, a from t",
     "i, a; a: t.a identity"),
    ("select a, a as a from t",
     "a, a_1; a: t.a identity; a_1: t.a identity"),
    # rows
    ("select a from t where b = 1 and c > 'm' and l is not null",
     "a; *: t.b filter reveals, t.c filter, t.l filter; a: t.a identity"),
    ("select a from t where c in ('x', 'y') or c like 'z%' or starts_with(c, 'q')",
     "a; *: t.c filter reveals; a: t.a identity"),
    ("select a from t where b not in (1, 2) and not (a <> 3) and c not like 'q%'",
     "a; *: t.a filter reveals, t.b filter, t.c filter; a: t.a identity"),
    ("select a from t where a in (select a from u where d = 1)",
     "a; *: t.a filter, u.a filter, u.d filter reveals; a: t.a identity"),
    ("select a from t where exists (from u where u.a = t.b and d > 1)",
     "a; *: t.b filter, u.a filter, u.d filter; a: t.a identity"),
    ("select a from t where a = (select max(a) from u where u.d = t.b)",
     "a; *: t.a filter, t.b filter, u.a filter, u.d filter; a: t.a identity"),
    ("select distinct a, b from t",
     "a, b; *: t.a group_by, t.b group_by; a: t.a identity; b: t.b identity"),
    ("select distinct on (a) b from t order by c",
     "b; *: t.a group_by, t.c sort; b: t.b identity"),
    ("select distinct on (b) a as b, c from t",
     "b, c; *: t.a group_by; b: t.a identity; c: t.c identity"),
    ("select a from t order by all limit (select max(d) from u)",
     "a; *: t.a sort, u.d filter; a: t.a identity"),
    ("select a from t qualify row_number() over (partition by b order by c) = 1",
     "a; *: t.b filter, t.c filter; a: t.a identity"),
    # groups
    ("select c, sum(a) as total, count(*) as n, count(distinct b) as nb from t "
    "group by c having max(b) > 0",
     "c, total, n, nb; *: t.b filter, t.c group_by; c: t.c identity; nb: t.b "
     "aggregation hidden; total: t.a aggregation"),
    ("select c, min(a) as least from t group by all order by all",
     "c, least; *: t.a sort, t.c group_by, t.c sort; c: t.c identity; least: t.a aggregation"),
    ("select a + (select max(d) from u) as k, count(*) as n from t group by all",
     "k, n; *: t.a group_by, u.d group_by; k: t.a transformation, u.d aggregation"),
    ("select a % 2 as k, count(b) as n from t group by 1 order by 2",
     "k, n; *: t.a group_by, t.b sort; k: t.a transformation; n: t.b aggregation hidden"),
    ("select a, b, count(*) as n from t group by grouping sets ((a), (a, b), ())",
     "a, b, n; *: t.a group_by, t.b group_by; a: t.a identity; b: t.b identity"),
    ("select arg_max(a, b) as m, first(a order by b) as f, string_agg(c, ',' "
    "order by a) as g from t",
     "m, f, g; f: t.a aggregation, t.b sort; g: t.a sort, t.c aggregation; m: "
     "t.a aggregation, t.b sort"),
    ("select sum(a) filter (where c = 'x') as x, quantile_cont(b, 0.5) as q from t",
     "x, q; q: t.b aggregation; x: t.a aggregation, t.c filter reveals"),
    ("select sum(case when c = 'x' then a else 0 end) as x from t",
     "x; x: t.a aggregation, t.c conditional"),
    ("select sum(a) over (partition by c order by b) as w, lag(b) over v as p, "
    "rank() over v as r from t window v as (partition by c order by a)",
     "w, p, r; p: t.a window, t.b transformation, t.c window; r: t.a window, "
     "t.c window; w: t.a aggregation, t.b window, t.c window"),
    # joins
    ("select t.b, d from t join u on t.a = u.a",
     "b, d; *: t.a join, u.a join; b: t.b identity; d: u.d identity"),
    ("select t.b from t join u on t.a = u.a and u.d = 1",
     "b; *: t.a join, u.a join, u.d filter reveals; b: t.b identity"),
    ("select t.b, u.d from t, u where t.a = u.a",
     "b, d; *: t.a filter, u.a filter; b: t.b identity; d: u.d identity"),
    ("select * from t join u using (a)",
     "a, b, c, l, s, d; *: t.a join, u.a join; a: t.a identity; b: t.b "
     "identity; c: t.c identity; d: u.d identity; l: t.l identity; s: t.s "
     "identity"),
    ("select a, u.a as ua from t right join u using (a)",
     "a, ua; *: t.a join, u.a join; a: u.a identity; ua: u.a identity"),
    ("select a from t full join u using (a)",
     "a; *: t.a join, u.a join; a: t.a transformation, u.a transformation"),
    ("select b, d from t natural join u",
     "b, d; *: t.a join, u.a join; b: t.b identity; d: u.d identity"),
    ("from t semi join u using (a)",
     "a, b, c, l, s; *: t.a join, u.a join; a: t.a identity; b: t.b identity; "
     "c: t.c identity; l: t.l identity; s: t.s identity"),
    ("select b from t anti join u on t.a = u.a",
     "b; *: t.a join, u.a join; b: t.b identity"),
    ("select b, d from t asof join u on t.a >= u.a",
     "b, d; *: t.a join, u.a join; b: t.b identity; d: u.d identity"),
    ("select b, d from t positional join u",
     "b, d; b: t.b identity; d: u.d identity"),
    ("select b, z.q from t, lateral (select t.a + d as q from u where u.a = t.b) z",
     "b, q; *: t.b filter, u.a filter; b: t.b identity; q: t.a transformation, "
     "u.d transformation"),
    ("select b, i from t, unnest(t.l) as m(i)",
     "b, i; *: t.l join; b: t.b identity; i: t.l transformation"),
    ("select b, i from t, range(t.a) as r(i)",
     "b, i; *: t.a join; b: t.b identity; i: t.a transformation"),
    ("select b, unnest(l) as i from t",
     "b, i; *: t.l join; b: t.b identity; i: t.l transformation"),
    ("select t.b, d from (t join u using (a))",
     "b, d; *: t.a join, u.a join; b: t.b identity; d: u.d identity"),
    ("select x.b, u.d from ((select * from t) x join u on x.a = u.a)",
     "b, d; *: t.a join, u.a join; b: t.b identity; d: u.d identity"),
    # sets
    ("select a from t union all select d from u",
     "a; a: t.a identity, u.d identity"),
    ("select a from t union select d from u order by a",
     "a; *: t.a group_by, t.a sort, u.d group_by, u.d sort; a: t.a identity, u.d identity"),
    ("select a from t intersect select d from u",
     "a; *: t.a filter, u.d filter; a: t.a identity, u.d identity"),
    ("select a from t except select d from u",
     "a; *: t.a filter, u.d filter; a: t.a identity"),
    ("select a from t union all by name select d, a from u",
     "a, d; a: t.a identity, u.a identity; d: u.d identity"),
    ("with q as (select a, b as k from t where c = 'x') select k, count(*) as n "
    "from q group by k",
     "k, n; *: t.b group_by, t.c filter reveals; k: t.b identity"),
    ("with q(m) as (select a from t), r as (select m + 1 as n from q) select n, "
    "(select max(m) from q) as top from r",
     "n, top; n: t.a transformation; top: t.a aggregation"),
    ("with recursive r(n) as (select a from t union all select n + d from r "
    "join u on r.n = u.a where n < 9) select n from r",
     "n; *: t.a filter, t.a join, u.a join, u.d filter, u.d join; n: t.a "
     "identity, t.a transformation, u.d transformation"),
    ("select v.p, a from (values (1, 2)) v(p), t",
     "p, a; a: t.a identity"),
    # stars
    ("select * exclude (l, s) replace (a + 1 as a) rename (b as k) from t",
     "a, k, c; a: t.a transformation; c: t.c identity; k: t.b identity"),
    ("select u.*, t.c from t join u using (a)",
     "a, d, c; *: t.a join, u.a join; a: u.a identity; c: t.c identity; d: u.d identity"),
    ("select columns('a|b') + 1 from t",
     "a, b; a: t.a transformation; b: t.b transformation"),
    ("select max(columns(* exclude (l, s, c))) from t",
     "a, b; a: t.a aggregation; b: t.b aggregation"),
    ("select columns(* exclude (l, s, c) replace (a + b as a)) from t",
     "a, b; a: t.a transformation, t.b transformation; b: t.b identity"),
    ("select greatest(*columns(* exclude (l, s, c) replace (a + d as a))) as z from t join u using (a)",
     "z; *: t.a join, u.a join; z: t.a transformation, t.b transformation, u.d transformation"),
    ("select columns('(a|b)') as 'of_\\1' from t",
     "of_a, of_b; of_a: t.a identity; of_b: t.b identity"),
    ("select coalesce(*columns('a|b')) as k from t",
     "k; k: t.a transformation, t.b transformation"),
    ("select * like 'a%' from t",
     "a; a: t.a identity"),
    ("select columns(lambda n: n like 'b%') from t",
     "b; b: t.b identity"),
    ("select * from (select t.a, u.a from t, u)",
     "a, a_1; a: t.a identity; a_1: u.a identity"),
    ("select list_transform(l, lambda e: e + a) as m, [e + b for e in l if e > a] as n from t",
     "m, n; m: t.a transformation, t.l transformation; n: t.a conditional, t.b "
     "transformation, t.l transformation"),
    # pivots
    ("from (pivot t on c in ('x', 'y') using sum(a) group by b)",
     "b, x, y; *: t.b group_by, t.c group_by; b: t.b identity; x: t.a "
     "aggregation, t.c conditional; y: t.a aggregation, t.c conditional"),
    ("from (pivot t on c in ('x', 'y') using sum(a) as s, count(*) as n group by b)",
     "b, x_s, x_n, y_s, y_n; *: t.b group_by, t.c group_by; b: t.b identity; "
     "x_n: t.c conditional; x_s: t.a aggregation, t.c conditional; y_n: t.c "
     "conditional; y_s: t.a aggregation, t.c conditional"),
    ("from (select a, b, c from t) pivot (sum(a) as s for c in ('x', 'y'))",
     "b, x_s, y_s; *: t.b group_by, t.c group_by; b: t.b identity; x_s: t.a "
     "aggregation, t.c conditional; y_s: t.a aggregation, t.c conditional"),
    ("from (t join u using (a)) pivot (sum(d) for c in ('x', 'y') group by b)",
     "b, x, y; *: t.a join, t.b group_by, t.c group_by, u.a join; b: t.b identity; "
     "x: t.c conditional, u.d aggregation; y: t.c conditional, u.d aggregation"),
    ("from (unpivot (select a, b, c from t) on a, b into name n value v)",
     "c, n, v; *: t.a filter, t.b filter; c: t.c identity; v: t.a identity, t.b identity"),
    ("from (unpivot u on columns(*))",
     "name, value; *: u.a filter, u.d filter; value: u.a identity, u.d identity"),
    ("select n, v from u unpivot (v for n in (a, d))",
     "n, v; *: u.a filter, u.d filter; v: u.a identity, u.d identity"),
    # doubts
    ("select * from x",
     "; *: x. unknown"),
    ("with q as (select * from x) select k, m + 1 as m from q",
     "k, m; k: x.k identity; m: x.m transformation"),
    ("select x.k, z from x join y on x.i = y.i",
     "k, z; *: x.i join, y.i join; k: x.k identity; z: x.z unknown, y.z unknown"),
    ("select k, a from x, t",
     "k, a; a: t.a identity; k: x.k identity"),
    ("select k from x where exists (select 1 from y where y.i = x.i and j = 2)",
     "k; *: x.i filter, x.j unknown, y.i filter, y.j unknown; k: x.k identity"),
    ("select a, b from t union all select * from x",
     "a, b; a: t.a identity, x. unknown; b: t.b identity, x. unknown"),
    ("select * from x natural join y",
     "; *: x. unknown, y. unknown"),
    ("from (pivot t on c using sum(a) group by b)",
     "; *: t.a unknown, t.b group_by, t.c group_by, t.c unknown; b: t.b identity"),
    ("select s.* from t",
     "; *: t.s unknown"),
    ("select missing from t",
     "missing; missing: t.missing unknown"),
    ("select f.k from read_csv('x.csv') f",
     "k; *: . unknown"),
)  # fmt: skip
