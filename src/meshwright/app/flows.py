"""Whether contracts declare what flows in, judged when a plan is made.

Cost follows the change: a product is judged when its files changed, a contract that it reads did, or what an
owner said of its columns; while none has, a row of the cache says that it was found right. Of a product that
was, its contract says all that its columns carry, so that nobody looks further up. Losing the cache costs
time only. Nothing is traced where nothing flows in.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from meshwright import __version__
from meshwright.app.cards import Brief
from meshwright.app.declared import contract_classes, holding
from meshwright.app.served import ServedProduct
from meshwright.app.wiring import Wiring
from meshwright.lineage.carrying import NOTHING, Classes, carried, declared, joined, of_column
from meshwright.model.address import Address
from meshwright.model.lineage import ProductLineage
from meshwright.model.plan import Refusal, Step
from meshwright.spi.state_store import Reader

SECTION = "flows"
FORM = f"2:{__version__}"  # the number grows when what is judged, or how, changes
JUDGED = ("build", "after", "up_to_date", "refused")
Briefs = Mapping[str, Brief | None]


class Flows:
    """Judges the products of one plan, each after those that it reads."""

    def __init__(
        self,
        wiring: Wiring,
        reader: Reader,
        briefs: Briefs,
        served: Mapping[str, ServedProduct],
        contracts: Mapping[str, Mapping[str, str]],
        today: date,
    ) -> None:
        self._wiring = wiring
        self._reader = reader
        self._briefs = briefs
        self._served = served
        self._contracts = contracts
        self._words = holding(reader, today, wiring.workspace.former_names)
        self._said: dict[str, list[str]] = {}
        for word in self._words.values():
            said = f"{word.column}:{word.classification}:{','.join(word.tags)}"
            self._said.setdefault(word.product, []).append(said)
        self._known: dict[str, bytes] | None = None
        self._new: dict[str, bytes] = {}
        self._building: set[str] = set()
        self._flowing: dict[tuple[str, bool], Mapping[str, Classes]] = {}
        self._ports: dict[str, Classes] = {}

    def judged(self, step: Step) -> Step:
        """Return a step as it is, or refused where a contract declares less than what flows in."""
        product = str(step.product)
        brief = self._briefs.get(product)
        if brief is None or step.action not in JUDGED:
            return step
        refusals = self._refusals(product, brief, is_planned=step.action != "up_to_date")
        if not refusals:
            if step.action == "build":
                self._building.add(product)
            return step
        reasons = (*step.reasons, refusals[0].message)
        if step.action != "refused":
            reasons = (refusals[0].message,)
        return replace(
            step, action="refused", reasons=reasons, refusals=(*step.refusals, *refusals)
        )

    def into(self, product: str) -> Mapping[str, Classes]:
        """Return what flows into the columns of a product's models, as its files are; raises as they do."""
        brief = self._briefs.get(product)
        if brief is None or not self._is_reached(brief):
            return {}
        return self._flowing_into(product, is_planned=True)

    def flush(self) -> None:
        """Store what was found right since the last time."""
        if self._new:
            self._wiring.cache.put(SECTION, self._new)
            self._new = {}

    def _refusals(self, product: str, brief: Brief, *, is_planned: bool) -> tuple[Refusal, ...]:
        """Judge a product by what would be made of its files, or where it stays as it is by what was."""
        if not _may_flow(brief):
            return ()
        key = self._key(product, brief, brief.code)
        if self._is_right(product, key):
            return ()
        found: tuple[Refusal, ...] = ()
        if self._is_reached(brief):
            from meshwright.app.flow_refusals import refusals

            flowing = self._flowing_into(product, is_planned=is_planned)
            found = refusals(
                self._wiring.workspace.product(Address.parse(product)), flowing, self._words
            )
        if not found:
            self._new[product] = key
        return found

    def _key(self, product: str, brief: Brief, code: str) -> bytes:
        """Return what decides how a product is judged, as one text; its code tells of its contracts too."""
        ports = sorted(brief.ports.values())
        if brief.former_names:
            ports = sorted(map(brief.present, ports))
        parts = [FORM, code]
        for port in ports:
            parts += (port, self._digest(port))
        if self._said:
            products = {port.rpartition(".")[0] for port in ports} | {product}
            for name in sorted(products & self._said.keys()):
                parts += self._said[name]
        return "\n".join(parts).encode()

    def _is_right(self, product: str, key: bytes) -> bool:
        if self._known is None:
            self._known = self._wiring.cache.load(SECTION)
        return (self._new.get(product) or self._known.get(product)) == key

    def _digest(self, port: str) -> str:
        """Return the digest of the contract by which a port would be served after this plan."""
        product, _, name = port.rpartition(".")
        if product not in self._building:
            served = self._contracts.get(product)
            if served is not None and name in served:
                return served[name]
        brief = self._briefs.get(product)
        return brief.contracts.get(name, "") if brief else ""

    def _is_reached(self, brief: Brief) -> bool:
        """Say whether anything classified may flow into a product, or from one of its ports into another."""
        return _has_own(brief) or any(self._inputs(brief).values())

    def _own(self, product: str, brief: Brief, *, is_planned: bool) -> dict[str, Classes]:
        """Return what the contracts of a product say of its ports, which its models may read."""
        if not _has_own(brief):
            return {}
        return {
            name: _said(brief, f"{product}.{name}")
            if is_planned
            else self._declared(f"{product}.{name}")
            for name in brief.contracts
        }

    def _inputs(self, brief: Brief) -> dict[str, Classes]:
        """Return what the inputs of a product carry, by input and by address."""
        found: dict[str, Classes] = {}
        for name, port in brief.ports.items():
            address = brief.present(port)
            found[name] = found[address] = self._port(address)
        return found

    def _port(self, port: str) -> Classes:
        """Return what a port carries: what its contract declares, and what flows in without a word on it."""
        waiting, begun = [port], set[str]()
        while waiting:  # no recursion: a mesh may be deep
            one = waiting[-1]
            above = [] if one in begun else self._unread(one)
            begun.add(one)  # products that read each other in a circle end here
            if above:
                waiting += above
                continue
            waiting.pop()
            if one not in self._ports:
                self._ports[one] = self._port_classes(one)
        return self._ports[port]

    def _unread(self, port: str) -> list[str]:
        """Return the ports that must be read before one, to know what it carries."""
        product = port.rpartition(".")[0]
        brief = self._briefs.get(product)
        if port in self._ports or brief is None or self._is_trusted(product, brief):
            return []
        return [
            name for name in map(brief.present, brief.ports.values()) if name not in self._ports
        ]

    def _port_classes(self, port: str) -> Classes:
        product, _, name = port.rpartition(".")
        said = self._declared(port)
        brief = self._briefs.get(product)
        if brief is None or self._is_trusted(product, brief):
            return said
        read = [self._ports.get(one, {}) for one in map(brief.present, brief.ports.values())]
        if not any(read) and not _has_own(brief):
            return said
        flowing = self._flowing_into(product, is_planned=product in self._building).get(name, {})
        words = {column for column in {*said, *flowing} if f"{port}.{column}" in self._words}
        return {
            **{column: said[column] for column in words & said.keys()},
            **{
                column: joined((said.get(column, NOTHING), of_column(flowing, column)))
                for column in {*said, *flowing} - words
            },
        }

    def _is_trusted(self, product: str, brief: Brief) -> bool:
        """Say whether no more flows into a product than its contracts say."""
        if not _may_flow(brief):
            return True
        served = self._served.get(product)
        is_planned = product in self._building or served is None
        code = brief.code if is_planned or served is None else served.code
        return self._is_right(product, self._key(product, brief, code))

    def _declared(self, port: str) -> Classes:
        """Return what the contract of a port declares; that of its files where it is the one that counts."""
        product, _, name = port.rpartition(".")
        brief = self._briefs.get(product)
        digest = self._digest(port)
        if brief is not None and brief.contracts.get(name, "") == digest:
            return _said(brief, port)
        from meshwright.app.contracts import served_contract

        address = Address.parse(port)
        return contract_classes(
            address, served_contract(self._reader, address.product_address, name)
        )

    def _flowing_into(self, product: str, *, is_planned: bool) -> Mapping[str, Classes]:
        """Return what flows into the columns of a product's models."""
        key = (product, is_planned)
        if key not in self._flowing:
            brief = self._briefs[product]
            assert brief is not None
            lineage = self._lineage(product, brief, is_planned=is_planned)
            own = self._own(product, brief, is_planned=is_planned)
            self._flowing[key] = carried(lineage, self._inputs(brief), own) if lineage else {}
        return self._flowing[key]

    def _lineage(self, product: str, brief: Brief, *, is_planned: bool) -> ProductLineage | None:
        """Return what would be made of a product's files, or what was traced of what is served.

        What was served before lineage was kept is traced by its files, while they are the same.
        """
        from meshwright.lineage.served import product_lineage

        served = self._served.get(product)
        if served is not None and served.version is not None and not is_planned:
            known = product_lineage(self._reader, product, served.version)
            if known is not None or served.code != brief.code:
                return known
        return _planned(self._wiring, self._reader, Address.parse(product))


