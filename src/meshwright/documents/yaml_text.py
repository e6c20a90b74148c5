"""Parse YAML as YAML 1.2 reads it, with the C parser, into JSON values and their lines.

`2013-01-01`, `yes` and `on` are strings; only `true` and `false` are booleans; keys are always strings, as
written. A key that stands twice, an unknown tag and a number that JSON cannot hold are problems. Deep
nesting and aliases that multiply are refused before they cost anything.
"""

import re
from collections.abc import Iterator

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from meshwright.documents.document import Document, Path
from meshwright.documents.yaml_errors import TextError, decode, syntax_error
from meshwright.model.exact import parse_number
from meshwright.model.json_value import Json

MAX_DEPTH = 100
MAX_NODES = 1_000_000
_MAX_COUNTED_NESTING = 400

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEAN = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER = re.compile(r"[-+]?[0-9]+\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\Z")
_NUMERIC_STARTS = frozenset("0123456789+-.")

_PLAIN = "plain"
_STRING = "tag:yaml.org,2002:str"
_CORE_TAGS = {
    _PLAIN,
    _STRING,
    "tag:yaml.org,2002:map",
    "tag:yaml.org,2002:seq",
    "tag:yaml.org,2002:int",
    "tag:yaml.org,2002:float",
    "tag:yaml.org,2002:bool",
    "tag:yaml.org,2002:null",
}


class _Parser(yaml.CSafeLoader):
    """The C parser, with tags resolved here: a plain scalar is typed when it is built."""

    def descend_resolver(self, parent: Node | None, index: object) -> None:
        """Do nothing: tags do not depend on paths."""

    def ascend_resolver(self) -> None:
        """Do nothing: tags do not depend on paths."""

    def resolve(self, kind: type[Node], _value: str, implicit: object) -> str:
        """Return the tag of a node that has none."""
        if kind is ScalarNode and isinstance(implicit, tuple) and implicit[0]:
            return _PLAIN
        return _STRING


def parse(file: str, data: bytes, kind: str = "") -> Document:
    """Read one file's bytes. Problems are in the document; its `raw` is None when nothing could be read."""
    document = Document(file, kind, None)
    try:
        text = decode(data)
        root = _compose(text)
        document.raw = _Builder(document).build(root)
        document.locate = lambda path, of_key: _line_at(root, path, of_key)
    except TextError as error:
        document.raw = None
        document.problems = [error.problem(file)]
    return document


def line_at(data: bytes, path: Path, of_key: bool) -> int:
    """Return the line at a key path of a file's bytes; 0 where it cannot be parsed."""
    try:
        return _line_at(_compose(decode(data)), path, of_key)
    except TextError:
        return 0


def compose(text: str) -> Node:
    """Return the node tree of a text with one document in it; raise `TextError`."""
    return _compose(text)


def _compose(text: str) -> Node:
    _refuse_deep_nesting(text)
    try:
        root: Node | None = _Parser(text).get_single_node()
    except yaml.YAMLError as error:
        raise syntax_error(error, text) from None
    if root is None:
        raise TextError("file-empty", "the file is empty", 1, "`mesh new` writes a first version")
    return root


def _refuse_deep_nesting(text: str) -> None:
    if re.search(r"(?:[-?][ \t]+){100}", text) is None:
        depth = 0
        for bracket in re.finditer(r"[\[\]{}]", text):
            depth = depth + 1 if bracket[0] in "[{" else max(0, depth - 1)
            if depth > _MAX_COUNTED_NESTING:
                break
        else:
            return
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    raise _too_deep(event.start_mark.line + 1 if event.start_mark else 0)
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError as error:
        raise syntax_error(error, text) from None


def _too_deep(line: int) -> TextError:
    return TextError("yaml-too-deep", f"nested more than {MAX_DEPTH} levels deep", line)


