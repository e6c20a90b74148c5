"""What contracts promise of what changes: columns, keys, foreign keys, and rules whose SQL names it."""

import re
from collections.abc import Collection, Iterator, Sequence

from meshwright.app.impact.found import BREAKS, RESTS, TYPE, HitPromise, Impact
from meshwright.app.order import load_briefs
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address
from meshwright.model.contract import ContractObject, QualityRule
from meshwright.model.problem import Place


def hit_promises(
    wiring: Wiring, starts: Sequence[tuple[Address, str]], impact: Impact, verdict: str
) -> tuple[HitPromise, ...]:
    """Return the promises that name a changed column, or a column that is made of it."""
    found: list[HitPromise] = []
    for port, column in starts:
        found += _own(wiring, port, {column} if column else None, verdict)
        found += _foreign_keys(wiring, port, column, verdict)
    by_port: dict[str, dict[str, str]] = {}
    for hit in impact.columns:
        port_name, _, name = hit.address.rpartition(".")
        by_port.setdefault(port_name, {})[name] = hit.verdict
    for port_name, columns in by_port.items():
        found += _downstream(wiring, port_name, columns, impact.wish.kind == TYPE)
    return tuple(dict.fromkeys(found))


def _own(
    wiring: Wiring, port: Address, columns: Collection[str] | None, verdict: str
) -> Iterator[HitPromise]:
    """Yield what the port's own contract says of its columns; of all of them where `columns` is None."""
    file, described = _described(wiring, port)
    if described is None:
        return
    for column in described.columns:
        if columns is None or column.name in columns:
            what = "is in the primary key" if column.key_position else "is promised"
            place = Place(file, column.line)
            yield HitPromise(f"{port}.{column.name}", what, verdict, place)
    for rule in _rules(described):
        named = _named(rule, columns or [column.name for column in described.columns])
        if named:
            what = f"rule `{rule.key}` reads {', '.join(named)}"
            yield HitPromise(str(port), what, verdict, Place(file, rule.line or described.line))


def _foreign_keys(wiring: Wiring, port: Address, column: str, verdict: str) -> Iterator[HitPromise]:
    for name, brief in load_briefs(wiring).items():
        if brief is None or str(port) not in map(brief.present, brief.references):
            continue
        for output in wiring.workspace.product(Address.parse(name)).outputs:
            described = output.contract.object_for(output.name) if output.contract else None
            assert output.contract is not None or described is None
            for own in described.columns if described else ():
                for relationship in own.relationships:
                    for target in relationship.references:
                        is_hit = (
                            target == f"{port}.{column}"
                            if column
                            else (target.startswith(f"{port}."))
                        )
                        if is_hit and output.contract is not None:
                            yield HitPromise(
                                f"{name}.{output.name}.{own.name}",
                                f"is a foreign key to {target}",
                                verdict,
                                Place(output.contract.file, relationship.line or own.line),
                            )


def _downstream(
    wiring: Wiring, port_name: str, columns: dict[str, str], is_type: bool
) -> Iterator[HitPromise]:
    try:
        port = Address.parse(port_name)
        file, described = _described(wiring, port)
    except MeshwrightError:
        return
    if described is None:
        return
    for column in described.columns:
        verdict = columns.get(column.name) or columns.get("*")
        if verdict and not (is_type and verdict == RESTS):
            what = f"is promised as {column.physical_type or column.logical_type or 'a column'}"
            yield HitPromise(f"{port}.{column.name}", what, verdict, Place(file, column.line))
    for rule in _rules(described):
        named = _named(rule, columns)
        verdict = BREAKS if any(columns[name] == BREAKS for name in named) else ""
        if named and verdict:
            what = f"rule `{rule.key}` reads {', '.join(named)}"
            yield HitPromise(str(port), what, verdict, Place(file, rule.line or described.line))


def _described(wiring: Wiring, port: Address) -> tuple[str, ContractObject | None]:
    output = wiring.workspace.product(port).output(port.port)
    if output is None or output.contract is None:
        return "", None
    return output.contract.file, output.contract.object_for(port.port)


def _rules(described: ContractObject) -> Iterator[QualityRule]:
    yield from described.quality
    for column in described.columns:
        yield from column.quality


def _named(rule: QualityRule, columns: Collection[str]) -> list[str]:
    """Return the columns that a rule's SQL names."""
    words = {word.lower() for word in re.findall(r"\w+", rule.query)}
    return [column for column in columns if column.lower() in words]
