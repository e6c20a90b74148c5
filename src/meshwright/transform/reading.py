"""Read a product's models into a graph, and say all that is wrong with them at once.

Dependencies are read from the SQL, never declared. Everything here is known without touching data.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from meshwright.errors import ModelError, did_you_mean
from meshwright.model.problem import Place, Problem
from meshwright.model.product import Model, OutputPort, Product
from meshwright.spi.sql_reader import SqlFacts, SqlReader
from meshwright.transform.graph import INTERVAL, RESERVED_PARAMETERS, ModelGraph, ModelNode


def read_models(product: Product, reader: SqlReader) -> tuple[ModelGraph | None, list[Problem]]:
    """Return the graph of a product's models, or None when an error forbids one, and every problem."""
    problems = _name_problems(product)
    names = _Names.of(product)
    nodes: dict[str, ModelNode] = {}
    for model in product.models:
        facts = _read(model, reader, problems)
        if facts is not None:
            nodes[model.name] = _node(model, facts, names, problems)
    ordered = _ordered(nodes, problems)
    if ordered is None or len(nodes) < len(product.models) or any(p.is_error for p in problems):
        return None, _sorted(problems)
    graph = ModelGraph.of(ordered)
    problems += _interval_problems(product, graph)
    problems += _unused(product, graph)
    is_sound = not any(problem.is_error for problem in problems)
    return (graph if is_sound else None), _sorted(problems)


def _read(model: Model, reader: SqlReader, problems: list[Problem]) -> SqlFacts | None:
    try:
        return reader.read(model.sql)
    except ModelError as error:
        line, _, column = error.place.partition(":")
        at = f" (column {column})" if column else ""
        place = Place(model.file, int(line) if line.isdigit() else 0)
        problems.append(Problem(error.code, f"{error.message}{at}", place, hint=error.hint))
        return None


@dataclass(frozen=True, slots=True)
class _Names:
    """What a model may name, by lower-cased name: SQL compares names without letter case."""

    inputs: Mapping[str, str]
    models: Mapping[str, str]
    parameters: frozenset[str]

    @classmethod
    def of(cls, product: Product) -> "_Names":
        return cls(
            {port.name.lower(): port.name for port in product.inputs},
            {model.name.lower(): model.name for model in product.models},
            RESERVED_PARAMETERS.union(parameter.name for parameter in product.parameters),
        )


def _node(model: Model, facts: SqlFacts, names: _Names, problems: list[Problem]) -> ModelNode:
    """Resolve the names that a model uses."""
    read_inputs, read_models = set(), set()
    for table in sorted(facts.tables):
        if (name := names.inputs.get(table.lower())) is not None:
            read_inputs.add(name)
        elif (name := names.models.get(table.lower())) is not None:
            read_models.add(name)
        else:
            known = [*names.inputs.values(), *names.models.values()]
            problems.append(_unknown_table(model, facts, table, known))
    for function in sorted(facts.reaching):
        problems.append(
            Problem(
                "function-forbidden",
                f"`{function}` reaches beyond the inputs of the product",
                Place(model.file, facts.lines.get(f"{function}(", 0)),
                hint="declare what it reads as an input port and name that in FROM",
            )
        )
    problems += _parameter_problems(model, facts, names.parameters)
    return ModelNode(model, facts, tuple(sorted(read_inputs)), tuple(sorted(read_models)))


def _unknown_table(model: Model, facts: SqlFacts, table: str, known: Iterable[str]) -> Problem:
    hint = did_you_mean(table, known)
    if "/" in table or table.rpartition(".")[2] in ("csv", "tsv", "json", "parquet", "xlsx", "gz"):
        hint = "a model cannot open files: declare them as an input port of the product"
    elif "." in table:
        hint = f"declare it as an input port (`port: {table}` in build.yaml) and name that; {hint}"
    return Problem(
        "table-unknown",
        f"`{table}` is neither an input port nor a model of this product",
        Place(model.file, facts.lines.get(table, 0)),
        hint=hint,
    )


def _parameter_problems(model: Model, facts: SqlFacts, declared: frozenset[str]) -> list[Problem]:
    return [
        Problem(
            "parameter-unknown",
            f"`${name}` is not a parameter of this product",
            Place(model.file, facts.lines.get(f"${name}", 0)),
            hint=did_you_mean(name, declared),
        )
        for name in sorted(facts.parameters - declared)
    ]


