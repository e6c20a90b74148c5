"""A descriptor as it was read: its raw content, where each part stands, and what is wrong with it.

The raw content stays the truth: nothing is filled in or dropped. Only JSON values occur in it, so that a
document can be kept in the cache. Exact lines of keys are found by parsing the text again, which happens
only when a problem is reported.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from meshwright.model.json_value import Json
from meshwright.model.problem import Place, Problem

Path = tuple[str | int, ...]
Locate = Callable[[Path, bool], int]


def key_text(path: Sequence[str | int]) -> str:
    """Return a key path as people write it: `schema[0].properties[2].name`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def containers(raw: Json) -> Iterator[Json]:
    """Yield every mapping and list of a document, outermost first, in document order."""
    stack = [raw]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            yield value
            stack.extend(reversed(value.values()))
        elif isinstance(value, list):
            yield value
            stack.extend(reversed(value))


@dataclass(slots=True)
class Document:
    """One file. `raw` is None where it could not be parsed; `lines` maps `id(container)` to its line."""

    file: str
    kind: str
    raw: Json
    lines: dict[int, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    locate: Locate | None = None

    @property
    def is_broken(self) -> bool:
        """Say whether an error keeps this document from being read into values."""
        return self.raw is None or any(problem.is_error for problem in self.problems)

    def line_of(self, container: Json) -> int:
        """Return the line where a mapping or list of `raw` begins; 0 where it is unknown."""
        return self.lines.get(id(container), 0)

    def line_at(self, path: Path, *, of_key: bool = True) -> int:
        """Return the line of the key (or of the value) at a path, or of the nearest part that exists."""
        return self.locate(path, of_key) if self.locate else 0

    def problem(
        self,
        code: str,
        message: str,
        path: Path = (),
        *,
        hint: str = "",
        severity: str = "error",
        of_key: bool = True,
    ) -> Problem:
        """Return a problem of this document at a key path."""
        place = Place(self.file, self.line_at(path, of_key=of_key))
        return Problem(code, message, place, hint, key_text(path), severity)


def problem_to_json(problem: Problem) -> list[Json]:
    """Return a problem as JSON."""
    place = problem.place
    return [
        problem.code, problem.message, place.file, place.line, problem.hint, problem.key, problem.severity,
    ]  # fmt: skip


def problem_from_json(values: Sequence[Json]) -> Problem:
    """Read a problem from JSON."""
    code, message, file, line, hint, key, severity = values
    place = Place(str(file), line if isinstance(line, int) else 0)
    return Problem(str(code), str(message), place, str(hint), str(key), str(severity))


def document_to_json(document: Document) -> Mapping[str, Json]:
    """Return a document as JSON for the cache."""
    return {
        "kind": document.kind,
        "raw": document.raw,
        "lines": [document.line_of(part) for part in containers(document.raw)],
        "problems": [problem_to_json(problem) for problem in document.problems],
    }


def document_from_json(file: str, value: Mapping[str, Json]) -> Document:
    """Read a document from the cache."""
    raw, lines, problems = value["raw"], value["lines"], value["problems"]
    assert isinstance(lines, list)
    assert isinstance(problems, list)
    by_id = {id(part): line for part, line in zip(containers(raw), lines, strict=True)}
    return Document(
        file, str(value["kind"]), raw, by_id, [problem_from_json(item) for item in problems]
    )
