"""Primary keys and relationships as checks."""

from collections.abc import Iterator, Mapping

from meshwright.audit.plan import Check, Duplicates, Orphans, Probe, Settled
from meshwright.audit.sqltext import identifier
from meshwright.audit.target import Reference
from meshwright.model.contract import ContractObject, Relationship


def key_checks(declared: ContractObject, staged: Mapping[str, str]) -> Iterator[Check]:
    """Compile the primary key: each row has one, and no two rows share it."""
    key = declared.key
    if not key:
        return
    missing = [name for name in key if name not in staged]
    probe: Probe
    if missing:
        probe = Settled("errored", f"column `{missing[0]}` is missing")
    else:
        quoted = tuple(identifier(name) for name in key)
        probe = Duplicates(quoted, key, tuple(staged[name] for name in key), nulls_fail=True)
    expectation = f"({', '.join(key)}) is present and unique"
    column = key[0] if len(key) == 1 else ""
    yield Check("primaryKey", "primaryKey", probe, column, expectation=expectation, columns=key,
                on_whole=True)  # fmt: skip


def relationship_checks(
    declared: ContractObject, staged: Mapping[str, str], references: Mapping[str, Reference]
) -> Iterator[Check]:
    """Compile the foreign keys of the object and of its columns."""
    for column in declared.columns:
        for relationship in column.relationships:
            yield _relationship(
                relationship, relationship.columns or (column.name,), staged, references
            )
    for relationship in declared.relationships:
        yield _relationship(relationship, relationship.columns, staged, references)


def _relationship(
    relationship: Relationship,
    columns: tuple[str, ...],
    staged: Mapping[str, str],
    references: Mapping[str, Reference],
) -> Check:
    written = ", ".join(relationship.references)
    own = columns[0] if len(columns) == 1 else ""
    name = f"{own}.relationship" if own else f"relationship.{'+'.join(columns)}"
    probe = _orphans(relationship, columns, staged, references)
    expectation = f"({', '.join(columns)}) is found in {written}"
    return Check(name, "relationship", probe, own, expectation=expectation, columns=columns,
                 on_whole=True)  # fmt: skip


def _orphans(
    relationship: Relationship,
    columns: tuple[str, ...],
    staged: Mapping[str, str],
    references: Mapping[str, Reference],
) -> Probe:
    if relationship.kind not in ("", "foreignKey"):
        return Settled("errored", f"`{relationship.kind}` is no relationship of ODCS")
    absent = [name for name in columns if name not in staged]
    if absent:
        return Settled("errored", f"column `{absent[0]}` is missing")
    if len(columns) != len(relationship.references) or not columns:
        return Settled("errored", "needs as many references as columns")
    unknown = [name for name in relationship.references if name not in references]
    if unknown:
        return Settled(
            "errored", f"`{unknown[0]}` is not published, or not for this product to read"
        )
    found = [references[name] for name in relationship.references]
    if len({each.relation for each in found}) > 1:
        return Settled("errored", "its references are in several tables")
    keys = tuple(identifier(name) for name in columns)
    return Orphans(keys, found[0].relation, tuple(each.column for each in found))
