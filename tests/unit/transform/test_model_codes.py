"""A code changes with everything that can change rows, and with nothing else."""

from dataclasses import replace
from pathlib import Path

from transform_products import APPEND, a_product, graph_of

from meshwright.model.address import Address
from meshwright.model.contract import Contract
from meshwright.model.product import InputPort, OutputPort, Product, SourceSpec, Tolerance
from meshwright.transform.fingerprint import data_key, model_codes, product_code

MODELS = {"m": "from flights where x > $n", "a": "from m", "b": "select 1 as one from weather"}
PRODUCT = a_product(
    MODELS,
    ports=("a", "b"),
    inputs=("flights", "weather"),
    parameters={"n": ("integer", 1), "other": ("integer", 2)},
)


def codes(product: Product, **options: str) -> dict[str, str]:
    return model_codes(graph_of(product), product, **options)


def changed(product: Product, **options: str) -> set[str]:
    before, after = codes(PRODUCT), codes(product, **options)
    return {name for name in before if before[name] != after[name]}


def with_models(**sql: str) -> Product:
    models = tuple(replace(m, sql=sql.get(m.name, m.sql)) for m in PRODUCT.models)
    return replace(PRODUCT, models=models)


def test_the_same_product_has_the_same_codes() -> None:
    assert changed(PRODUCT) == set()
    assert changed(with_models(m="FROM flights -- big ones\nWHERE x > $n;")) == set()


def test_a_changed_model_changes_what_reads_it() -> None:
    assert changed(with_models(m="from flights where x >= $n")) == {"m", "a"}


def test_a_parameter_changes_only_models_that_use_it() -> None:
    def having(name: str, value: object) -> Product:
        parameters = tuple(
            replace(p, value=value) if p.name == name else p for p in PRODUCT.parameters
        )
        return replace(PRODUCT, parameters=parameters)

    assert changed(having("n", 2)) == {"m", "a"}
    assert changed(having("n", "1")) == {"m", "a"}
    assert changed(having("other", 3)) == set()


def test_a_different_source_changes_its_readers_and_a_tolerance_does_not() -> None:
    def with_weather(**fields: object) -> Product:
        flights, weather = PRODUCT.inputs
        return replace(PRODUCT, inputs=(flights, replace(weather, **fields)))  # type: ignore[arg-type]

    other = SourceSpec("files", Path("/base"), ("other.csv",))
    elsewhere = SourceSpec("files", Path("/moved"), ("weather.csv",))
    foreign = InputPort("weather", port=Address("weather", "observations", "hourly"))
    assert changed(with_weather(source=other)) == {"b"}
    assert changed(with_weather(source=elsewhere)) == set()
    assert changed(with_weather(source=None, port=foreign.port)) == {"b"}
    assert changed(with_weather(tolerance=Tolerance(rows=3), line=7)) == set()


def test_engine_and_materialisation_count() -> None:
    assert changed(PRODUCT, engine="spark") == {"m", "a", "b"}
    assert changed(PRODUCT, timezone="UTC") == set()
    assert changed(PRODUCT, timezone="Europe/Zurich") == {"m", "a", "b"}
    assert changed(replace(PRODUCT, timezone="Europe/Zurich")) == {"m", "a", "b"}
    append = replace(PRODUCT, outputs=(OutputPort("a", materialisation=APPEND), PRODUCT.outputs[1]))
    assert changed(append) == {"a"}
    assert codes(append)["a"] != codes(append, timezone="Europe/Zurich")["a"]


def test_the_products_code_covers_contracts_and_version() -> None:
    before = codes(PRODUCT)
    contract = Contract("c", "1.0.0", "active", "v3.2.0", (), digest="d")
    promised = (replace(PRODUCT.outputs[0], contract=contract), PRODUCT.outputs[1])
    assert product_code(PRODUCT, before) != product_code(replace(PRODUCT, outputs=promised), before)
    assert product_code(PRODUCT, before) != product_code(replace(PRODUCT, version="2.0.0"), before)
    described = replace(PRODUCT, title="Flights", description="all of them")
    assert product_code(PRODUCT, before) == product_code(described, before)


def test_a_data_key_follows_only_the_inputs_that_a_model_rests_on() -> None:
    graph, before = graph_of(PRODUCT), codes(PRODUCT)
    stamps = {"flights": "f1", "weather": "w1"}

    def key(model: str, as_of: str = "", **other: str) -> str:
        return data_key(graph, before, model, stamps | other, as_of)

    assert key("a") == key("a", weather="w2") != key("a", flights="f2")
    assert key("b") != key("b", weather="w2")
    assert key("a") == key("a", as_of="2013-01-01")


def test_a_data_key_has_the_as_of_when_it_is_used_anywhere_below() -> None:
    product = a_product({"m": "select $as_of t from flights", "a": "from m"}, ports=("a",))
    graph = graph_of(product)
    found = {
        data_key(graph, codes(product) and model_codes(graph, product), "a", {"flights": "f"}, day)
        for day in ("2013-01-01", "2013-01-02")
    }
    assert len(found) == 2