def _may_flow(brief: Brief) -> bool:
    return bool(brief.ports) or _has_own(brief)


def _has_own(brief: Brief) -> bool:
    """Say whether a port is classified by its contract that another one of the product may be made of."""
    return bool(brief.classes) and len(brief.contracts) > 1


def _said(brief: Brief, port: str) -> Classes:
    """Return what the contract of a port declares, as its file is."""
    said = brief.classes.get(port.rpartition(".")[2], ())
    return {column: declared(port, column, level, tags) for column, level, tags in said}


def flows_of(wiring: Wiring, reader: Reader) -> Flows:
    """Return what flows through the mesh as it is served, outside of a plan."""
    from meshwright.app.order import load_briefs
    from meshwright.app.served import served_outputs, served_products

    return Flows(
        wiring,
        reader,
        load_briefs(wiring),
        served_products(reader),
        served_outputs(reader).contracts,
        wiring.now().date(),
    )


def _planned(wiring: Wiring, reader: Reader, address: Address) -> ProductLineage | None:
    """Trace a product as its files are; None where its models have errors, so that it is not built."""
    from meshwright.app.origins import trace_product
    from meshwright.transform.reading import read_models

    product = wiring.workspace.product(address)
    graph, _ = read_models(product, wiring.reader)
    return trace_product(wiring, reader, product, graph) if graph else None
