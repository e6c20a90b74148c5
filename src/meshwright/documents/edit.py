"""Change one value in the text of a descriptor, touching only the lines that must change.

Comments, quoting, order, line ends and a missing last line end stay. What an edit gives is read again
before it is returned: it says exactly the edited document, or the nearest enclosing value is rewritten as
a whole instead. An edit that changes nothing returns the very same text.
"""

import copy
from collections.abc import Callable

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from meshwright.documents import emit
from meshwright.documents.document import Path, key_text
from meshwright.documents.yaml_errors import TextError
from meshwright.documents.yaml_text import compose, parse
from meshwright.errors import DescriptorError, InternalError, UsageError
from meshwright.model.json_value import Json

_BOM = "\ufeff"


def set_value(text: str, path: Path, value: Json) -> str:
    """Give the value at a key path; a key that is not there yet is added to its mapping."""

    def change(raw: Json) -> Json:
        return _changed(raw, path, value)

    return _edited(text, path, change, lambda tree: tree.set(path, value))


def insert_item(text: str, path: Path, value: Json, index: int | None = None) -> str:
    """Insert a value into the list at a key path: before `index`, or at its end."""

    def change(raw: Json) -> Json:
        items = _at(raw, path)
        if not isinstance(items, list):
            raise UsageError("edit-path", f"`{key_text(path)}` is not a list")
        at = len(items) if index is None else index
        return _changed(raw, path, [*items[:at], value, *items[at:]])

    return _edited(text, path, change, lambda tree: tree.insert(path, value, index))


def remove_value(text: str, path: Path) -> str:
    """Remove the key or list item at a key path; nothing happens where it is not there."""

    def change(raw: Json) -> Json:
        parent = _at(raw, path[:-1])
        if isinstance(parent, dict):
            rest: Json = {k: v for k, v in parent.items() if k != path[-1]}
        elif isinstance(parent, list):
            rest = [v for i, v in enumerate(parent) if i != path[-1]]
        else:
            raise UsageError("edit-path", f"`{key_text(path[:-1])}` is not there")
        return _changed(raw, path[:-1], rest)

    return _edited(text, path, change, lambda tree: tree.remove(path))


def _edited(
    text: str, path: Path, change: Callable[[Json], Json], edit: Callable[["_Tree"], str]
) -> str:
    mark, body = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    before = _read(body)
    if before is None and not body.strip():
        raise UsageError("edit-path", "an empty text cannot be edited")
    wanted = change(before)
    if _same(wanted, before):
        return text
    try:
        after = edit(_Tree(body))
    except _NeedsRewriteError:
        after = body
    keep = path
    while not _same(_try_read(after), wanted):
        if not keep:
            raise InternalError("edit-failed", f"the edit of `{key_text(path)}` went wrong")
        keep = keep[:-1]
        try:
            after = _Tree(body).set(keep, _at(wanted, keep))
        except _NeedsRewriteError:
            continue
    return mark + after


class _NeedsRewriteError(Exception):
    """The text is laid out in a way that this edit does not handle: rewrite the value around it."""


