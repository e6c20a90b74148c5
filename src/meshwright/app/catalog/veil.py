"""What a verb returns, without what somebody may not know of.

Lists lose the lines that are about a hidden product. Where something is told of a product that they do know,
a hidden one that it is connected with is shown as something, never by its name. What must stay true: no
text that passes here holds an address of a hidden product, wherever in a value it stands.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.veiled_forms import without_forms
from meshwright.app.impact.found import HitModel, HitPromise, HitQuery, Impact
from meshwright.app.incident_pages import ImpactNode
from meshwright.app.lineage import Lineage
from meshwright.app.lineage_graph import LineageGraph, without_hidden
from meshwright.lineage.reading import EVERY, Link, product_of
from meshwright.lineage.walking import Arrow, Walk
from meshwright.lineage.walking import Place as Spot
from meshwright.model.address import Address
from meshwright.model.plan import NOWHERE, Affected, Step
from meshwright.model.problem import Problem
from meshwright.model.product import InputPort, Product, SourceSpec

Inputs = Callable[[str], tuple[str, ...]]
SOMETHING = "something you may not know of"
_ADDRESS = re.compile(r"\b([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)((?:\.\w+)*)(@\d+)?")
_ABOUT = ("product", "address", "column", "name")  # of a line: what it is about


class Veil:
    """Takes out of values what one principal may not know of.

    `folders`: where hidden products' files lie. `inputs`: the names of a product's inputs that read hidden
    ones, which tell of them too.
    """

    def __init__(
        self, knowing: Knowing, folders: tuple[str, ...] = (), inputs: Inputs = lambda _: ()
    ) -> None:
        self._knowing = knowing
        self._folders = folders
        self._inputs = inputs
        self._words: re.Pattern[str] | None = None

    def within(self, product: str) -> "Veil":
        """Return a veil over what is told of one product, whose inputs may be named like what they read."""
        names = self._inputs(product)
        if not names:
            return self
        veil = Veil(self._knowing, self._folders, self._inputs)
        listed = "|".join(map(re.escape, names))
        veil._words = re.compile(rf"`?\b(?:{re.escape(product)}\.)?(?:{listed})\b`?")
        return veil

    def over(self, value: Any) -> Any:
        """Return a value without what is hidden; the same object where nothing is."""
        if isinstance(value, str):
            return self.text(value)
        if value is None or isinstance(value, bool | int | float | Path):
            return value
        special = _SPECIAL.get(type(value))
        if special is not None:
            return special(self, value)
        return self._within(value)

    def text(self, text: str) -> str:
        """Return a text in which no address of a hidden product stands, nor a path to its files."""
        if not self._knowing.hidden:
            return text
        text = without_forms(text, self._knowing.hidden, SOMETHING)
        if "." in text:  # whole addresses first: the name of an input may be a part of one
            text = _ADDRESS.sub(
                lambda m: SOMETHING if self._hides(m.group(1)) else m.group(0), text
            )
        return self._words.sub(SOMETHING, text) if self._words is not None else text

    def is_about_hidden(self, line: Any) -> bool:
        """Say whether a line of a list is about a hidden product."""
        if isinstance(line, ImpactNode):
            return False  # it stays, nameless: others that are known rest on it
        if isinstance(line, Problem):
            return bool(self._folders) and line.place.file.startswith(self._folders)
        if isinstance(line, Mapping):
            return any(self._names_hidden(line.get(key)) for key in _ABOUT)
        return any(self._names_hidden(getattr(line, key, None)) for key in _ABOUT)

    def _names_hidden(self, said: Any) -> bool:
        if isinstance(said, Address):
            return not self._knowing.of(said)
        if not isinstance(said, str) or "." not in said:
            return False
        found = _ADDRESS.match(said)
        return found is not None and found.start() == 0 and self._hides(found.group(1))

    def _hides(self, product: str) -> bool:
        return product in self._knowing.hidden

    def _within(self, value: Any) -> Any:
        if isinstance(value, Address):
            return value if self._knowing.of(value) else Address("something", "hidden")
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*map(self.over, value))
        if isinstance(value, list | tuple | set | frozenset):
            return self._all(value)
        if isinstance(value, Mapping):
            return {
                self.over(key): self.over(one)
                for key, one in value.items()
                if not self.is_about_hidden(one)
            }
        if is_dataclass(value) and not isinstance(value, type):
            changed = {
                field.name: new
                for field in fields(value)
                if field.init
                and (new := self.over(old := getattr(value, field.name))) is not old
                and new != old
            }
            return replace(value, **changed) if changed else value
        return value

    def _all(self, values: Any) -> Any:
        """Return a list without lines about what is hidden; of addresses, one word stands for all of them."""
        kept = [one for one in values if isinstance(one, str) or not self.is_about_hidden(one)]
        new = [self.over(one) for one in kept]
        if SOMETHING in new or any(
            isinstance(one, str) and one.startswith(SOMETHING) for one in new
        ):
            new = list(dict.fromkeys(new))
        return type(values)(new)

    def lineage(self, found: Lineage) -> Lineage:
        """Return a walk on which what is hidden is one nameless thing."""
        arrows = dict.fromkeys(self._arrow(one) for one in found.walk.arrows if self._is_told(one))
        walk = Walk(
            self._spot(found.walk.start), found.walk.column, found.walk.direction, tuple(arrows)
        )
        ends = {end.dataset for one in arrows for end in (one.source, one.target)}
        kinds = {name: found.kinds.get(name, "unknown") for name in {walk.start.dataset, *ends}}
        return replace(found, walk=walk, kinds=kinds)

    def _is_told(self, arrow: Arrow) -> bool:
        """Say whether an end is known: what a hidden product reads of silos, or gives outside, is hidden."""
        ends = (arrow.source.dataset, arrow.target.dataset)
        hidden = [end for end in ends if self._names_hidden(end)]
        known = [end for end in ends if product_of(end) and end not in hidden]
        return not hidden or len(known) == 1

    def _arrow(self, arrow: Arrow) -> Arrow:
        return replace(
            arrow,
            target=self._spot(arrow.target),
            source=self._spot(arrow.source),
            link=self._link(arrow.link),
        )

    def _spot(self, spot: Spot) -> Spot:
        return Spot(SOMETHING) if self._names_hidden(spot.dataset) else spot

    def _link(self, link: Link) -> Link:
        if self._names_hidden(link.dataset):
            link = replace(link, dataset=SOMETHING, column=EVERY)
        if self._names_hidden(link.source):
            link = replace(link, source=SOMETHING, source_column=EVERY)
        by = SOMETHING if self._names_hidden(link.by) else link.by
        return replace(link, by=by)

    def impact(self, found: Impact) -> Impact:
        """Return what a change would break, with what is hidden as something: that it breaks stays."""
        people = {
            one for each in found.products if not self._names_hidden(each.product)
            for one in each.people
        }  # fmt: skip
        hidden = {
            one
            for each in found.products
            if self._names_hidden(each.product)
            for one in each.people
        }
        return replace(
            found,
            columns=tuple(dict.fromkeys(map(self._column, found.columns))),
            models=tuple(dict.fromkeys(map(self._model, found.models))),
            products=tuple(dict.fromkeys(map(self._affected, found.products))),
            contracts=tuple(dict.fromkeys(map(self._promise, found.contracts))),
            queries=tuple(map(self._query, found.queries)),
            owners=tuple(one for one in found.owners if one in people or one not in hidden),
            subscribers=self._all(found.subscribers),
            grants=self._all(found.grants),
        )

    def _column(self, one: Any) -> Any:
        if not self._names_hidden(one.address):
            return self._within(one)
        return replace(one, address=SOMETHING, by=SOMETHING, how="", why="")

    def _model(self, one: HitModel) -> HitModel:
        if not self._names_hidden(one.product):
            return replace(one, reads=self._all(one.reads))
        return HitModel(SOMETHING, "", (), one.verdict, NOWHERE)

    def _affected(self, one: Affected) -> Affected:
        if not self._names_hidden(one.product):
            return replace(one, columns=self._all(one.columns))
        return Affected(SOMETHING)

    def _promise(self, one: HitPromise) -> HitPromise:
        if not self._names_hidden(one.address):
            return replace(one, what=self.text(one.what))
        return HitPromise(SOMETHING, "", one.verdict, NOWHERE)

    def _query(self, one: HitQuery) -> HitQuery:
        reads, plain = self._all(one.reads), one.sql.replace('"', "").lower()
        return replace(one, reads=reads, sql=one.sql if self.text(plain) == plain else "")

    def node(self, one: ImpactNode) -> ImpactNode:
        """Return what rests on something unhealthy, a hidden product without its name and ports."""
        below = tuple(map(self.node, one.below))
        if self._names_hidden(one.product):
            return ImpactNode(SOMETHING, (), below)
        return replace(one, below=below)

    def product(self, product: Product) -> Product:
        """Return a product without its code, where that reads a hidden one."""
        if all(port.port is None or self._knowing.of(port.port) for port in product.inputs):
            plain: Product = self._within(product)
            return plain
        inputs = tuple(map(self.input, product.inputs))
        told: Product = self._within(replace(product, inputs=inputs, models=(), tests=()))
        return told

    def step(self, step: Step) -> Step:
        """Return what would be done with a product, without the names of inputs that read a hidden one."""
        told: Step = self.within(str(step.product))._within(step)
        return told

    def input(self, port: InputPort) -> InputPort:
        """Return an input port, nameless where it reads a hidden product."""
        if port.port is None or self._knowing.of(port.port):
            return port
        return InputPort(SOMETHING, source=SourceSpec("unknown", Path(".")))

    def graph(self, found: LineageGraph) -> LineageGraph:
        """Return a graph on which each hidden data set is a nameless one of its own."""
        return without_hidden(found, self._knowing)


_SPECIAL: Mapping[type, Any] = {
    LineageGraph: Veil.graph,
    Lineage: Veil.lineage,
    Impact: Veil.impact,
    ImpactNode: Veil.node,
    InputPort: Veil.input,
    Product: Veil.product,
    Step: Veil.step,
    Affected: Veil._affected,
}
