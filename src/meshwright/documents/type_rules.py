"""Judge the types that a port's contract promises: SQL must be able to give them, tables to keep them."""

from collections.abc import Mapping

from meshwright.documents.document import Document, Path
from meshwright.documents.references import data_name
from meshwright.documents.sql_types import EXAMPLES, TypeTextError, fits, parse_type, unstorable
from meshwright.model.json_value import Json
from meshwright.model.problem import Problem


def type_problems(
    document: Document, column: Mapping[str, Json], path: Path, api_version: str
) -> list[Problem]:
    """Return what is wrong with the types of one property."""
    physical, logical = column.get("physicalType"), column.get("logicalType")
    if not isinstance(physical, str):
        return []
    where = (*path, "physicalType")
    name = data_name(column) or "of a list or map"
    try:
        declared = parse_type(physical)
    except TypeTextError as error:
        text = f"column `{name}`: {error}"
        return [document.problem("type-unknown", text, where, hint=error.hint)]
    lost = unstorable(declared)
    if lost is not None:
        text = f"column `{name}`: a table cannot keep the type {lost[0]}"
        hint = f"cast it in the model, and promise {lost[1]}"
        return [document.problem("type-unstorable", text, where, hint=hint)]
    if isinstance(logical, str) and not fits(logical, declared, api_version):
        text = f"column `{name}`: `{physical}` cannot hold the logical type {logical}"
        hint = f"for example `physicalType: {EXAMPLES.get(logical, 'VARCHAR')}`"
        return [document.problem("type-mismatch", text, where, hint=hint)]
    return []
