"""Reading a product's models finds what they rest on, and everything that is wrong, with its line."""

import pytest
from transform_products import a_product, graph_of

from meshwright.adapters.sqlglot import SqlglotReader
from meshwright.model.problem import Problem
from meshwright.model.product import Product
from meshwright.transform.reading import read_models


def problems_of(product: Product) -> list[Problem]:
    return read_models(product, SqlglotReader())[1]


def one_problem(product: Product) -> Problem:
    graph, problems = read_models(product, SqlglotReader())
    assert graph is None
    [problem] = [p for p in problems if p.is_error]
    return problem


def test_models_come_in_an_order_in_which_they_can_run() -> None:
    graph = graph_of(
        a_product({"z": "from flights", "a": "from m join Z using (x)", "m": "from z"})
    )
    assert list(graph.nodes) == ["z", "m", "a"]
    assert graph.nodes["a"].models == ("m", "z")
    assert graph.nodes["a"].inputs == ()
    assert graph.reach["a"].inputs == {"flights"}


def test_names_are_resolved_without_letter_case() -> None:
    graph = graph_of(a_product({"a": 'select * from FLIGHTS, "Flights" f2'}))
    assert graph.nodes["a"].inputs == ("flights",)


def test_an_unknown_table_is_named_with_its_line_and_the_nearest_name() -> None:
    problem = one_problem(a_product({"a": "select *\nfrom fligths\njoin flights using (x)"}))
    assert problem.code == "table-unknown"
    assert str(problem.place) == "domains/operations/flights/models/a.sql:2"
    assert "did you mean `flights`?" in problem.hint


def test_another_products_table_must_be_declared_first() -> None:
    problem = one_problem(a_product({"a": "from weather.observations.hourly, flights"}))
    assert problem.code == "table-unknown"
    assert "port: weather.observations.hourly" in problem.hint


@pytest.mark.parametrize("sql", ["from 'x/y.csv', flights", 'from "data.parquet", flights'])
def test_a_file_is_no_table(sql: str) -> None:
    problem = one_problem(a_product({"a": sql}))
    assert problem.code == "table-unknown"
    assert "cannot open files" in problem.hint


def test_a_cycle_is_shown_as_its_path() -> None:
    product = a_product({"c": "from a", "a": "from b, flights", "b": "select 1\nfrom c"})
    problem = one_problem(product)
    assert problem.code == "model-cycle"
    assert "a -> b -> c -> a" in problem.message
    assert problem.place.file.endswith("a.sql")


def test_a_model_that_reads_itself_is_a_cycle() -> None:
    problem = one_problem(a_product({"a": "from a, flights"}))
    assert "a -> a" in problem.message


def test_a_function_that_reads_files_is_forbidden() -> None:
    problem = one_problem(a_product({"a": "from flights,\n  read_csv('/etc/passwd')"}))
    assert (problem.code, problem.place.line) == ("function-forbidden", 2)


def test_a_syntax_error_names_file_and_line() -> None:
    problem = one_problem(a_product({"a": "select x\nfrom flights where (x = 1"}))
    assert (problem.code, problem.place.line) == ("sql-invalid", 2)


def test_a_model_is_one_select() -> None:
    assert one_problem(a_product({"a": "drop table flights"})).code == "model-not-select"


def test_an_unknown_parameter_is_named_with_the_nearest() -> None:
    product = a_product(
        {"a": "from flights\nwhere x > $treshold"}, parameters={"threshold": ("integer", 1)}
    )
    problem = one_problem(product)
    assert (problem.code, problem.place.line) == ("parameter-unknown", 2)
    assert "did you mean `threshold`?" in problem.hint


def test_interval_parameters_need_an_append_port() -> None:
    models = {"a": "from m", "m": "from flights where date >= $interval_start"}
    problem = one_problem(a_product(models, ports=("a",)))
    assert problem.code == "interval-not-append"
    assert problem.place.file.endswith("m.sql")
    assert graph_of(a_product(models, ports=("a",), append=("a",))).reach["a"].uses_interval


def test_an_append_port_must_give_its_interval_column() -> None:
    problem = one_problem(a_product({"a": "select x, y as dat from flights"}, append=("a",)))
    assert problem.code == "interval-column-missing"
    assert "did you mean `dat`?" in problem.hint


def test_a_model_named_like_an_input_is_ambiguous() -> None:
    assert one_problem(a_product({"Flights": "select 1 x"})).code == "model-ambiguous"


def test_names_that_differ_by_case_only_are_refused() -> None:
    product = a_product({"day": "from flights", "Day": "from flights"})
    assert one_problem(product).code == "name-case"


def test_a_parameter_may_not_take_a_reserved_name() -> None:
    product = a_product({"a": "from flights"}, parameters={"as_of": ("date", "2013-01-01")})
    assert one_problem(product).code == "parameter-reserved"


def test_what_nothing_uses_is_a_warning_and_no_more() -> None:
    product = a_product(
        {"a": "from flights", "orphan": "from flights"},
        ports=("a",),
        inputs=("flights", "weather"),
        parameters={"n": ("integer", 1)},
    )
    graph_of(product)
    assert [(p.code, p.severity) for p in problems_of(product)] == [
        ("input-unused", "warning"),
        ("parameter-unused", "warning"),
        ("model-unused", "warning"),
    ]


def test_every_problem_is_told_at_once() -> None:
    product = a_product({"a": "from nowhere", "b": "selec 1", "c": "from flights, read_text('x')"})
    assert {p.code for p in problems_of(product)} == {
        "table-unknown",
        "model-not-select",
        "function-forbidden",
    }


def test_a_product_without_models_has_an_empty_graph() -> None:
    assert graph_of(a_product({}, inputs=())).nodes == {}
