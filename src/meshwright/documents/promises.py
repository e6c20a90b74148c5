"""Judge the custom properties that mean something here: `quarantine`, `replaces`, `endOfLife`,
`observe`, `objective`."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from meshwright.documents.column_rules import entries
from meshwright.documents.document import Document, Path
from meshwright.documents.emit import flow
from meshwright.documents.schemas import OBSERVE
from meshwright.documents.tolerance import read_quarantine
from meshwright.documents.validate import value_problems
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address
from meshwright.model.json_value import Json
from meshwright.model.problem import Problem
from meshwright.model.service_level import share_of


def promise_problems(document: Document, owner: Mapping[str, Json], path: Path) -> list[Problem]:
    """Return what is wrong with the custom properties of a contract or of one of its objects."""
    found = []
    for where, item in entries(owner.get("customProperties"), (*path, "customProperties")):
        name, value = item.get("property"), item.get("value")
        if name == OBSERVE:
            found += value_problems(document, OBSERVE, value, (*where, "value"))
        if not isinstance(name, str) or name not in _PROMISES:
            continue
        is_good, code, example = _PROMISES[name]
        if not is_good(value):
            text = f"`{name}` cannot be `{flow(value)}`"
            hint = f"for example `value: {example}`"
            found.append(document.problem(code, text, (*where, "value"), hint=hint))
    return found


def _is_quarantine(value: Json) -> bool:
    try:
        read_quarantine(value)
    except ValueError:
        return False
    return True


def _is_port(value: Json) -> bool:
    try:
        return bool(Address.parse(str(value)).port)
    except MeshwrightError:
        return False


def _is_moment(value: Json) -> bool:
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\d", value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


_PROMISES: dict[str, tuple[Callable[[Json], bool], str, str]] = {
    "quarantine": (_is_quarantine, "quarantine-invalid", "{tolerance: 1%}"),
    "replaces": (_is_port, "replaces-invalid", "operations.flights.departures"),
    "objective": (lambda value: bool(share_of(value)), "objective-invalid", "99.5%"),
    "endOfLife": (_is_moment, "end-of-life-invalid", "2027-12-31"),
}