class _Tree:
    """One text and where its parts stand."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._root = compose(text)
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def set(self, path: Path, value: Json) -> str:
        """Return the text with another value at a path."""
        if not path:
            lines = self._newline.join(emit.block(value))
            return lines + (self._newline if self._text.endswith("\n") else "")
        parent = self._node(path[:-1])
        child = self._child(parent, path[-1])
        if child is None:
            return self._add(parent, path[-1], value)
        start, end = child.start_mark.index, self._end(child)
        if isinstance(child, ScalarNode) and not isinstance(value, dict | list):
            style = child.style if isinstance(value, str) and child.style in ("'", '"') else None
            return self._replaced(start, end, emit.scalar(value, style))
        if self._is_flow(parent) or emit.is_inline(value):
            inline = emit.flow(value)
            if isinstance(parent, MappingNode) and not self._is_flow(parent):
                start = self._after_colon(parent, child)
                return self._joined(start, end, " " + inline)
            return self._replaced(start, end, inline)
        if isinstance(parent, MappingNode):
            start = self._after_colon(parent, child)
            indent = " " * (self._column(parent) + 2)
            lines = "".join(f"{self._newline}{indent}{line}" for line in emit.block(value))
            return self._joined(start, end, lines)
        indent = " " * (self._column(parent) + 2)
        return self._replaced(start, end, f"{self._newline}{indent}".join(emit.block(value)))

    def insert(self, path: Path, value: Json, index: int | None) -> str:
        """Return the text with one more item in the list at a path."""
        node = self._node(path)
        items = node.value
        at = len(items) if index is None else max(0, min(index, len(items)))
        if not isinstance(node, SequenceNode) or not items:
            raise _NeedsRewriteError
        if self._is_flow(node):
            if at == 0:
                first = items[0].start_mark.index
                return self._replaced(first, first, emit.flow(value) + ", ")
            before = self._end(items[at - 1])
            return self._replaced(before, before, ", " + emit.flow(value))
        indent = " " * self._column(node)
        lines = [indent + line for line in emit.block([value])]
        if emit.is_inline([value]):
            lines = [f"{indent}- {emit.flow(value)}"]
        if at == 0:
            begin = self._line_start(node.start_mark.index)
            if self._text[begin : node.start_mark.index].strip():
                raise _NeedsRewriteError
            return self._replaced(begin, begin, "".join(line + self._newline for line in lines))
        return self._after_line(self._end(items[at - 1]), lines)

    def remove(self, path: Path) -> str:
        """Return the text without what is at a path."""
        parent = self._node(path[:-1])
        nodes = self._entries(parent)
        position = next(i for i, (name, _, _) in enumerate(nodes) if name == path[-1])
        if len(nodes) == 1:
            raise _NeedsRewriteError
        _, key, value = nodes[position]
        start, end = key.start_mark.index, self._end(value)
        if self._is_flow(parent):
            if position + 1 < len(nodes):
                return self._replaced(start, nodes[position + 1][1].start_mark.index, "")
            return self._replaced(self._end(nodes[position - 1][2]), end, "")
        begin = self._line_start(start)
        before = self._text[begin:start]
        if before.strip(" ") not in ("", "-") or (
            before.strip(" ") and isinstance(parent, MappingNode)
        ):
            following = nodes[position + 1 : position + 2]
            if not following:
                raise _NeedsRewriteError
            return self._replaced(start, following[0][1].start_mark.index, "")
        stop = self._line_end(end)
        if stop < len(self._text):
            return self._text[:begin] + self._text[self._next_line(stop) :]
        return self._text[: self._end_of_line_before(begin)] + self._text[stop:]

    def _add(self, parent: Node, key: str | int, value: Json) -> str:
        if not isinstance(parent, MappingNode) or not isinstance(key, str):
            raise UsageError("edit-path", f"there is no `{key}` to set")
        if not parent.value:
            raise _NeedsRewriteError
        last = parent.value[-1][1]
        if self._is_flow(parent):
            added = f", {emit.scalar(key)}: {emit.flow(value)}"
            return self._replaced(self._end(last), self._end(last), added)
        indent = " " * self._column(parent)
        return self._after_line(self._end(last), [indent + line for line in emit.entry(key, value)])

    def _after_line(self, position: int, lines: list[str]) -> str:
        stop = self._line_end(position)
        added = "".join(self._newline + line for line in lines)
        return self._text[:stop] + added + self._text[stop:]

    def _replaced(self, start: int, end: int, text: str) -> str:
        return self._text[:start] + text + self._text[end:]

    def _joined(self, start: int, end: int, text: str) -> str:
        """Replace what follows a key's colon; a comment after a short old value stays in its line."""
        if self._newline in text:
            old = self._text[start:end]
            stop = self._line_end(end)
            if "\n" not in old:
                return self._text[:start] + self._text[end:stop] + text + self._text[stop:]
        elif self._text[start:end] == "" and self._text[end : end + 1] not in ("", " ", "\r", "\n"):
            text += " "
        return self._replaced(start, end, text)

    def _after_colon(self, parent: MappingNode, child: Node) -> int:
        key = next(k for k, v in parent.value if v is child)
        colon = self._text.find(":", key.end_mark.index)
        if colon < 0 or self._text[key.end_mark.index : colon].strip(" "):
            raise _NeedsRewriteError
        return colon + 1

    def _node(self, path: Path) -> Node:
        node: Node | None = self._root
        for part in path:
            node = self._child(node, part) if node is not None else None
        if node is None:
            raise UsageError("edit-path", f"`{key_text(path)}` is not there")
        return node

    def _entries(self, node: Node) -> list[tuple[str | int, Node, Node]]:
        if isinstance(node, MappingNode):
            return [(str(key.value), key, value) for key, value in node.value]
        if isinstance(node, SequenceNode):
            return [(i, item, item) for i, item in enumerate(node.value)]
        return []

    def _child(self, node: Node, part: str | int) -> Node | None:
        return next((value for name, _, value in self._entries(node) if name == part), None)

    def _is_flow(self, node: Node) -> bool:
        return bool(getattr(node, "flow_style", False))

    def _column(self, node: Node) -> int:
        first = node.value[0][0] if isinstance(node, MappingNode) and node.value else node
        return int(first.start_mark.column)

    def _end(self, node: Node) -> int:
        """Return where a node's own text ends: blank lines and comments after it don't count."""
        if isinstance(node, ScalarNode) or self._is_flow(node) or not node.value:
            end = int(node.end_mark.index)
            if isinstance(node, ScalarNode) and node.style in ("|", ">"):
                end = len(self._text[:end].rstrip("\r\n "))
                return max(end, self._line_end(int(node.start_mark.index)))
            return end
        last = node.value[-1]
        return self._end(last[1] if isinstance(last, tuple) else last)

    def _line_start(self, position: int) -> int:
        return self._text.rfind("\n", 0, position) + 1

    def _line_end(self, position: int) -> int:
        end = self._text.find("\n", position)
        if end < 0:
            return len(self._text)
        return end - 1 if end > position and self._text[end - 1] == "\r" else end

    def _next_line(self, position: int) -> int:
        end = self._text.find("\n", position)
        return len(self._text) if end < 0 else end + 1

    def _end_of_line_before(self, position: int) -> int:
        end = max(0, position - 1)
        return end - 1 if end and self._text[end - 1] == "\r" else end


