"""Reading the tree that the parser makes of a statement, part by part."""

from collections.abc import Iterator, Mapping

from meshwright.adapters.duckdb import gate

Node = Mapping[str, object]


def function_of(node: Node) -> str:
    """Return the name of the function that a node calls; '' where it calls none."""
    return gate.path_of(node)[-1].lower() if node.get("class") == "FUNCTION" else ""


def parts_of(node: object) -> Iterator[Node]:
    """Give a node and all below it."""
    if isinstance(node, Mapping):
        yield node
        for value in node.values():
            yield from parts_of(value)
    elif isinstance(node, list):
        for value in node:
            yield from parts_of(value)


def children_of(node: Node) -> Iterator[Node]:
    """Give the expressions right below one; what is of another make is given as it is, to be refused."""
    for key, value in node.items():
        if key in ("order_bys", "type_expr", "qualified_name", "literal"):
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Mapping):
                yield mapping(item.get("expression", item))


def mapping(value: object) -> dict[str, object]:
    """Return a part that is a mapping; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[dict[str, object]]:
    """Return those of a list that are mappings; nothing for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def items(value: object) -> list[object]:
    """Return a part that is a list; an empty one for anything else."""
    return value if isinstance(value, list) else []
