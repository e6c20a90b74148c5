"""One step of a plan: what a run would do with one product, and why."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from meshwright.app.cards import Brief
from meshwright.app.clock import AsOf
from meshwright.app.decide import REUSE, Before, decide
from meshwright.app.deprecation import Farewells
from meshwright.app.flows import Flows
from meshwright.app.references import reference_stamp, referred
from meshwright.app.served import (
    ServedProduct,
    input_stamps,
    served_outputs,
    served_ports,
    served_products,
)
from meshwright.app.spans import made_from, missing_spans, read_spans
from meshwright.app.watching import WatchedInputs
from meshwright.app.wiring import Wiring
from meshwright.documents.cards import Card
from meshwright.errors import MeshwrightError
from meshwright.ingest.stamps import stamp_input
from meshwright.model.address import Address
from meshwright.model.plan import ContractChange, Step
from meshwright.model.problem import Problem
from meshwright.model.product import Materialisation
from meshwright.publish.places import find_storage
from meshwright.spi.state_store import Reader


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: which products, and how."""

    select: tuple[str, ...]
    as_of: AsOf
    changed: bool = False
    force: bool = False
    run: str = ""  # the name of the run, which its builds share


def refusal(broken_domains: Mapping[str, Problem], product: Address) -> str:
    """Return why a product with errors may not be built: its own files, or its domain's."""
    problem = broken_domains.get(product.domain)
    what = f"{problem.place.file} has" if problem else "its files have"
    return f"{what} errors: mesh check"


