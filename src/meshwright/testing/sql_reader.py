"""What every `SqlReader` must do, whatever its library. Subclass it and return a reader."""

import pytest

from meshwright.errors import ModelError
from meshwright.spi.sql_reader import SqlReader
from meshwright.testing.sql_lineage import LINEAGE, LINEAGE_TABLES, told

_TABLES = {
    "select a from flights": {"flights"},
    "from flights": {"flights"},
    "select * from flights f join Weather w using (hour), airports": {
        "flights",
        "weather",
        "airports",
    },
    'select * from "Some Table"': {"Some Table"},
    "select * from other.flights": {"other.flights"},
    "with late as (select * from flights) select * from late": {"flights"},
    "with late as (select 1 a), late2 as (from LATE) select * from late2": set(),
    "with flights as (select * from flights) select * from flights": {"flights"},
    "with p as (select * from q), q as (select 1) select * from p": {"q"},
    "select * from (with flights as (select 1) from flights), flights": {"flights"},
    "select * from (with flights as (select 1) from flights)": set(),
    "with recursive n as (select 1 i union all select i + 1 from n where i < 9) from n": set(),
    "with recursive n as (select i from n union all select i + 1 from n) from n": {"n"},
    "select (select max(x) from b where b.i = a.i) from a where exists (from c)": {"a", "b", "c"},
    "select a from t where b in (select c from u) union all (select 1 from v)": {"t", "u", "v"},
    "select * from a except select * from b intersect select * from c": {"a", "b", "c"},
    "select * from flights, lateral (select flights.a + max(x) from w)": {"flights", "w"},
    "select * from t, unnest(t.items) as u(item)": {"t"},
    "select * from range(3) r(i)": set(),
    "select * from read_csv('x.csv') r(i)": set(),
    "select * from (values (1), (2)) v(a)": set(),
    "select 'from nowhere' -- from comment\n /* from block */": set(),
    "select * from (pivot t on a using count(*))": {"t"},
}

_READABLE = (
    "from t select a where b group by all order by all",
    "select * exclude (a) replace (b + 1 as b) rename (c as d) from t",
    "select columns('a.*'), coalesce(*columns(*)) from t",
    "select a: 1, b: 2 from t",
    "select {'a': 1}.a, map {'a': 2}['a'], [x + 1 for x in [1, 2] if x > 1], l[1:2], l[-1] from t",
    "select list_transform(l, lambda x: x + 1), list_filter(l, x -> x > 1) from t",
    "select * from a asof join b on a.t >= b.t positional join c semi join d using (x)",
    "select a, sum(b) filter (where c) over w from t window w as (partition by a order by b"
    " rows between unbounded preceding and current row exclude ties) qualify row_number() over w = 1",
    "select a from t union all by name select b from u",
    "select * from (pivot t on a using sum(b) group by c) join (unpivot u on a, b) using (c)",
    "select first(a order by b), arg_max(a, b, 3), quantile_cont(a, [0.5, 0.9]), mode() within group"
    " (order by a) from t group by rollup (a), grouping sets ((a), ())",
    "select a::decimal(18,3)[], try_cast(b as struct(x integer, y varchar[])) from t using sample 10%",
    "select interval 5 day, interval '5 days', date '2013-01-01', t at time zone 'UTC' from t",
    "select a ilike 'x%', a similar to 'x', a glob 'x*', a ~ 'x', a is distinct from b from t",
    "select a // b, a ** b, a ^@ 'x', a && b, a @> b, j -> 'x', j ->> '$.y', ~a, @a from t",
    "with recursive p(n) using key (n) as (select 1 union all select n + 1 from p) from p",
    "with m as materialized (select 1 as x) select (from m), exists (from m), x in (from m) from m",
    "select unnest(l, recursive := true), struct_pack(a := 1), row(1, 2), 'x'.upper() from t",
    "select extract(year from d), trim(both 'x' from a), substring(a from 1 for 2),"
    " position('x' in a) from t limit 10 offset 5",
    "values (1, 'a'), (2, 'b')",
)

