"""The contract of a scan: read from a file, the object in it that is meant, and what no scan can judge."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from meshwright.app.scanning.ground import RELATION
from meshwright.audit import Reference
from meshwright.documents.contract_reader import read_contract
from meshwright.documents.files import read_file
from meshwright.errors import DescriptorError, UsageError, did_you_mean
from meshwright.model.check import CheckOutcome
from meshwright.model.contract import Contract, ContractColumn, ContractObject, Relationship

_ELSEWHERE = "it refers to rows that are not part of this scan"


def load_contract(file: Path) -> Contract:
    """Read one ODCS file; raise `DescriptorError` with the first thing that is wrong in it."""
    document = read_file(file)
    problem = next((found for found in document.problems if found.is_error), None)
    if problem is not None:
        raise DescriptorError(
            problem.code,
            problem.message,
            hint=problem.hint or f"mesh check {file}",
            place=str(problem.place),
        )
    if document.kind != "contract":
        raise DescriptorError(
            "contract-expected", f"`{file}` is no data contract", hint="give an ODCS file"
        )
    return read_contract(document)


def choose_object(contract: Contract, wanted: str, named: str) -> ContractObject:
    """Return the object that is asked for, else the only one, else the one called like the source."""
    names = [name for each in contract.objects for name in (each.name, each.physical_name) if name]
    if wanted:
        found = [each for each in contract.objects if wanted in (each.name, each.physical_name)]
        if not found:
            raise UsageError(
                "object-unknown",
                f"the contract describes no object `{wanted}`",
                hint=did_you_mean(wanted, names),
            )
        return found[0]
    chosen = contract.object_for(named)
    if chosen is None:
        listed = ", ".join(each.name for each in contract.objects) or "none"
        raise UsageError(
            "object-missing",
            f"the contract describes {len(contract.objects)} objects",
            hint=f"--object NAME; there are: {listed}" if contract.objects else "add a `schema`",
        )
    return chosen


@dataclass(frozen=True, slots=True)
class Related:
    """An object without the relationships that lead out of it, which are `outside`."""

    described: ContractObject
    references: Mapping[str, Reference]
    outside: tuple[CheckOutcome, ...] = ()


def keep_related(described: ContractObject) -> Related:
    """Keep the references of the object to itself; the others become outcomes that say why not."""
    names = {described.name, described.physical_name} - {""}
    references: dict[str, Reference] = {}
    outside: list[CheckOutcome] = []

    def inner(relationships: tuple[Relationship, ...], own: str) -> tuple[Relationship, ...]:
        kept = []
        for each in relationships:
            parts = [written.rpartition(".") for written in each.references]
            if parts and all(table in names for table, _, _ in parts):
                for written, (_, _, column) in zip(each.references, parts, strict=True):
                    references[written] = Reference(RELATION, column)
                kept.append(each)
            else:
                outside.append(_left_out(each, own))
        return tuple(kept)

    def bare(column: ContractColumn) -> ContractColumn:
        return replace(column, relationships=inner(column.relationships, column.name))

    columns = tuple(bare(c) if c.relationships else c for c in described.columns)
    kept = replace(described, columns=columns, relationships=inner(described.relationships, ""))
    return Related(kept, references, tuple(outside))


def _left_out(relationship: Relationship, own: str) -> CheckOutcome:
    columns = relationship.columns or (own,)
    name = (
        f"{columns[0]}.relationship" if len(columns) == 1 else f"relationship.{'+'.join(columns)}"
    )
    found_in = f"({', '.join(columns)}) is found in {', '.join(relationship.references)}"
    return CheckOutcome(
        name, "relationship", "not_enforced", column=own, expectation=found_in, reason=_ELSEWHERE
    )
