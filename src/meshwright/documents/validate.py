"""Translate what a schema validator finds into our own problems: one line, a stable code, the next step.

The validator repeats itself (a wrong value makes its neighbours "unevaluated") and speaks of schemas. Here
each finding becomes one problem at one key path, and a key that the schema knows is never called unknown.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from meshwright.documents import schemas
from meshwright.documents.document import Document, Path, key_text
from meshwright.documents.wording import NAME_HINT, show
from meshwright.errors import did_you_mean
from meshwright.model.json_value import Json
from meshwright.model.problem import Problem

NAME_PATTERN = "^[a-z][a-z0-9_]*$"
_TYPE_WORDS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "empty",
}
_LIMIT_WORDS = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
}
_COUNT_WORDS = {
    "minItems": ("at least", "values"),
    "maxItems": ("at most", "values"),
    "minLength": ("at least", "characters"),
    "maxLength": ("at most", "characters"),
    "minProperties": ("at least", "keys"),
    "maxProperties": ("at most", "keys"),
}


def schema_problems(document: Document, name: str) -> list[Problem]:
    """Return what the schema `name` finds in a document, in the order of its lines."""
    found = _Translator(document, schemas.schema(name))
    found.add(schemas.validator(name).iter_errors(document.raw), ())
    return found.finished()


def value_problems(document: Document, name: str, value: Json, path: Path) -> list[Problem]:
    """Return what the schema `name` finds in one value of a document, which is at `path`."""
    found = _Translator(document, schemas.schema(name))
    found.add(schemas.validator(name).iter_errors(value), path)
    return found.finished()


class _Translator:
    def __init__(self, document: Document, schema: schemas.Schema) -> None:
        self._document = document
        self._schema = schema
        self._found: dict[tuple[str, str], Problem] = {}
        self._misplaced: list[tuple[Path, str]] = []

    def add(self, errors: Iterable[Any], base: Path) -> None:
        for error in errors:
            path = tuple(error.instance_path)
            if path[: len(base)] != base:
                path = (*base, *path)
            self._translate(error, path)

    def finished(self) -> list[Problem]:
        for path, key in self._misplaced:
            where = key_text(path)
            if not any(known.startswith(where) for _, known in self._found):
                message = f"`{key}` does not fit{_in(path)}"
                hint = "another key of the same mapping rules it out"
                self._report("key-misplaced", message, (*path, key), hint)
        return sorted(self._found.values(), key=lambda p: (p.place.line, p.key, p.code))

    def _report(
        self, code: str, message: str, path: Path, hint: str = "", *, of_key: bool = True
    ) -> None:
        identity = (code, key_text(path))
        if identity not in self._found:
            self._found[identity] = self._document.problem(
                code, message, path, hint=hint, of_key=of_key
            )

    def _translate(self, error: Any, path: Path) -> None:
        kind, limit = error.kind.name, error.kind.value
        if kind == "required":
            key = str(limit)
            meaning = _described(self._properties(error).get(key))
            hint = f"add `{key}: …`" + (f" ({meaning})" if meaning else "")
            what = f"`{key_text(path)}` has no `{key}`" if path else f"`{key}` is missing"
            # one problem for each missing key, at the line of the mapping it is missing from
            identity = ("key-missing", key_text((*path, key)))
            self._found.setdefault(
                identity, self._document.problem("key-missing", what, path, hint=hint)
            )
        elif kind in ("additionalProperties", "unevaluatedProperties"):
            self._unknown_keys(error, path)
        elif kind == "type":
            self._wrong_type(error.instance, [str(t) for t in error.kind.types], path)
        elif kind in ("enum", "const"):
            options = [str(o) for o in limit] if kind == "enum" else [str(limit)]
            self._not_allowed(error.instance, options, path)
        elif kind in ("oneOf", "anyOf"):
            self._no_alternative(error, path)
        elif kind == "propertyNames":
            key = str(limit.instance)
            self._report(
                "name-invalid",
                f"`{key}` cannot be a name{_in(path)}",
                (*path, key),
                NAME_HINT,
            )
        else:
            self._out_of_bounds(error, kind, limit, path)

    def _unknown_keys(self, error: Any, path: Path) -> None:
        known = self._properties(error)
        for key in error.kind.unexpected:
            if key in known:
                self._misplaced.append((path, key))
                continue
            message = f"`{key}` is not a known key{_of(path)}"
            self._report("key-unknown", message, (*path, key), did_you_mean(key, known))

    def _wrong_type(self, value: object, types: list[str], path: Path) -> None:
        wanted = sorted(set(types), key=list(_TYPE_WORDS).index)
        if "number" in wanted and "integer" in wanted:
            wanted.remove("integer")
        words = " or ".join(_TYPE_WORDS[t] for t in wanted)
        hint = ""
        if "string" in types and isinstance(value, int | float | Decimal):
            hint = f'put quotes around it: "{str(value).lower()}"'
        elif "array" in types and not isinstance(value, dict):
            hint = (
                f"write a list: [{value}]" if value is not None else "write a list, or leave it out"
            )
        elif value is None:
            hint = "give it a value, or leave the key out"
        elif isinstance(value, str) and value.strip().lower() in ("true", "false", "yes", "no"):
            hint = "write true or false, without quotes" if "boolean" in types else ""
        elif isinstance(value, str) and {"number", "integer"} & set(types):
            hint = "write a number, without quotes"
        where = f"`{key_text(path)}`" if path else "the file"
        shown = f"the text {show(value)}" if isinstance(value, str) else show(value)
        message = f"{where} must be {words}, not {shown}"
        code = "value-type" if path else "root-type"
        self._report(code, message, path, hint)

    def _not_allowed(self, value: object, options: list[str], path: Path) -> None:
        hint = did_you_mean(str(value), options)
        if len(options) == 1:
            hint = f"write `{options[0]}`"
        self._report("value-not-allowed", f"`{key_text(path)}` cannot be {show(value)}", path, hint)

    def _no_alternative(self, error: Any, path: Path) -> None:
        branches = [list(branch) for branch in error.kind.context]
        types = []
        for branch in branches:
            top = [e for e in branch if e.kind.name == "type" and len(e.instance_path) <= len(path)]
            if not top:
                self.add(branch, path)
                return
            types += [str(t) for e in top for t in e.kind.types]
        self._wrong_type(error.instance, sorted(set(types)), path)

    def _out_of_bounds(self, error: Any, kind: str, limit: Any, path: Path) -> None:
        key, shown = key_text(path), show(error.instance)
        hint = self._meaning(error.schema_path[:-1])
        if kind in _LIMIT_WORDS:
            text = f"`{key}` must be {_LIMIT_WORDS[kind]} {limit}, not {shown}"
            self._report("value-range", text, path, hint)
        elif kind in _COUNT_WORDS:
            least, of_what = _COUNT_WORDS[kind]
            text = f"`{key}` must have {least} {limit} {of_what[:-1] if limit == 1 else of_what}"
            self._report("value-size", text, path, hint)
        elif kind == "uniqueItems":
            self._report("value-duplicate", f"`{key}` lists something twice", path, hint)
        elif kind == "pattern" and limit == NAME_PATTERN:
            self._report("name-invalid", f"`{key}` cannot be {shown}", path, NAME_HINT)
        elif kind == "pattern":
            text = f"`{key}` is not written as it must be: {shown}"
            self._report("value-pattern", text, path, hint or f"it must match {limit}")
        elif kind == "format":
            self._report("value-format", f"`{key}` is no {limit}: {shown}", path, hint)
        else:
            self._report("value-invalid", f"`{key}` is not valid: {shown}", path, hint)

    def _node(self, pointer: Iterable[str | int]) -> Any:
        node: Any = self._schema
        for part in pointer:
            try:
                node = node[part]
            except (KeyError, IndexError, TypeError):
                return {}
        return node

    def _meaning(self, pointer: list[str | int]) -> str:
        """Return the nearest description of a schema node or of what it is an alternative of."""
        for length in range(len(pointer), max(0, len(pointer) - 3), -1):
            text = _described(self._node(pointer[:length]))
            if text:
                return text
        return ""

    def _properties(self, error: Any) -> dict[str, Any]:
        node = self._node(error.schema_path[:-1])
        return dict(_properties(self._schema, node, set()))


def _properties(root: Any, node: Any, seen: set[str]) -> Iterator[tuple[str, Any]]:
    """Yield each key that a schema node knows, through references and alternatives."""
    if not isinstance(node, dict):
        return
    reference = node.get("$ref")
    if isinstance(reference, str) and reference not in seen:
        seen.add(reference)
        target = root
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]
        yield from _properties(root, target, seen)
    for part in ("if", "then", "else"):
        yield from _properties(root, node.get(part), seen)
    for part in ("allOf", "anyOf", "oneOf"):
        for branch in node.get(part, ()):
            yield from _properties(root, branch, seen)
    yield from node.get("properties", {}).items()


def _of(path: Path) -> str:
    return f" of `{key_text(path)}`" if path else ""


def _in(path: Path) -> str:
    return f" in `{key_text(path)}`" if path else ""


def _described(node: Any) -> str:
    text = node.get("description", "") if isinstance(node, dict) else ""
    first = str(text).partition(". ")[0].strip().rstrip(".")
    return first if len(first) <= 150 else first[:147] + "..."