class Planner:
    """Decides the steps of one plan, of each product after those that it reads."""

    def __init__(
        self,
        wiring: Wiring,
        reader: Reader,
        asked: Asked,
        briefs: Mapping[str, Brief | None],
        reads: Mapping[str, Collection[str]],
    ) -> None:
        self._wiring = wiring
        self._reader = reader
        self._asked = asked
        self._briefs = briefs
        self._reads = reads
        self._served = served_products(reader)
        self._outputs = served_outputs(reader)
        self._stamps = input_stamps(reader)
        self._inputs = WatchedInputs(wiring.cache, wiring.root)
        self._working: set[str] = set()
        now = wiring.now() if asked.as_of.is_now else asked.as_of.instant
        self._farewells = Farewells(wiring, briefs, now, wiring.mesh.timezone)
        self._flows = Flows(
            wiring, reader, briefs, self._served, self._outputs.contracts, wiring.now().date()
        )

    def changed(self) -> set[str]:
        """Return the products whose own files differ from what is served."""
        codes = {product: brief.code if brief else "" for product, brief in self._briefs.items()}
        return {
            product
            for product, code in codes.items()
            if product not in self._served or self._served[product].code != code
        }

    def steps(self, products: Iterable[str]) -> tuple[Step, ...]:
        """Return the steps of products that are given in the order in which they would run."""
        steps = tuple(self._allowed(self._step(product)) for product in products)
        self._inputs.flush()
        self._flows.flush()
        return steps

    def _allowed(self, step: Step) -> Step:
        """Return a step, refused where a contract declares less than what flows in, or an input has ended."""
        judged = self._farewells.judged(self._flows.judged(step))
        if judged.action == "refused":
            self._working.discard(str(step.product))
        return judged

    def _step(self, product: str) -> Step:
        """Return what a run would do with a product."""
        brief = self._briefs[product]
        served = self._served.get(product)
        domain, _, name = product.partition(".")
        address = Address(domain, name)
        if brief is None:
            reasons = (refusal(self._wiring.workspace.broken_domains, address),)
            return Step(address, "refused", reasons, served=served.version if served else None)
        if served is None or not self._is_same(product, brief, served):
            step = self._judged(address, brief, served)
            if step is not None:
                if step.action == "build":
                    self._working.add(product)
                return step
        version = served.version if served else None
        before = (*self._reads[product], *brief.targets)
        waits = self._working and sorted(self._working.intersection(before))
        if waits:
            self._working.add(product)
            return Step(address, "after", (f"after {', '.join(waits[:3])}",), served=version)
        return Step(address, "up_to_date", served=version)

    def _is_same(self, product: str, brief: Brief, served: ServedProduct) -> bool:
        """Say whether nothing that its brief tells of differs from what is served."""
        return (
            served.code == brief.code
            and served.version is not None
            and not brief.is_timed
            and not self._asked.force
            and served.status != "retired"
            and self._outputs.contracts.get(product) == brief.contracts
            and self._stamps.get(product, {}) == self._stamps_now(product, brief)
        )

    def _judged(self, address: Address, brief: Brief, served: ServedProduct | None) -> Step | None:
        """Return the step of a product that may be built or refused; None when nothing asks for either."""
        version = served.version if served else None
        today = self._asked.as_of.moment.date().isoformat()
        if served and served.status == "retired" and served.retired_until < today:
            since = f"retired since {served.retired_until}"
            return Step(address, "retired", (since,), served=version)
        changes = self._changes(address, brief)
        refusal = next((change.refusal for change in changes if change.refusal), "")
        if refusal:
            return Step(address, "refused", (refusal,), changes=changes, served=version)
        reasons = self._reasons(address, brief, served)
        if not reasons:
            return None
        if served and self._is_held(str(address), brief, served):
            why = (
                "rolled back, and neither its code nor its inputs changed since: --force builds it"
            )
            return Step(address, "held", (why,), changes=changes, served=version)
        return Step(address, "build", reasons, changes=changes, served=version)

    def _reasons(
        self, address: Address, brief: Brief, served: ServedProduct | None
    ) -> tuple[str, ...]:
        """Return why a product would be built; empty when it is up to date."""
        if served is None or served.version is None:
            return ("never built",)
        if self._asked.force:
            return ("forced",)
        stamps = self._stamps_now(str(address), brief)
        known = self._stamps.get(str(address), {})
        is_same = served.code == brief.code and stamps == known
        if is_same and not (brief.is_timed and self._must_look(address, served)):
            return ()
        return self._decided(address, brief, served, stamps, known)

    def _decided(
        self,
        address: Address,
        brief: Brief,
        served: ServedProduct,
        stamps: Mapping[str, str],
        known: Mapping[str, str],
    ) -> tuple[str, ...]:
        """Read the product and decide port by port, as a build would."""
        from meshwright.transform.fingerprint import model_codes
        from meshwright.transform.reading import read_models

        assert served.version is not None
        wiring, reader, asked = self._wiring, self._reader, self._asked
        product = wiring.workspace.product(address)
        graph, _ = read_models(product, wiring.reader)
        if graph is None:
            return ("its models have errors",)
        ports = served_ports(reader, address, served.version)
        spans = made_from(reader, product, ports, asked.as_of)
        before = Before(ports, known, served.as_of, spans)
        codes = model_codes(graph, product)
        decisions = decide(
            product, graph, codes, stamps, before, asked.as_of, referred(product), force=asked.force
        )
        reasons = [d.reason for d in decisions.values() if d.action != REUSE and d.reason]
        if not reasons and served.code != brief.code:
            gone = sorted(set(before.ports) - set(decisions))
            return (f"port {', '.join(gone)} removed",) if gone else ("its description changed",)
        return tuple(dict.fromkeys(reasons))

    def _must_look(self, address: Address, served: ServedProduct) -> bool:
        """Say whether business time alone could make this product build."""
        card, as_of = self._card(address), self._asked.as_of
        if card.extra.get("as_of") and (as_of.is_now or as_of.text != served.as_of):
            return True
        making: Mapping[str, list[str]] = card.extra.get("append") or {}
        if not making or served.version is None:
            return False
        if not as_of.is_now:
            return True
        ports = served_ports(self._reader, address, served.version)
        for name, (interval, column, start, end) in making.items():
            done = read_spans(ports[name].done) if name in ports else ()
            if missing_spans(Materialisation("append", interval, column, start, end), as_of, done):
                return True
        return False

    def _stamps_now(self, product: str, brief: Brief) -> dict[str, str]:
        """Return what each input is now; nothing of it is read."""
        served = self._outputs.stamps

        def stamp(port: str) -> str:
            return served.get(brief.present(port)) or served.get(port, "unpublished")

        stamps = {name: stamp(port) for name, port in brief.ports.items()}
        stamps |= {reference_stamp(port): stamp(port) for port in brief.references}
        for name, digest in brief.sources.items():
            stamps[name] = self._source_stamp(product, name, digest)
        return stamps

    def _source_stamp(self, product: str, name: str, digest: str) -> str:
        described = [self._wiring.workspace.folder(product), digest]
        key = f"{product}.{name}"
        known = self._inputs.find(key, described)
        if known is not None:
            return known
        wiring, address = self._wiring, Address.parse(product)
        spec = next(port.source for port in self._card(address).inputs if port.name == name)
        assert spec is not None
        domain = wiring.workspace.domains[address.domain]
        folder = find_storage(self._reader, wiring.mesh.data, domain.storage, address).input(name)
        try:
            source = wiring.source(spec)
            return self._inputs.take(
                key, described, source.watched(), lambda: stamp_input(source, folder, spec)
            )
        except MeshwrightError as error:
            return f"unreachable: {error.code}"

    def _is_held(self, product: str, brief: Brief, served: ServedProduct) -> bool:
        if self._asked.force or served.held_code != brief.code:
            return False
        rows = self._reader.rows(
            "SELECT input, stamp FROM version_inputs WHERE product = ? AND version = ?",
            (product, served.latest),
        )
        return {str(a): str(b) for a, b in rows} == self._stamps_now(product, brief)

    def _changes(self, address: Address, brief: Brief) -> tuple[ContractChange, ...]:
        """Compare contracts only where a digest differs from the one that is served."""
        published = self._outputs.contracts.get(str(address), {})
        differing = [n for n, digest in published.items() if brief.contracts.get(n) != digest]
        if not differing:
            return ()
        from meshwright.app.contracts import contract_changes  # reads YAML: most plans need not

        return contract_changes(self._wiring, self._reader, address, differing)

    def _card(self, address: Address) -> Card:
        return self._wiring.workspace.card(address)
