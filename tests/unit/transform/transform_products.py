"""Small products to test with."""

from pathlib import Path

from meshwright.adapters.sqlglot import SqlglotReader
from meshwright.model.address import Address
from meshwright.model.product import (
    InputPort,
    Materialisation,
    Model,
    ModelTest,
    OutputPort,
    Parameter,
    Product,
    SourceSpec,
)
from meshwright.transform.graph import ModelGraph
from meshwright.transform.reading import read_models

APPEND = Materialisation("append", "day", "date", "2013-01-01")


class MemoryCache:
    """A `Cache` in memory."""

    def __init__(self) -> None:
        self.sections: dict[str, dict[str, bytes]] = {}
        self.puts = 0

    def load(self, section: str) -> dict[str, bytes]:
        return dict(self.sections.get(section, {}))

    def get(self, section: str, key: str) -> bytes | None:
        return self.sections.get(section, {}).get(key)

    def put(self, section: str, items: dict[str, bytes]) -> None:
        self.puts += 1
        self.sections.setdefault(section, {}).update(items)

    def drop(self, section: str, keys: list[str]) -> None:
        for key in keys:
            self.sections.get(section, {}).pop(key, None)

    def close(self) -> None:
        pass


def a_product(
    models: dict[str, str],
    *,
    inputs: tuple[str, ...] = ("flights",),
    ports: tuple[str, ...] | None = None,
    append: tuple[str, ...] = (),
    parameters: dict[str, tuple[str, object]] | None = None,
    tests: tuple[ModelTest, ...] = (),
) -> Product:
    """Make a product whose ports are all its models, unless `ports` are named."""
    return Product(
        address=Address("operations", "flights"),
        id="flights",
        version="1.0.0",
        folder="domains/operations/flights",
        inputs=tuple(
            InputPort(name, source=SourceSpec("files", Path("/base"), (f"{name}.csv",)))
            for name in inputs
        ),
        outputs=tuple(
            OutputPort(name, materialisation=APPEND if name in append else Materialisation())
            for name in (models if ports is None else ports)
        ),
        models=tuple(
            Model(name, f"domains/operations/flights/models/{name}.sql", sql)
            for name, sql in models.items()
        ),
        parameters=tuple(
            Parameter(name, kind, value) for name, (kind, value) in (parameters or {}).items()
        ),
        tests=tests,
    )


def graph_of(product: Product) -> ModelGraph:
    """Read a product's models, which must be sound."""
    graph, problems = read_models(product, SqlglotReader())
    assert graph is not None, problems
    return graph
