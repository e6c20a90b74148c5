"""Build one product: read, make, audit, judge, publish. The way of the data, in order.

What must stay true: nothing staged here is visible before `publish` commits it; whatever goes wrong, the
version that was served stays served.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from meshwright.app.build_log import BuildLog
from meshwright.app.carry import outcomes_of
from meshwright.app.clock import AsOf
from meshwright.app.decide import AUDIT, MAKE, Before, Decision, decide, has_new_targets
from meshwright.app.endings import Ending
from meshwright.app.inputs import PinnedInput, pin_inputs
from meshwright.app.judge import Judge, Judged
from meshwright.app.make import Maker, StagedPort, Wanted, show_rows
from meshwright.app.past import NO_PAST, Past, find_past
from meshwright.app.references import (
    References,
    Referred,
    as_shown,
    files_of,
    find_references,
    referred,
)
from meshwright.app.served import ServedProduct, input_stamps, served_ports, served_products
from meshwright.app.spans import is_within, made_from
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.check import CheckOutcome
from meshwright.model.facts import BuildStarted
from meshwright.model.plan import BuildResult
from meshwright.model.product import Product
from meshwright.model.table import Column, DataFile
from meshwright.publish.places import Storage, find_storage, new_build_id
from meshwright.publish.reading import files_of as published_files
from meshwright.spi.engine import Engine, Reach, Session
from meshwright.transform.fingerprint import model_codes, product_code
from meshwright.transform.graph import ModelGraph


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of one build."""

    product: Product
    graph: ModelGraph
    as_of: AsOf
    reasons: tuple[str, ...] = ()
    force: bool = False
    workers: int = 2
    tell: Callable[[str], None] = lambda text: None
    warn: Callable[[str], None] = lambda text: None
    run: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a build stands on: the product as it is served, and where it lies."""

    storage: Storage
    served: ServedProduct | None
    before: Before
    files: Mapping[str, tuple[DataFile, ...]]  # port -> the served version's files
    references: References
    carried: Mapping[str, Mapping[str, CheckOutcome]]
    past: Past = NO_PAST

    @property
    def base(self) -> int | None:
        """Return the version that this build's changes are relative to."""
        return self.served.version if self.served else None


def build_product(wiring: Wiring, order: Order) -> BuildResult:
    """Build one product and say how it ended; only an interruption is raised."""
    started = monotonic()
    build = new_build_id(datetime.now(UTC))
    ending = Ending(wiring, order.product, order.graph, build, order.as_of, started)
    log = BuildLog(order.tell, order.warn)
    order = replace(order, tell=log.tell, warn=log.warn)
    try:
        return _build(wiring, order, build, ending, log)
    except MeshwrightError as error:
        return ending.failed(error)
    except KeyboardInterrupt:
        ending.interrupted()
        raise
    except Exception as error:
        return ending.broke(error)


def _build(
    wiring: Wiring, order: Order, build: str, ending: "Ending", log: BuildLog
) -> BuildResult:
    product = order.product
    ground = _ground(wiring, product, order.as_of)
    ending.stand_on(ground.storage, ground.served)
    now = wiring.now() if order.as_of.is_now else order.as_of.instant
    inputs = pin_inputs(
        wiring, product, ground.storage, order.tell, now, ground.storage.build(build)
    )
    stamps = {pinned.name: pinned.stamp.stamp for pinned in inputs} | dict(ground.references.stamps)
    codes = model_codes(order.graph, product)
    code = product_code(product, codes)
    decisions = decide(
        product,
        order.graph,
        codes,
        stamps,
        ground.before,
        order.as_of,
        referred(product),
        force=order.force,
    )
    work = [d for d in decisions.values() if d.action in (MAKE, AUDIT)]
    if not work and ground.served is not None and ground.served.code == code:
        return ending.up_to_date()
    reasons = tuple(dict.fromkeys([d.reason for d in work if d.reason])) or order.reasons
    read = sum(pinned.bytes for pinned in inputs)
    name, as_of = str(product.address), order.as_of.text
    ending.start(BuildStarted(build, name, code, as_of, list(reasons), read, order.run))
    log.write_to(ground.storage.build(build))
    judged = _make_and_judge(wiring, order, build, ground, decisions, inputs)
    order.tell("judging")
    return ending.judged(judged, decisions, codes, code, inputs, ground, reasons)


def _ground(wiring: Wiring, product: Product, as_of: AsOf) -> Ground:
    """Read all that the state says of a product, in one snapshot."""
    name = str(product.address)
    storage_of_domain = wiring.workspace.domains[product.address.domain].storage
    with wiring.store.read() as reader:
        storage = find_storage(reader, wiring.mesh.data, storage_of_domain, product.address)
        served = served_products(reader, name).get(name)
        references = find_references(wiring, reader, product)
        if served is None or served.version is None:
            return Ground(storage, served, Before({}, {}), {}, references, {})
        ports = served_ports(reader, product.address, served.version)
        stamps = input_stamps(reader, name).get(name, {})
        files = {
            port: published_files(reader, product.address, port, served.version) for port in ports
        }
        carried = {
            port.name: outcomes_of(reader, product.address, port.name, served.version)
            for port in product.outputs
            if port.materialisation.kind == "append" and port.name in ports
        }
        before = Before(ports, stamps, served.as_of, made_from(reader, product, ports, as_of))
        past = find_past(reader, product, storage, served.version)
    return Ground(storage, served, before, files, references, carried, past)


