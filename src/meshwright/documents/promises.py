"""Judge the custom properties that mean something here: `quarantine`, `replaces`, `endOfLife`,
`observe`, `objective`; and the end of life where it is a service level."""

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

END_OF_LIFE = "endOfLife"


def promise_problems(document: Document, owner: Mapping[str, Json], path: Path) -> list[Problem]:
    """Return what is wrong with the custom properties of a contract or of one of its objects."""
    found = []
    for where, item in entries(owner.get("slaProperties"), (*path, "slaProperties")):
        if item.get("property") == END_OF_LIFE:
            found += _problems(document, END_OF_LIFE, item.get("value"), where)
    for where, item in entries(owner.get("customProperties"), (*path, "customProperties")):
        name, value = item.get("property"), item.get("value")
        if name == OBSERVE:
            found += value_problems(document, OBSERVE, value, (*where, "value"))
        if isinstance(name, str) and name in _PROMISES:
            found += _problems(document, name, value, where)
    return found


def _problems(document: Document, name: str, value: Json, where: Path) -> list[Problem]:
    is_good, code, example = _PROMISES[name]
    if is_good(value):
        return []
    text = f"`{name}` cannot be `{flow(value)}`"
    hint = f"for example `value: {example}`"
    return [document.problem(code, text, (*where, "value"), hint=hint)]


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
    END_OF_LIFE: (_is_moment, "end-of-life-invalid", "2027-12-31"),
}
