"""What a judged build would publish: every port of the product, made anew or as it was."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from meshwright.app.clock import AsOf
from meshwright.app.decide import AUDIT, REUSE, Decision
from meshwright.app.diff import compare_columns
from meshwright.app.inputs import PinnedInput
from meshwright.app.judge import Judged
from meshwright.app.origins import input_datasets, trace_product
from meshwright.app.served import ServedPort
from meshwright.app.spans import all_spans, read_spans, write_spans
from meshwright.app.wiring import Wiring
from meshwright.audit import checks_payload
from meshwright.model.check import Metric
from meshwright.model.facts import ContractPublished, PortAudited
from meshwright.model.lineage import ProductLineage
from meshwright.model.product import Product
from meshwright.model.table import Column
from meshwright.model.version import InputStamp, PortVersion
from meshwright.publish.candidate import Candidate
from meshwright.transform.graph import ModelGraph

if TYPE_CHECKING:
    from meshwright.app.build import Ground


def candidate_of(
    wiring: Wiring,
    product: Product,
    graph: ModelGraph,
    build: str,
    as_of: AsOf,
    judged: Mapping[str, Judged],
    decisions: Mapping[str, Decision],
    codes: Mapping[str, str],
    code: str,
    inputs: tuple[PinnedInput, ...],
    ground: "Ground",
    seconds: float,
) -> Candidate:
    """Put the ports, inputs, contracts and audits of a build together."""
    served = ground.served
    ports = {
        name: _port(decision, judged.get(name), ground, codes[name])
        for name, decision in decisions.items()
    }
    return Candidate(
        product=product.address,
        build=build,
        semver=product.version,
        code=code,
        ports=ports,
        inputs=(
            *(pinned.stamp for pinned in inputs),
            *(InputStamp(name, "", stamp) for name, stamp in ground.references.stamps.items()),
        ),
        base=ground.base,
        served=served.version if served else None,
        latest=served.latest if served else 0,
        as_of=as_of.text,
        title=product.title,
        owners=product.owners or wiring.workspace.domains[product.address.domain].owners,
        contracts=_contracts(wiring, product),
        audits=[_audited(build, product, as_of, one, ground) for one in judged.values()],
        lineage=_lineage(wiring, product, graph, inputs, ports),
        seconds=round(seconds, 3),
    )


def _lineage(
    wiring: Wiring,
    product: Product,
    graph: ModelGraph,
    inputs: tuple[PinnedInput, ...],
    ports: Mapping[str, PortVersion],
) -> ProductLineage:
    """Trace what was built, by the columns that were read and those that were staged."""
    read = {pinned.name: [column.name for column in pinned.columns] for pinned in inputs}
    staged = {name: [column.name for column in port.columns] for name, port in ports.items()}
    datasets = input_datasets(wiring, product, read)
    with wiring.store.read() as reader:
        return trace_product(wiring, reader, product, graph, datasets, staged=staged)


def _port(decision: Decision, judged: Judged | None, ground: "Ground", code: str) -> PortVersion:
    old = ground.before.ports.get(decision.port.name)
    if decision.action == REUSE and old is not None:
        return _as_it_was(decision, old, code)
    assert judged is not None
    staged = judged.staged
    wanted = staged.wanted
    is_changed = bool(staged.added or wanted.removed) or old is None
    quarantined = judged.quarantined + (old.quarantined if old and decision.extends else 0)
    done = read_spans(old.done) if old and (decision.extends or decision.action == AUDIT) else ()
    return PortVersion(
        port=staged.name,
        location=ground.storage.location(staged.name),
        data_version=0 if is_changed or old is None else old.data_version,
        contract=_digest(decision),
        contract_version=_version(decision),
        code=code,
        columns=staged.columns,
        rows=sum(file.rows for file in staged.files),
        bytes=sum(file.bytes for file in staged.files),
        added=staged.added,
        removed=wanted.removed,
        quarantined=quarantined,
        done=write_spans(all_spans(done, wanted.spans)),
    )


def _as_it_was(decision: Decision, old: ServedPort, code: str) -> PortVersion:
    return PortVersion(
        port=old.port,
        location=old.location,
        data_version=old.data_version,
        contract=_digest(decision),
        contract_version=_version(decision),
        code=code,
        columns=tuple(Column(name, kind) for name, kind in old.columns),
        rows=old.rows,
        bytes=old.bytes,
        quarantined=old.quarantined,
        done=old.done,
    )


def _digest(decision: Decision) -> str:
    return decision.port.contract.digest if decision.port.contract else ""


def _version(decision: Decision) -> str:
    return decision.port.contract.version if decision.port.contract else ""


def _contracts(wiring: Wiring, product: Product) -> list[ContractPublished]:
    written = wiring.workspace.raw_contracts(product.address)
    return [
        ContractPublished(
            product=str(product.address),
            port=port.name,
            contract_id=port.contract.id,
            version=port.contract.version,
            digest=port.contract.digest,
            document=written[port.name],
        )
        for port in product.outputs
        if port.contract is not None
    ]


def _audited(
    build: str, product: Product, as_of: AsOf, judged: Judged, ground: "Ground"
) -> PortAudited:
    verdict = judged.verdict
    return PortAudited(
        build=build,
        product=str(product.address),
        port=judged.staged.name,
        rows=sum(file.rows for file in judged.staged.files),
        rejected=verdict.is_rejected,
        checks=checks_payload(verdict),
        metrics=[*verdict.metrics, *_age(verdict.newest, as_of), *_changes(judged, ground)],
        quarantined=judged.quarantined,
    )


def _age(newest: str, as_of: AsOf) -> list[Metric]:
    """Return how old the newest row is, by its own time, when the build runs or pretends to run."""
    if not newest:
        return []
    moment = datetime.fromisoformat(newest)
    local = moment if moment.tzinfo else moment.replace(tzinfo=as_of.zone)
    return [("", "data_age", round((as_of.instant - local).total_seconds(), 3))]


def _changes(judged: Judged, ground: "Ground") -> list[Metric]:
    """Return how many columns came, went or changed their type since the version that is served."""
    old = ground.before.ports.get(judged.staged.name)
    if old is None:
        return []
    now = [(column.name, column.type) for column in judged.staged.columns]
    return [("", "schema_changes", float(len(compare_columns(old.columns, now))))]
