"""What runs is the model's own text with its parameters bound, once each."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from transform_products import a_product, graph_of

from meshwright.adapters.sqlglot import SqlglotReader
from meshwright.errors import ModelError
from meshwright.model.product import Parameter, Product
from meshwright.transform.intervals import Span
from meshwright.transform.statements import Statement, literals_of, statements, typed

DAY = Span(datetime(2013, 1, 1), datetime(2013, 1, 2))


def made(product: Product, **options: object) -> dict[str, Statement]:
    literals = literals_of(product, repr, interval=DAY)
    found = statements(graph_of(product), product, literals, SqlglotReader(), **options)  # type: ignore[arg-type]
    return {statement.model: statement for statement in found}


MODELS = {
    "once": "from flights",
    "twice": "from once;",
    "a": "from twice",
    "b": "from twice, a",
    "c": "from flights",
}


def test_intermediates_read_twice_are_kept_and_the_rest_are_views() -> None:
    found = made(a_product(MODELS, ports=("a", "b", "c")))
    roles = {name: (s.role, s.readers) for name, s in found.items()}
    assert roles == {
        "once": ("view", ("twice",)),
        "twice": ("kept", ("a", "b")),
        "a": ("port", ("b",)),
        "b": ("port", ()),
        "c": ("port", ()),
    }
    assert found["twice"].sql == "from once"


def test_only_what_the_wanted_ports_rest_on_runs() -> None:
    product = a_product(MODELS, ports=("a", "b", "c"))
    assert list(made(product, ports=("a",))) == ["once", "twice", "a"]
    assert list(made(product, ports=("b",), ready=("twice", "a"))) == ["b"]
    assert made(product, ports=("b",), ready=("a",))["b"].reads == ("twice",)


def test_an_append_port_is_held_to_its_interval() -> None:
    product = a_product({"a": "from flights -- all"}, append=("a",))
    sql = made(product)["a"].sql
    assert 'where "date" >= datetime.datetime(2013, 1, 1, 0, 0)' in sql
    assert "from flights -- all\n)" in sql


def test_parameters_become_values_of_their_declared_type() -> None:
    product = a_product(
        {"a": "select * from flights"},
        parameters={"d": ("date", "2013-01-01"), "n": ("integer", 1), "s": ("string", "x")},
    )
    literals = literals_of(product, repr, values={"n": 5}, as_of=datetime(2013, 1, 1))
    assert literals == {
        "d": "datetime.date(2013, 1, 1)",
        "n": "5",
        "s": "'x'",
        "as_of": "datetime.datetime(2013, 1, 1, 0, 0)",
    }


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        ("integer", "12", 12),
        ("number", Decimal("0.1"), Decimal("0.1")),
        ("number", 3, 3),
        ("date", date(2013, 1, 1), date(2013, 1, 1)),
        ("timestamp", "2013-01-01T10:00", datetime(2013, 1, 1, 10)),
        ("timestamp", date(2013, 1, 1), datetime(2013, 1, 1)),
        ("boolean", False, False),
        ("string", None, None),
    ],
)
def test_a_declared_type_decides_what_a_value_is(kind: str, value: object, wanted: object) -> None:
    assert typed(Parameter("p", kind, value), value) == wanted


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", 1.5),
        ("integer", True),
        ("integer", "x"),
        ("number", "x"),
        ("boolean", "true"),
        ("date", "2013-13-01"),
        ("string", 5),
        ("money", 5),
    ],
)
def test_a_value_of_another_type_is_refused(kind: str, value: object) -> None:
    with pytest.raises(ModelError, match="`p`") as caught:
        typed(Parameter("p", kind, value), value)
    assert caught.value.code == "parameter-type"
