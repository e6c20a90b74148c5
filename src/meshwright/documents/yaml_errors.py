"""Turn what a YAML parser or a decoder says into one clear problem with a stable code."""

import re

import yaml

from meshwright.documents.document import Path, key_text
from meshwright.model.problem import Place, Problem

MAX_BYTES = 20_000_000


class TextError(Exception):
    """A text that cannot be read at all: code, message, line and hint of its one problem."""

    def __init__(
        self, code: str, message: str, line: int = 0, hint: str = "", path: Path = ()
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line
        self.hint = hint
        self.path = path

    def problem(self, file: str) -> Problem:
        """Return this as a problem of a file."""
        place = Place(file, self.line)
        return Problem(self.code, self.message, place, self.hint, key_text(self.path))


def decode(data: bytes) -> str:
    """Return the text of a file; raise `TextError` when it is not UTF-8, or too large."""
    if len(data) > MAX_BYTES:
        size = len(data) // 1_000_000
        raise TextError(
            "file-too-large",
            f"the file has {size} MB; a descriptor has at most {MAX_BYTES // 1_000_000} MB",
        )
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise TextError("file-encoding", "the file is UTF-16, not UTF-8", 1, "save it as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        raise TextError("file-encoding", message, line, "save the file as UTF-8") from None


_KNOWN = (
    (
        re.compile(r"found character '\\t'|found a tab character"),
        "yaml-tab",
        "a tab stands where YAML wants spaces",
        "indent with spaces",
    ),
    (
        re.compile(r"found undefined alias"),
        "yaml-alias",
        "an alias (`*name`) stands for an anchor (`&name`) that is not there",
        "define the anchor first, or put quotes around text that begins with `*`",
    ),
    (
        re.compile(r"found duplicate anchor"),
        "yaml-alias",
        "an anchor (`&name`) is defined twice",
        "give each anchor its own name",
    ),
    (
        re.compile(r"but found another document"),
        "yaml-documents",
        "the file holds several documents (`---`)",
        "keep one document in each file",
    ),
    (
        re.compile(r"mapping values are not allowed"),
        "yaml-syntax",
        "`: ` stands where no mapping can begin",
        "put quotes around a value that contains `: `, and check the indentation",
    ),
    (
        re.compile(r"could not find expected ':'"),
        "yaml-syntax",
        "a key has no `:` after it",
        "write `key: value`, and check the indentation",
    ),
    (
        re.compile(
            r"did not find expected ('-' indicator|key)|block sequence entries are not allowed"
        ),
        "yaml-syntax",
        "the indentation does not fit the lines above",
        "align this line with its siblings",
    ),
    (
        re.compile(r"found unexpected end of stream|did not find expected ',' or"),
        "yaml-syntax",
        "a quote or bracket that was opened is not closed",
        "close it, or check the line named",
    ),
    (
        re.compile(r"cannot start any token"),
        "yaml-syntax",
        "a value cannot begin with this character",
        "put quotes around a value that begins with one of @ ` % ",
    ),
)


def syntax_error(error: yaml.YAMLError, text: str) -> TextError:
    """Return what is wrong with a text that does not parse."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark is not None else 0
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    if isinstance(error, yaml.reader.ReaderError) or "control characters" in said:
        line = line or _line_of_control(text)
        hint = "remove it, or write it as an escape in double quotes"
        return TextError("yaml-character", "the file has a character that YAML forbids", line, hint)
    if mark is not None and "cannot start any token" in said and _has_tab(text, mark.line):
        said = "found a tab character"
    for pattern, code, message, hint in _KNOWN:
        if pattern.search(said):
            opened = getattr(error, "context_mark", None)
            if "not closed" in message and opened is not None:
                line = opened.line + 1
            return TextError(code, message, min(line, text.count("\n") + 1), hint.strip())
    return TextError("yaml-syntax", f"not valid YAML: {' '.join(said.split())}", line)


def _has_tab(text: str, line: int) -> bool:
    lines = text.split("\n")
    return line < len(lines) and "\t" in lines[line]


def _line_of_control(text: str) -> int:
    found = re.search(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    return text.count("\n", 0, found.start()) + 1 if found else 0