class _Builder:
    """Turns nodes into JSON values; an alias is built again, so that each container has one place."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._lines = document.lines
        self._path: list[str | int] = []
        self._nodes = 0

    def build(self, node: Node) -> Json:
        self._nodes += 1
        if self._nodes > MAX_NODES or len(self._path) > MAX_DEPTH:
            self._refuse_size(node)
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if node.tag not in _CORE_TAGS:
            self._refuse_tag(node)
        if isinstance(node, MappingNode):
            return self._mapping(node)
        return self._sequence(node) if isinstance(node, SequenceNode) else None

    def _mapping(self, node: MappingNode) -> Json:
        result: dict[str, Json] = {}
        self._lines[id(result)] = node.start_mark.line + 1
        merged: dict[str, Json] = {}
        path = self._path
        for key_node, value_node in node.value:
            key = self._key(key_node)
            path.append(key)
            if key == "<<" and key_node.tag == _PLAIN:
                for part in self._merged(value_node):
                    merged = {**part, **merged}
            else:
                if key in result:
                    self._report_duplicate(key, key_node, node)
                result[key] = self.build(value_node)
            path.pop()
        for key, value in merged.items():
            result.setdefault(key, value)
        return result

    def _merged(self, node: Node) -> list[dict[str, Json]]:
        value = self.build(node)
        parts = value if isinstance(value, list) else [value]
        if not all(isinstance(part, dict) for part in parts):
            line = node.start_mark.line + 1
            raise TextError("yaml-merge", "`<<` can merge mappings only", line)
        return [part for part in parts if isinstance(part, dict)]

    def _sequence(self, node: SequenceNode) -> Json:
        result: list[Json] = []
        self._lines[id(result)] = node.start_mark.line + 1
        path = self._path
        for index, item in enumerate(node.value):
            path.append(index)
            result.append(self.build(item))
            path.pop()
        return result

    def _key(self, node: Node) -> str:
        if not isinstance(node, ScalarNode):
            line = node.start_mark.line + 1
            hint = "put quotes around a key that begins with `[` or `{`"
            raise TextError("yaml-key", "a key must be text, not a list or a mapping", line, hint)
        return str(node.value)

    def _scalar(self, node: ScalarNode) -> Json:
        tag, text = node.tag, str(node.value)
        if tag == _STRING:
            return text
        if tag != _PLAIN and tag not in _CORE_TAGS:
            self._refuse_tag(node)
        if text[:1] in _NUMERIC_STARTS:
            return self._number(text, node)
        if text in _NULL:
            return None
        return _BOOLEAN.get(text, text)

    def _number(self, text: str, node: ScalarNode) -> Json:
        if _INTEGER.match(text):
            digits = text.lstrip("+-")
            if len(digits) > 300:
                self._refuse_number(text, node)
            return int(text, 0) if digits[:2] in ("0o", "0x") else int(text)
        if _FLOAT.match(text):
            number = parse_number(text)
            if number in (float("inf"), float("-inf")):
                self._refuse_number(text, node)
            return number
        if _NOT_FINITE.match(text):
            self._refuse_number(text, node)
        return text

    def _refuse_number(self, text: str, node: Node) -> None:
        shown = text if len(text) <= 20 else text[:17] + "..."
        raise TextError(
            "yaml-number",
            f"`{shown}` is not a finite number that data can hold",
            node.start_mark.line + 1,
            "put quotes around it if it is text",
        )

    def _refuse_tag(self, node: Node) -> None:
        raise TextError(
            "yaml-tag",
            f"the tag `{node.tag.removeprefix('tag:yaml.org,2002:')}` is not known here",
            node.start_mark.line + 1,
            "write the plain value, without `!`",
        )

    def _refuse_size(self, node: Node) -> None:
        line = node.start_mark.line + 1
        if len(self._path) > MAX_DEPTH:
            raise _too_deep(line)
        message = f"more than {MAX_NODES:,} values once its aliases are written out"
        raise TextError("yaml-too-large", message, line)

    def _report_duplicate(self, key: str, key_node: Node, node: MappingNode) -> None:
        first = next(k for k, _ in node.value if k.value == key).start_mark.line + 1
        line = key_node.start_mark.line + 1
        error = TextError(
            "yaml-duplicate-key",
            f"`{key}` stands twice; the first is in line {first}",
            line,
            "keep one of the two",
            tuple(self._path),
        )
        self._document.problems.append(error.problem(self._document.file))


def _children(node: Node) -> Iterator[tuple[str | int, Node, Node]]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield str(key.value) if isinstance(key, ScalarNode) else "", key, value
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            yield index, item, item


def _line_at(root: Node, path: Path, of_key: bool) -> int:
    node, line = root, root.start_mark.line + 1
    for part in path:
        for name, key, value in _children(node):
            if name == part:
                node = value
                line = (key if of_key else value).start_mark.line + 1
                break
        else:
            return int(line)
    return int(line)
