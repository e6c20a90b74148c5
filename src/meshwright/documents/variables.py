"""`${NAME}` references to the environment (ODCS 3.2.0): kept as written; one that is unset is told."""

import os
import re
from collections.abc import Iterable, Iterator
from typing import Any

from meshwright.documents.document import Document, Path
from meshwright.model.json_value import Json
from meshwright.model.problem import Place, Problem

_REFERENCE = re.compile(r"\$\{([A-Z_][A-Z0-9_]*)\}")


def variables_of(documents: Iterable[Document]) -> list[list[Any]]:
    """Return name, file and line of each variable that matters here (servers describe other places)."""
    found = []
    for document in documents:
        if document.kind != "contract" or not isinstance(document.raw, dict):
            continue
        for key, value in document.raw.items():
            if key == "servers":
                continue
            for path, name in _references(value, (key,)):
                found.append([name, document.file, document.line_at(path)])
    return found


def unset_problems(variables: Iterable[Iterable[Any]]) -> list[Problem]:
    """Return a warning for each variable that the environment does not have now."""
    return [
        Problem(
            "variable-unset",
            f"`${{{name}}}` is not set in the environment",
            Place(file, line),
            f"export {name}=…",
            severity="warning",
        )
        for name, file, line in variables
        if name not in os.environ
    ]


def _references(value: Json, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        if "${" in value:
            for match in _REFERENCE.finditer(value):
                yield path, match[1]
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _references(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _references(item, (*path, index))
