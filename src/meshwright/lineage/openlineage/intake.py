"""Read what other tools tell: RunEvents, DatasetEvents and JobEvents as facts of this mesh.

Tolerant of every facet that is not known, strict in what names things: an event that names no job or data
set, or no time, is refused. What must stay true: no value of the data is taken (no statistic, no query text).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from meshwright.errors import UsageError
from meshwright.lineage.openlineage.facets import PRODUCER
from meshwright.lineage.openlineage.names import Named, Names
from meshwright.lineage.reading import EVERY
from meshwright.model.facts import ExternalRunSeen
from meshwright.model.json_value import Json
from meshwright.model.lineage import (
    AGGREGATION,
    CONDITIONAL,
    DIRECT,
    FILTER,
    GROUP_BY,
    IDENTITY,
    INDIRECT,
    JOIN,
    SORT,
    TRANSFORMATION,
    WINDOW,
)

STATES = ("START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER")
MOST_TEXT = 2_000  # characters of a name
_UNWRITABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]"
)  # no name has them, no store keeps them all
MASKED, REVEALS = "m", "r"
_DIRECT = {IDENTITY, TRANSFORMATION, AGGREGATION}
_INDIRECT = {FILTER, JOIN, GROUP_BY, SORT, WINDOW, CONDITIONAL}
_SILENT = {JOIN, GROUP_BY, SORT, WINDOW}  # who sees the output learns no value of these inputs
_HINT = (
    "an OpenLineage event, for example {eventType, eventTime, run, job, inputs, outputs, producer}"
)
Raw = Mapping[str, Json]
Edge = tuple[str, str, str, str, str, str, str]


@dataclass(slots=True)
class _Set:
    """A data set of an event: its name here, its columns, the facet of its column lineage."""

    name: str
    columns: list[str]
    lineage: Raw


def is_own(event: Raw, names: Names) -> bool:
    """Say whether an event tells of a build of this mesh, which the ledger knows better."""
    return event.get("producer") == PRODUCER and names.is_own(
        str(_mapping(event.get("job")).get("namespace") or "")
    )


def read_event(event: Json, names: Names) -> ExternalRunSeen:
    """Return the fact of an event; raise `UsageError` (`event-invalid`) for what is none."""
    if not isinstance(event, Mapping):
        raise _invalid("it is no JSON object")
    at = _moment(event.get("eventTime"))
    producer = _text(event.get("producer"), "producer") if event.get("producer") else ""
    inputs = _sets(event.get("inputs"), "inputs", names)
    outputs = _sets(event.get("outputs"), "outputs", names)
    if "job" in event:
        job = str(_named(event.get("job"), "job"))
        run, state = "", ""
        if "run" in event:
            run = _text(_mapping(event.get("run")).get("runId"), "run.runId")
            state = str(event.get("eventType") or "OTHER")
            if state not in STATES:
                raise _invalid(f"its `eventType` is none of {', '.join(STATES)}")
    elif "dataset" in event:
        outputs = _sets([event.get("dataset")], "dataset", names)
        job, run, state = outputs[0].name, "", ""
    else:
        raise _invalid("it has neither a `job` nor a `dataset`")
    edges = sorted({edge for one in outputs for edge in _edges(one, names)})
    columns = {one.name: one.columns for one in (*inputs, *outputs) if one.columns}
    said = [[one.name for one in sets] for sets in (inputs, outputs)]
    return ExternalRunSeen(
        job, run, state, at, said[0], said[1], edges, columns, producer,
        digest_of(said, edges, columns),
    )  # fmt: skip


def digest_of(*said: object) -> str:
    """Return a digest of what a run read and wrote: the same for the same, however often it is told."""
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]


def _sets(value: Json | None, where: str, names: Names) -> list[_Set]:
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise _invalid(f"its `{where}` is no list")
    return [_set(one, where, names) for one in value]


def _set(value: Json, where: str, names: Names) -> _Set:
    raw = _mapping(value)
    facets = _mapping(raw.get("facets"))
    symlinks = map(_mapping, _list(_mapping(facets.get("symlinks")).get("identifiers")))
    others = [
        Named(str(one["namespace"]), str(one["name"]))
        for one in symlinks
        if _is_name(one.get("namespace")) and _is_name(one.get("name"))
    ]
    name = names.inside(_named(raw, where), *others)
    fields = _list(_mapping(facets.get("schema")).get("fields"))
    columns = [str(one["name"]) for one in map(_mapping, fields) if _is_name(one.get("name"))]
    return _Set(name, columns, _mapping(facets.get("columnLineage")))


def _edges(one: _Set, names: Names) -> Iterator[Edge]:
    """Yield the column edges of a data set: of each field, and of the data set as a whole."""
    for column, field in _mapping(one.lineage.get("fields")).items():
        said = _mapping(field)
        for source in map(_mapping, _list(said.get("inputFields"))):
            steps = list(_steps(source, str(said.get("transformationType") or "")))
            yield from _of(one.name, column, source, steps, names)
    for source in map(_mapping, _list(one.lineage.get("dataset"))):
        steps = list(_steps(source, "")) if source.get("transformations") else [(INDIRECT, "", "")]
        yield from _of(one.name, EVERY, source, steps, names)


def _of(
    output: str, column: str, source: Raw, steps: Iterable[tuple[str, str, str]], names: Names
) -> Iterator[Edge]:
    field = source.get("field")
    is_named = source.get("namespace") and source.get("name")
    if not (is_named and _is_name(column) and _is_name(field)):
        return  # names nothing
    dataset = names.inside(_named(source, "columnLineage"))
    for kind, how, masked in steps:
        marks = masked + ("" if kind == INDIRECT and how in _SILENT else REVEALS)
        yield output, column, dataset, str(field), kind, how, marks


def _steps(source: Raw, old: str) -> Iterator[tuple[str, str, str]]:
    """Yield (kind, how, mark) of what is done to an input; older events say one word of the whole field."""
    steps = [_mapping(step) for step in _list(source.get("transformations"))]
    if not steps:
        how = IDENTITY if old.upper() == IDENTITY else TRANSFORMATION if old else ""
        yield DIRECT, how, MASKED if old.upper() == "MASKED" else ""
    for step in steps:
        how = str(step.get("subtype") or "").upper()
        is_indirect = str(step.get("type") or "").upper() == INDIRECT
        kind, known = (INDIRECT, _INDIRECT) if is_indirect else (DIRECT, _DIRECT)
        yield kind, how if how in known else "", MASKED if step.get("masking") is True else ""


def _named(value: Json | None, where: str) -> Named:
    raw = _mapping(value)
    return Named(
        _text(raw.get("namespace"), f"{where}.namespace"), _text(raw.get("name"), f"{where}.name")
    )


def _text(value: Json | None, where: str) -> str:
    if not _is_name(value):
        raise _invalid(f"its `{where}` is missing or no text of at most {MOST_TEXT} characters")
    return str(value)


def _is_name(value: Json | None) -> bool:
    return (
        isinstance(value, str)
        and 0 < len(value) <= MOST_TEXT
        and bool(value.strip())
        and _UNWRITABLE.search(value) is None
    )


def _moment(value: Json | None) -> str:
    """Return a time in UTC and one form, so that texts compare as times do."""
    try:
        moment = datetime.fromisoformat(str(value or ""))
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat(timespec="microseconds")
    except (ValueError, OverflowError):
        raise _invalid("its `eventTime` is missing or no ISO 8601 time") from None


def _invalid(why: str) -> UsageError:
    return UsageError("event-invalid", f"this is no OpenLineage event: {why}", hint=_HINT)


def _mapping(value: Json | None) -> Raw:
    return value if isinstance(value, Mapping) else {}


def _list(value: Json | None) -> list[Json]:
    return list(value) if isinstance(value, list | tuple) else []