def _make_and_judge(
    wiring: Wiring,
    order: Order,
    build: str,
    ground: Ground,
    decisions: Mapping[str, Decision],
    inputs: tuple[PinnedInput, ...],
) -> dict[str, Judged]:
    """Stage and audit every port that is not reused, in one locked session."""
    wanted = {
        name: _wanted(decision, ground)
        for name, decision in decisions.items()
        if decision.action != "reuse"
    }
    if not wanted:
        return {}
    engine = wiring.engine(order.product.engine)
    aside = ground.storage.build(build)
    for folder in (aside, *(port.folder for port in wanted.values())):
        folder.mkdir(parents=True, exist_ok=True)
    references = as_shown(wiring, order.product.address, ground.references, aside)
    ground = replace(ground, references=references)
    reach = _reach(ground, wanted, inputs, aside)
    session = engine.open(replace(reach, timezone=order.product.timezone))
    with wiring.sessions.opened(order.product.address, session):
        _show(session, ground, wanted, inputs)
        carried = _carried(ground, decisions, referred(order.product))
        judge = Judge(
            session, aside, build, ground.references.found, carried, ground.past, order.tell
        )
        work = _Work(wiring, order, build, engine, session, judge, ground)
        return work.run(wanted, decisions)


@dataclass(frozen=True, slots=True)
class _Work:
    """Making and judging within an open session."""

    wiring: Wiring
    order: Order
    build: str
    engine: Engine
    session: Session
    judge: Judge
    ground: Ground

    def run(
        self, wanted: Mapping[str, Wanted], decisions: Mapping[str, Decision]
    ) -> dict[str, Judged]:
        judged: dict[str, Judged] = {}
        later: dict[str, StagedPort] = {}
        siblings = self.ground.references.siblings

        def settle(staged: StagedPort) -> StagedPort:
            """Judge at once, so that readers of a port with quarantine see its good rows only."""
            if siblings.get(staged.name, frozenset()) & set(wanted):
                later[staged.name] = staged
                return staged
            judged[staged.name] = self.judge.judge(staged)
            return judged[staged.name].staged

        to_make = {name: port for name, port in wanted.items() if decisions[name].action == MAKE}
        ready = frozenset(name for name in self.ground.files if name not in to_make)
        maker = Maker(
            product=self.order.product,
            graph=self.order.graph,
            session=self.session,
            reader=self.wiring.reader,
            quote=self.engine.quote,
            tables=self.wiring.table_store,
            build=self.build,
            as_of=self.order.as_of.moment,
            workers=self.order.workers,
            tell=self.order.tell,
            warn=self.order.warn,
            settle=settle,
        )
        maker.make(to_make, ready)
        for name, port in wanted.items():
            if name not in to_make:
                settle(StagedPort(port, _columns(self.ground, name), ()))
        for staged in later.values():
            judged[staged.name] = self.judge.judge(staged)
        return judged


def _wanted(decision: Decision, ground: Ground) -> Wanted:
    """Say which files of the served version stay and which are replaced."""
    name = decision.port.name
    folder = ground.storage.port(name)
    files = ground.files.get(name, ())
    if decision.action == AUDIT:
        return Wanted(decision.port, folder, kept=files)
    if not decision.extends:
        return Wanted(
            decision.port, folder, decision.spans, removed=tuple(file.path for file in files)
        )
    kept = tuple(file for file in files if not is_within(file.interval, decision.spans))
    removed = tuple(file.path for file in files if file not in kept)
    columns = _columns(ground, name) if kept else ()
    return Wanted(decision.port, folder, decision.spans, kept, removed, columns)


def _carried(
    ground: Ground, decisions: Mapping[str, Decision], refers: Referred
) -> dict[str, Mapping[str, CheckOutcome]]:
    """Return the outcomes that still hold: of extended ports whose contract and targets are the same."""
    now, before = ground.references.stamps, ground.before.stamps
    changed = {name for name, stamp in now.items() if before.get(name) != stamp}
    return {
        name: outcomes
        for name, outcomes in ground.carried.items()
        if decisions[name].extends
        and not has_new_targets(name, refers, changed)
        and (contract := decisions[name].port.contract) is not None
        and ground.before.ports[name].contract == contract.digest
    }


def _reach(
    ground: Ground, wanted: Mapping[str, Wanted], inputs: tuple[PinnedInput, ...], aside: Path
) -> Reach:
    read = [path for pinned in inputs for path in pinned.files]
    read += files_of(ground.references.tables)
    for name, files in ground.files.items():
        if name not in wanted:
            read += [ground.storage.port(name) / file.path for file in files]
    return Reach(
        read=tuple(dict.fromkeys(read)),
        write=(aside, *(port.folder for port in wanted.values())),
    )


def _show(
    session: Session,
    ground: Ground,
    wanted: Mapping[str, Wanted],
    inputs: tuple[PinnedInput, ...],
) -> None:
    """Make inputs, reused ports and foreign tables visible."""
    for pinned in inputs:
        show_rows(session, pinned.name, pinned.files, pinned.columns)
    for name, files in ground.files.items():
        if name not in wanted or (not wanted[name].removed and not wanted[name].spans):
            folder = ground.storage.port(name)
            paths = [folder / file.path for file in files]
            show_rows(session, name, paths, _columns(ground, name))
    for table in ground.references.tables:
        show_rows(session, table.relation, table.files, table.columns)


def _columns(ground: Ground, port: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind) for name, kind in ground.before.ports[port].columns)