def _read(text: str) -> Json:
    document = parse("", text.encode())
    for problem in document.problems:
        raise DescriptorError(
            problem.code, problem.message, hint=problem.hint, place=f"line {problem.place.line}"
        )
    return document.raw


def _try_read(text: str) -> Json:
    try:
        return _read(text)
    except (DescriptorError, TextError):
        return None


def _same(one: Json, other: Json) -> bool:
    """Say whether two documents are equal, in their types and the order of their keys too."""
    return repr(one) == repr(other)


def _at(raw: Json, path: Path) -> Json:
    for part in path:
        if isinstance(raw, dict) and part in raw:
            raw = raw[str(part)]
        elif isinstance(raw, list) and isinstance(part, int) and part < len(raw):
            raw = raw[part]
        else:
            raise UsageError("edit-path", f"`{key_text(path)}` is not there")
    return raw


def _changed(raw: Json, path: Path, value: Json) -> Json:
    if not path:
        return value
    result = copy.deepcopy(raw)
    parent = _at(result, path[:-1])
    if isinstance(parent, dict):
        parent[str(path[-1])] = value
    elif isinstance(parent, list) and isinstance(path[-1], int) and path[-1] < len(parent):
        parent[path[-1]] = value
    else:
        raise UsageError("edit-path", f"`{key_text(path)}` is not there")
    return result
