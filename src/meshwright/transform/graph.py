"""The models of one product as a graph: what each reads, in an order in which they can run."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from meshwright.model.product import Model
from meshwright.spi.sql_reader import SqlFacts

AS_OF = "as_of"
INTERVAL = frozenset(("interval_start", "interval_end"))
RESERVED_PARAMETERS = INTERVAL | {AS_OF}


@dataclass(frozen=True, slots=True)
class ModelNode:
    """One model and what its SQL says. `inputs` and `models` are what it reads itself, sorted."""

    model: Model
    facts: SqlFacts
    inputs: tuple[str, ...] = ()
    models: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the model's name: its output port's, or its own."""
        return self.model.name

    @property
    def parameters(self) -> frozenset[str]:
        """Return the names it uses as `$name`, the reserved ones too."""
        return self.facts.parameters


@dataclass(frozen=True, slots=True)
class Reach:
    """All that a model rests on, through every model it reads, itself included."""

    models: frozenset[str]
    inputs: frozenset[str]
    parameters: frozenset[str]

    @property
    def uses_as_of(self) -> bool:
        """Say whether `$as_of` can change its rows."""
        return AS_OF in self.parameters

    @property
    def uses_interval(self) -> bool:
        """Say whether it is made one business interval at a time."""
        return not self.parameters.isdisjoint(INTERVAL)


@dataclass(frozen=True, slots=True)
class ModelGraph:
    """Models in topological order (what is read comes first, then by name)."""

    nodes: Mapping[str, ModelNode] = field(default_factory=dict)
    reach: Mapping[str, Reach] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: Mapping[str, ModelNode]) -> "ModelGraph":
        """Build a graph from nodes that already are in topological order."""
        reach: dict[str, Reach] = {}
        for name, node in nodes.items():
            below = [reach[read] for read in node.models]
            reach[name] = Reach(
                models=frozenset((name,)).union(*(r.models for r in below)),
                inputs=frozenset(node.inputs).union(*(r.inputs for r in below)),
                parameters=node.parameters.union(*(r.parameters for r in below)),
            )
        return cls(nodes, reach)

    def needed(self, targets: Iterable[str], ready: Collection[str] = ()) -> tuple[str, ...]:
        """Return `targets` and the models they rest on, in order, not going beyond those `ready`."""
        wanted = set(targets)
        for name in reversed(tuple(self.nodes)):
            if name in wanted:
                wanted.update(read for read in self.nodes[name].models if read not in ready)
        return tuple(name for name in self.nodes if name in wanted)

    def made_with(self, port: str, tables: Collection[str]) -> frozenset[str]:
        """Return the models that run to make a port; below it, `tables` are read as they were published."""
        found, waiting = {port}, [port]
        while waiting:
            below = set(self.nodes[waiting.pop()].models) - set(tables) - found
            found |= below
            waiting += below
        return frozenset(found)

    def readers(self, among: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Return, for each model, which of `among` read it themselves."""
        found: dict[str, list[str]] = {name: [] for name in self.nodes}
        for name in among:
            for read in self.nodes[name].models:
                found[read].append(name)
        return {name: tuple(names) for name, names in found.items()}
