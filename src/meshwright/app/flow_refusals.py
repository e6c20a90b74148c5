"""Why a product is refused whose contract declares less than what flows in, and what to write instead."""

from collections.abc import Iterator, Mapping

from meshwright.app.declared import Word, classification_of
from meshwright.lineage.carrying import (
    Carried,
    Classes,
    Loss,
    Path,
    declared,
    loss,
    of_column,
)
from meshwright.model.contract import ContractColumn
from meshwright.model.lineage import EVERY, UNKNOWN
from meshwright.model.plan import Refusal
from meshwright.model.problem import Place
from meshwright.model.product import OutputPort, Product


def refusals(
    product: Product, flowing: Mapping[str, Classes], words: Mapping[str, Word]
) -> tuple[Refusal, ...]:
    """Return one refusal for each column that is declared as less than what flows into it."""
    return tuple(
        found
        for port in product.outputs
        for found in _of_port(product, port, flowing.get(port.name, {}), words)
    )


def _of_port(
    product: Product, port: OutputPort, classes: Classes, words: Mapping[str, Word]
) -> Iterator[Refusal]:
    described = port.contract.object_for(port.name) if port.contract else None
    promised = {column.name: column for column in described.columns} if described else {}
    known = {name.lower() for name in promised}
    others = [name for name in sorted(classes) if name not in known and name != EVERY]
    if not promised and not others:
        others = [EVERY]
    for name in (*promised, *others) if classes else ():
        column = promised.get(name)
        address = f"{product.address}.{port.name}.{name}"
        flows = of_column(classes, name)
        level, tags = classification_of(column)
        lost = loss(_allowed(flows, words.get(address)), level, tags)
        if lost is not None:
            place = _place(product, port, column, described.line if described else 0)
            yield _refusal(address, flows, lost, column, place)


def _allowed(flows: Carried, word: Word | None) -> Carried:
    """Return what a column must be declared as: what an owner said, where one did, else what flows in."""
    if word is None or not flows:
        return flows
    least = declared("", "", word.classification, word.tags)
    return Carried(least.level, least.tags, dict.fromkeys(least.paths, flows.path))


def _place(product: Product, port: OutputPort, column: ContractColumn | None, line: int) -> Place:
    if port.contract is None:
        return Place(f"{product.folder}/product.odps.yaml", port.line)
    return Place(port.contract.file, column.line if column else line)


def _refusal(
    address: str, flows: Carried, lost: Loss, column: ContractColumn | None, place: Place
) -> Refusal:
    level, tags = classification_of(column)
    said = " and ".join(filter(None, (level, *sorted(tags)))) or "nothing"
    carries = " and ".join(filter(None, (flows.level, *flows.tags)))
    is_unknown = any(hop.how.startswith(UNKNOWN) for hop in lost.path)
    verb = "may flow in" if is_unknown else "flows in"
    what = "is not declared" if column is None else f"is declared {said}"
    origin = lost.path[0] if lost.path else "its inputs"
    return Refusal(
        "classification-lost",
        address,
        f"`{address}` {what}, but `{origin}` {verb}, which is {carries}",
        _hint(address, level, lost, column, place),
        tuple(_steps(lost.path, flows)),
        place,
    )


def _hint(address: str, level: str, lost: Loss, column: ContractColumn | None, place: Place) -> str:
    own = column.tags if column else ()
    parts = [f"classification: {lost.level}"] if lost.level else []
    if lost.tags:
        parts.append(f"tags: [{', '.join(dict.fromkeys((*own, *lost.tags)))}]")
    write = f"write `{'` and `'.join(parts)}` at {place}"
    if address.endswith(f".{EVERY}"):
        return f"{write}, for each of its columns"
    if column is None:
        write = f"declare it in the contract with `{'` and `'.join(parts)}`, {place}"
    return (
        f"{write}, or let an owner say that it reveals nothing:"
        f' mesh declassify {address} --as {level or "internal"} --reason "…"'
    )


def _steps(path: Path, flows: Carried) -> Iterator[str]:
    carries = ", ".join(filter(None, (flows.level, *flows.tags)))
    for number, hop in enumerate(path):
        yield f"{hop} ({hop.how})" if number else f"{hop} ({carries})"
