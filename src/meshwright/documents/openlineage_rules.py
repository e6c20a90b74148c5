"""Judge `openlineage` of mesh.yaml beyond its schema: what a transport needs, and that no secret is in it."""

import re
from collections.abc import Iterator, Mapping

from meshwright.documents.document import Document, Path
from meshwright.documents.openlineage_reader import sink_name, sinks_of
from meshwright.documents.secret_rules import looks_secret
from meshwright.documents.wording import show
from meshwright.model.json_value import Json
from meshwright.model.problem import Problem
from meshwright.model.secret import references, without_references

_NEEDS = {
    "file": ("path", "`path: lineage.ndjson`"),
    "http": ("url", "`url: https://lineage.example.com`"),
}
_SECRET_KEY = re.compile(r"pass|pwd|token|secret|api_?key|\bauth\b|credential", re.IGNORECASE)
_HINT = "write `${env:NAME}`, `${file:PATH}` or `${STORE:NAME}` in its place, and change the secret"


def openlineage_problems(document: Document, raw: Json | None, path: Path) -> list[Problem]:
    """Judge one `openlineage`, which stands at `path`."""
    found, seen = [], set[str]()
    if isinstance(raw, Mapping) and "transport" in raw and "sinks" in raw:
        text = "`openlineage` has both a `transport` of its own and `sinks`"
        hint = "move the transport into `sinks`"
        found.append(document.problem("sink-twice", text, (*path, "transport"), hint=hint))
    for place, sink in sinks_of(raw):
        where = (*path, *place)
        name = sink_name(sink)
        if name in seen:
            text = f"two sinks are named {show(name)}"
            hint = "give one of them another `name`: progress is remembered under it"
            found.append(document.problem("sink-duplicate", text, where, hint=hint))
        seen.add(name)
        found += _sink(document, sink, name, where)
    return found


def _sink(document: Document, sink: Mapping[str, Json], name: str, path: Path) -> list[Problem]:
    found = []
    key, example = _NEEDS.get(str(sink.get("transport")), ("", ""))
    if key and key not in sink:
        text = f"sink `{name}` names no `{key}`"
        found.append(document.problem("sink-incomplete", text, path, hint=f"for example {example}"))
    for place, value in _texts(sink):
        where = (*path, *place)
        is_key = _SECRET_KEY.search(str(place[-1])) is not None
        is_written_out = is_key and next(references(value), None) is None
        if "${" in without_references(value):
            text = f"sink `{name}` holds a reference that names no store"
            hint = "write `${env:NAME}`, `${file:PATH}` or `${STORE:NAME}`"
            found.append(document.problem("reference-invalid", text, where, hint=hint))
        elif is_written_out or (place[0] != "path" and looks_secret(value)):
            text = f"`{'.'.join(map(str, place))}` of sink `{name}` holds what looks like a secret"
            found.append(document.problem("secret-in-file", text, where, hint=_HINT))
    return found


def _texts(value: Json, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield every text of a sink that its transport is given, with its place."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            if path or key not in ("name", "transport", "sql", "namespace", "aliases", "sinks"):
                yield from _texts(one, (*path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _texts(one, (*path, index))
    elif isinstance(value, str):
        yield path, value
