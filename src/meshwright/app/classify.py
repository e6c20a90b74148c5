"""Classify: which columns look personal, against what their contracts declare; what is new becomes a fact.

Facts and answers hold names of reasons and shares. No value of the data leaves the session.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from meshwright.app.health import selected_cards
from meshwright.app.wiring import Wiring
from meshwright.documents.cards import Card
from meshwright.govern.classifying.classify import classify_table
from meshwright.govern.classifying.finding import Finding
from meshwright.govern.classifying.kinds import KINDS
from meshwright.govern.classifying.sample import Table, sample_tables
from meshwright.model.classification import is_personal, rank
from meshwright.model.contract import Contract, ContractColumn
from meshwright.model.facts import ClassificationSuggested
from meshwright.model.table import Column
from meshwright.publish.places import folder_of
from meshwright.publish.reading import pin, served_version
from meshwright.spi.engine import Reach
from meshwright.spi.state_store import Reader

AT_ONCE = 40  # ports in one session
AS_SURE = 0.1  # a confidence that moved by less is the same
NEW, WEAKER, DECLARED, REFUSED = "new", "weaker", "declared", "refused"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a column looks like. `state`: new, weaker (its contract declares less), declared, or refused."""

    product: str
    column: str  # address; of a file, `file.column`
    kind: str
    classification: str
    tags: tuple[str, ...]
    confidence: float
    evidence: tuple[str, ...]
    state: str = NEW
    declared: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """Files of one table: a served port, or an input of a product that never published."""

    product: str
    name: str  # address of the port, or of what stands for it
    files: tuple[Path, ...]
    columns: tuple[Column, ...]
    rows: int
    contract: Contract | None = None
    is_served: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Return what its table is called, for what a row may stand for."""
        return tuple(self.name.split(".")[1:] or (self.name,))


def classify(wiring: Wiring, select: Sequence[str] = ()) -> tuple[Suggestion, ...]:
    """Look at every served port (or those of selected products), and at the inputs of what never published.

    Records `ClassificationSuggested` for what is new or changed, where a port is served.
    """
    cards = selected_cards(wiring, select)
    with ExitStack() as stack, wiring.store.read() as reader:
        scratch = Path(stack.enter_context(TemporaryDirectory(prefix="mesh-classify-")))
        grounds = [g for card in cards for g in _grounds(wiring, reader, card, scratch.resolve())]
        states = _states(reader)
        found = [
            suggestion
            for begin in range(0, len(grounds), AT_ONCE)
            for ground, findings in find(wiring, grounds[begin : begin + AT_ONCE])
            for suggestion in _suggestions(ground, findings, states)
        ]
    served = {ground.product for ground in grounds if ground.is_served}
    facts = [fact for one in found if one.product in served for fact in _news(one, states)]
    if facts:
        wiring.ledger.record(facts)
    return tuple(found)


def find(
    wiring: Wiring, grounds: Sequence[Ground]
) -> Iterator[tuple[Ground, Mapping[str, Finding]]]:
    """Yield what each table's columns look like; one session reads them all, and nothing else."""
    files = tuple(file for ground in grounds for file in ground.files)
    if not files:
        return
    session = wiring.engine().open(Reach(read=files, threads=1))  # one thread draws the same sample
    try:
        tables = []
        for number, ground in enumerate(grounds):
            session.scan(f"t{number}", ground.files)
            tables.append(Table(f"t{number}", ground.columns, ground.rows))
        for ground, samples in zip(grounds, sample_tables(session, tables), strict=True):
            yield ground, classify_table(samples, ground.words)
    finally:
        session.close()


def declared_column(contract: Contract | None, port: str, name: str) -> ContractColumn | None:
    """Return what a contract says of a column; None where it says nothing."""
    described = contract.object_for(port) if contract else None
    columns = described.columns if described else ()
    return next((column for column in columns if column.name == name), None)


def _grounds(wiring: Wiring, reader: Reader, card: Card, scratch: Path) -> Iterator[Ground]:
    product = wiring.workspace.product(card.address)
    if served_version(reader, card.address) is None:
        from meshwright.app.classify_sources import land_inputs

        yield from land_inputs(wiring, product, scratch)
        return
    for port in product.outputs:
        address = f"{card.address}.{port.name}"
        served = reader.rows(
            "SELECT 1 FROM products p JOIN version_ports v ON v.product = p.product"
            " AND v.version = p.served AND v.port = ? WHERE p.product = ?",
            (port.name, str(card.address)),
        )
        if not served:
            continue
        pinned = pin(reader, card.address.parse(address))
        folder = folder_of(wiring.mesh.data, pinned.location)
        files = tuple(folder / file.path for file in pinned.files)
        if files:
            yield Ground(
                str(card.address), address, files, pinned.columns, pinned.rows, port.contract, True
            )


def _suggestions(
    ground: Ground, findings: Mapping[str, Finding], states: Mapping[tuple[str, str], "_Known"]
) -> Iterator[Suggestion]:
    port = ground.name.rpartition(".")[2]
    for name, finding in findings.items():
        kind, column = KINDS[finding.kind], f"{ground.name}.{name}"
        said = declared_column(ground.contract, port, name)
        known = states.get((column, finding.kind))
        yield Suggestion(
            ground.product,
            column,
            finding.kind,
            kind.classification,
            kind.tags,
            finding.confidence,
            finding.evidence,
            REFUSED if known and known.state == "refused" else _state(said, finding.kind),
            said.classification if said else "",
        )


def _state(said: ContractColumn | None, kind_name: str) -> str:
    if said is None or not (said.classification or said.tags):
        return NEW
    kind = KINDS[kind_name]
    is_enough = rank(said.classification) >= rank(kind.classification)
    return DECLARED if is_enough and is_personal(said.classification, said.tags) else WEAKER


@dataclass(frozen=True, slots=True)
class _Known:
    state: str
    classification: str
    tags: tuple[str, ...]
    confidence: float


def _states(reader: Reader) -> dict[tuple[str, str], _Known]:
    rows = reader.rows(
        "SELECT column_name, kind, state, classification, tags, confidence FROM suggestions"
    )
    return {
        (str(column), str(kind)): _Known(
            str(state), str(level), tuple(json.loads(str(tags))), float(confidence or 0)
        )
        for column, kind, state, level, tags, confidence in rows
    }


def _news(
    one: Suggestion, states: Mapping[tuple[str, str], _Known]
) -> Iterator[ClassificationSuggested]:
    """Yield the fact of a suggestion that nobody made yet, or not like this."""
    if one.state not in (NEW, WEAKER):
        return
    known = states.get((one.column, one.kind))
    if known is not None:
        is_same = (known.classification, known.tags) == (one.classification, one.tags)
        if is_same and abs(known.confidence - one.confidence) < AS_SURE:
            return
    yield ClassificationSuggested(
        one.product,
        one.column,
        one.kind,
        one.classification,
        list(one.tags),
        one.confidence,
        list(one.evidence),
    )