_SAME = (
    ("select a from t", "SELECT  a\n\tFROM t ;"),
    ("select a from t", "select a -- the column\nfrom /* the /* nested */ table */ t"),
    ("select count(*) c from t group by all", "select COUNT (*) c from t GROUP BY ALL"),
    ("select cast(a as integer), b::date from t", "select CAST(a AS INTEGER), b::DATE from t"),
    ("select a=-1 from t", "select a = -1 from t"),
    ("select sum(a) over (partition by b order by c) s from t",
     "SELECT SUM(a) OVER (PARTITION BY b ORDER BY c) s FROM t"),
)  # fmt: skip

_DIFFERENT = (
    ("select 'a b' x", "select 'a  b' x"),
    ("select 'a' x", "select 'A' x"),
    ('select "a" from t', 'select "A" from t'),
    ("select a as day from t", "select a as Day from t"),
    ("select a as desc from t", "select a as Desc from t"),
    ("select a from t", "select b from t"),
    ("select a != 1 from t", "select a ! = 1 from t"),
    ("select $a x", "select $b x"),
    ("select '--' x from t", "select '' x from t"),
    ("select 12 x", "select 1 2"),
)

_BINDINGS = {
    "select $n": "select 15",
    "select $n::int + $n": "select 15::int + 15",
    "select a-$m": "select a-(-1)",
    "select '$n', \"$n\", $$ $n $$, $t$ $n $t$, E'\\'$n' -- $n\n, /* $n */ $n": (
        "select '$n', \"$n\", $$ $n $$, $t$ $n $t$, E'\\'$n' -- $n\n, /* $n */ 15"
    ),
    "select a$n, $s -- it's\n,  $n": "select a$n, 'it''s $n' -- it's\n,  15",
    "select $n; -- done ;\n": "select 15 -- done ;\n",
    "select ';' ;;": "select ';' ",
    "select 'it''s $n', $n": "select 'it''s $n', 15",
}

_REFUSED = {
    "": ("model-empty", 1),
    "-- nothing here": ("model-empty", 1),
    "select a,\n  from\nwhere t": ("sql-invalid", None),
    "select a\nfrom t where (b = 1": ("sql-invalid", 2),
    "select a\n, 'open": ("sql-invalid", 2),
    "select a /* open": ("sql-invalid", 1),
    "select a,\n, b from t": ("sql-invalid", 2),
    "\ncreate table x as select 1": ("model-not-select", 2),
    "select 1;\nselect 2": ("model-not-select", 1),
    "insert into t values (1)": ("model-not-select", 1),
    "copy t to 'x.csv'": ("model-not-select", 1),
    "attach 'x.db'": ("model-not-select", 1),
    "with x as (insert into t values (1) returning *) from x": ("model-not-select", 1),
    "select {{ ref('a') }}": ("sql-templating", 1),
    "select ?": ("parameter-positional", 1),
}


