"""What every `SqlReader` must do, whatever its library. Subclass it and return a reader."""

import pytest

from meshwright.errors import ModelError
from meshwright.spi.sql_reader import SqlReader

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

    @staticmethod
    def _digest(reader: SqlReader, sql: str) -> str:
        try:
            return reader.read(sql).digest
        except ModelError:
            return sql  # not readable: the same as nothing