def _ordered(
    nodes: Mapping[str, ModelNode], problems: list[Problem]
) -> Mapping[str, ModelNode] | None:
    """Return the nodes so that what is read comes first (by name within a level), or None."""
    reads = {name: [read for read in nodes[name].models if read in nodes] for name in sorted(nodes)}
    sorter = TopologicalSorter(reads)
    try:
        sorter.prepare()
    except CycleError as error:
        # graphlib gives each model before the one that reads it: turned around, each reads the next
        circle = [str(name) for name in reversed(error.args[1])]
        first = min(circle[:-1])
        turn = circle.index(first)
        path = [*circle[turn:-1], *circle[:turn], first]
        facts = nodes[first].facts
        problems.append(
            Problem(
                "model-cycle",
                f"models read each other in a circle: {' -> '.join(path)}",
                Place(nodes[first].model.file, facts.lines.get(path[1], 0)),
                hint="move what they share into a model of its own",
            )
        )
        return None
    order: list[str] = []
    while sorter.is_active():
        level = sorted(sorter.get_ready())
        order += level
        sorter.done(*level)
    return {name: nodes[name] for name in order}


def _name_problems(product: Product) -> list[Problem]:
    """Find names that SQL could not tell apart."""
    problems: list[Problem] = []
    inputs = {port.name.lower() for port in product.inputs}
    seen: dict[str, str] = {}
    for model in product.models:
        folded = model.name.lower()
        if folded in inputs:
            problems.append(
                Problem(
                    "model-ambiguous",
                    f"`{model.name}` is a model and an input port; FROM could mean either",
                    Place(model.file),
                    hint="rename one of them",
                )
            )
        if folded in seen:
            problems.append(
                Problem(
                    "name-case",
                    f"models `{seen[folded]}` and `{model.name}` differ only by letter case",
                    Place(model.file),
                    hint="SQL cannot tell them apart: rename one",
                )
            )
        seen.setdefault(folded, model.name)
    for parameter in product.parameters:
        if parameter.name in RESERVED_PARAMETERS:
            problems.append(
                Problem(
                    "parameter-reserved",
                    f"parameter `{parameter.name}` has a name that every build sets itself",
                    Place(_build_file(product)),
                    hint=f"rename it; reserved: {', '.join(sorted(RESERVED_PARAMETERS))}",
                    key=f"params.{parameter.name}",
                )
            )
    return problems


def _interval_problems(product: Product, graph: ModelGraph) -> list[Problem]:
    """Find intervals where a port has none, and a port whose model does not say its interval."""
    problems: dict[str, Problem] = {}
    tables = {port.name for port in product.outputs if port.materialisation.kind == "append"}
    for port in product.outputs:
        if port.name not in graph.nodes:
            continue
        if port.materialisation.kind == "append":
            problems |= _interval_column_problems(port, graph.nodes[port.name])
            continue
        for name in sorted(graph.made_with(port.name, tables)):
            node = graph.nodes[name]
            used = sorted(node.parameters & INTERVAL)
            if used:
                problems[name] = Problem(
                    "interval-not-append",
                    f"`${used[0]}` is used, but port `{port.name}` is not made by intervals",
                    Place(node.model.file, node.facts.lines.get(f"${used[0]}", 0)),
                    hint=f"declare `ports: {{{port.name}: {{kind: append, …}}}}` in build.yaml",
                )
    return list(problems.values())


def _interval_column_problems(port: OutputPort, node: ModelNode) -> Mapping[str, Problem]:
    """Find an append port whose model does not give the column that says which interval a row is in."""
    column, given = port.materialisation.column, node.facts.columns
    if not given or column.lower() in {name.lower() for name in given}:
        return {}
    problem = Problem(
        "interval-column-missing",
        f"port `{port.name}` is made by `{column}`, and its model gives no such column",
        Place(node.model.file),
        hint=did_you_mean(column, given),
    )
    return {port.name: problem}


def _unused(product: Product, graph: ModelGraph) -> list[Problem]:
    """Warn of what is declared and used by nothing."""
    file = _build_file(product)
    read_inputs = {name for node in graph.nodes.values() for name in node.inputs}
    used = {name for node in graph.nodes.values() for name in node.parameters}
    served = {port.name for port in product.outputs}
    rested_on = {m for name in served & set(graph.nodes) for m in graph.reach[name].models}
    found = [
        ("input-unused", f"no model reads input port `{port.name}`", file, f"inputs.{port.name}")
        for port in product.inputs
        if port.name not in read_inputs
    ]
    found += [
        ("parameter-unused", f"no model uses parameter `${p.name}`", file, f"params.{p.name}")
        for p in product.parameters
        if p.name not in used
    ]
    found += [
        ("model-unused", f"no output port rests on model `{name}`", node.model.file, "")
        for name, node in graph.nodes.items()
        if name not in rested_on
    ]
    return [
        Problem(
            code, message, Place(place), hint="remove it, or use it", key=key, severity="warning"
        )
        for code, message, place, key in found
    ]


def _sorted(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda p: (p.place, p.code, p.message))


def _build_file(product: Product) -> str:
    return f"{product.folder}/build.yaml" if product.folder else "build.yaml"