class SqlReaderConformance:
    """The suite; an adapter's test subclasses it and overrides `reader`."""

    @pytest.fixture
    def reader(self) -> SqlReader:
        """Return the reader under test."""
        raise NotImplementedError

    @pytest.mark.parametrize("sql", _TABLES)
    def test_tables_are_those_that_the_select_does_not_define_itself(
        self, reader: SqlReader, sql: str
    ) -> None:
        assert reader.read(sql).tables == _TABLES[sql]

    @pytest.mark.parametrize("sql", _READABLE)
    def test_what_the_dialect_knows_can_be_read(self, reader: SqlReader, sql: str) -> None:
        assert reader.read(sql).digest

    def test_parameters_are_found_outside_of_text_only(self, reader: SqlReader) -> None:
        facts = reader.read("select $a, '$b', \"$c\", $$ $d $$ -- $e\nfrom t where x > $f::int")
        assert facts.parameters == {"a", "f"}

    def test_functions_are_named_as_called_in_lower_case(self, reader: SqlReader) -> None:
        facts = reader.read("select SUM(a), my_macro(b) from READ_CSV('x') r(a), range(3)")
        assert {"sum", "my_macro", "read_csv", "range"} <= facts.functions
        assert "r" not in facts.functions
        assert facts.reaching == {"read_csv"}

    def test_an_alias_does_not_hide_a_function_that_reaches_outside(
        self, reader: SqlReader
    ) -> None:
        facts = reader.read("select * from \"read_csv\"('x') as read_csv(z)")
        assert facts.reaching == {"read_csv"}

    def test_columns_are_given_only_when_every_name_is_plain(self, reader: SqlReader) -> None:
        assert reader.read("select a, t.b, c + 1 as d from t").columns == ("a", "b", "d")
        assert reader.read("select a from t union select b from u").columns == ("a",)
        assert reader.read("select *, a from t").columns == ()
        assert reader.read("select a, b + 1 from t").columns == ()

    @pytest.mark.parametrize(("one", "other"), _SAME)
    def test_layout_does_not_change_the_digest(
        self, reader: SqlReader, one: str, other: str
    ) -> None:
        assert reader.read(one).digest == reader.read(other).digest

    @pytest.mark.parametrize(("one", "other"), _DIFFERENT)
    def test_meaning_changes_the_digest(self, reader: SqlReader, one: str, other: str) -> None:
        assert self._digest(reader, one) != self._digest(reader, other)

    @pytest.mark.parametrize("sql", _BINDINGS)
    def test_binding_replaces_parameters_and_nothing_else(
        self, reader: SqlReader, sql: str
    ) -> None:
        literals = {"n": "15", "m": "-1", "s": "'it''s $n'"}
        assert reader.bind(sql, literals) == _BINDINGS[sql]

    def test_binding_a_name_without_a_value_names_it(self, reader: SqlReader) -> None:
        with pytest.raises(ModelError, match=r"`\$treshold`") as caught:
            reader.bind("select $treshold", {"threshold": "1"})
        assert caught.value.code == "parameter-unknown"
        assert "`threshold`" in caught.value.hint

    @pytest.mark.parametrize("sql", _REFUSED)
    def test_what_is_no_single_select_is_refused_with_its_place(
        self, reader: SqlReader, sql: str
    ) -> None:
        code, line = _REFUSED[sql]
        with pytest.raises(ModelError) as caught:
            reader.read(sql)
        assert caught.value.code == code
        assert "\n" not in caught.value.message
        if line is not None:
            assert caught.value.place.startswith(f"{line}:")

    def test_lines_say_where_a_name_is_first_used(self, reader: SqlReader) -> None:
        facts = reader.read("-- flights\nselect $p,\n  max(a)\nfrom flights, flights f")
        assert facts.lines == {"flights": 4, "$p": 2, "max(": 3}

    @pytest.mark.parametrize(("sql", "expected"), LINEAGE, ids=[sql for sql, _ in LINEAGE])
    def test_each_output_names_the_columns_that_it_depends_on(
        self, reader: SqlReader, sql: str, expected: str
    ) -> None:
        assert told(reader.trace(sql, LINEAGE_TABLES)) == expected

    @pytest.mark.parametrize("sql", _READABLE)
    def test_what_can_be_read_can_be_traced(self, reader: SqlReader, sql: str) -> None:
        """Also where no column of any table is known: what it comes from is still named by table."""
        tables = dict.fromkeys(reader.read(sql).tables)
        lineage = reader.trace(sql, tables)
        assert {edge.table for edge in lineage.edges} <= {*tables, ""}

    @pytest.mark.parametrize("sql", _REFUSED)
    def test_tracing_refuses_what_reading_refuses(self, reader: SqlReader, sql: str) -> None:
        with pytest.raises(ModelError) as caught:
            reader.trace(sql, {})
        assert caught.value.code == _REFUSED[sql][0]

    @staticmethod
    def _digest(reader: SqlReader, sql: str) -> str:
        try:
            return reader.read(sql).digest
        except ModelError:
            return sql  # not readable: the same as nothing
