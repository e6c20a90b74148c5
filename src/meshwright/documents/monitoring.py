"""How ports are watched: read and judge `observe`, of build.yaml and of a contract's custom properties.

Its shape is the schema's matter; here it is held against the columns that the contract promises, and
against the metrics and detectors that there are.
"""

from collections.abc import Iterable, Iterator, Mapping

from meshwright.documents.column_rules import entries
from meshwright.documents.document import Document, Path
from meshwright.documents.references import data_name
from meshwright.documents.schemas import OBSERVE
from meshwright.errors import did_you_mean
from meshwright.model.classification import is_open
from meshwright.model.contract import Contract
from meshwright.model.json_value import Json
from meshwright.model.monitoring import (
    COLUMN_METRICS,
    PORT_METRICS,
    UNWATCHED,
    WARN,
    Monitor,
    Monitoring,
)
from meshwright.model.problem import Problem
from meshwright.spi import plugins

Raw = Mapping[str, Json]
Columns = Mapping[str, Raw]
_MOMENTS = ("date", "timestamp")


def read_monitoring(port: str, kept: Raw, contract: Contract | None) -> Monitoring:
    """Return how a port is watched: what its contract says counts before its entry in build.yaml."""
    raw: dict[str, object] = dict(_mapping(kept.get(OBSERVE)))
    if contract is not None:
        described = contract.object_for(port)
        for custom in (described.custom if described else {}, contract.custom):
            raw |= _mapping(custom.get(OBSERVE))
    if not raw:
        return UNWATCHED
    return Monitoring(
        time=str(raw.get("time") or ""),
        every=str(raw.get("every") or "day"),
        by=_names(raw.get("by")),
        sensitivity=_sensitivity(raw.get("sensitivity")),
        anomalies=str(raw.get("anomalies") or WARN),
        monitors=tuple(_monitor(entry) for entry in _list(raw.get("monitors"))),
    )


def build_monitoring_problems(
    build: Document | None, port: str, kept: Raw, columns: list[dict[str, Json]]
) -> list[Problem]:
    """Judge the `observe` of a port's entry in build.yaml."""
    if build is None or not isinstance(kept.get(OBSERVE), dict):
        return []
    path: Path = ("ports", port, OBSERVE)
    return _problems(build, path, _mapping(kept[OBSERVE]), columns, knows_time=_knows_time(kept))


def contract_monitoring_problems(
    contract: Document,
    owners: Iterable[tuple[Path, Raw]],
    columns: list[dict[str, Json]],
    kept: Raw,
) -> list[Problem]:
    """Judge the custom property `observe` of a contract and of the object that describes the port."""
    found = []
    for base, owner in owners:
        for path, item in entries(owner.get("customProperties"), (*base, "customProperties")):
            value = item.get("value")
            if item.get("property") == OBSERVE and isinstance(value, dict):
                found += _problems(
                    contract, (*path, "value"), value, columns, knows_time=_knows_time(kept)
                )
    return found


def _knows_time(kept: Raw) -> bool:
    """Say whether a port has a column of time anyway: the one that it is appended by."""
    return kept.get("kind") == "append"


def _problems(
    document: Document,
    path: Path,
    raw: Raw,
    listed: list[dict[str, Json]],
    *,
    knows_time: bool,
) -> list[Problem]:
    columns = {data_name(column): column for column in listed}
    found = [
        *_time_problems(raw, columns, knows_time=knows_time),
        *_segment_problems(raw, columns),
        *_sensitivity_problems(raw),
        *_monitor_problems(raw, columns),
    ]
    return [document.problem(code, text, (*path, *at), hint=hint) for code, text, at, hint in found]


Found = Iterator[tuple[str, str, Path, str]]


def _time_problems(raw: Raw, columns: Columns, *, knows_time: bool) -> Found:
    wanted = raw.get("time")
    if not isinstance(wanted, str):
        if "every" in raw and not knows_time:
            hint = "add `time: <date or timestamp column>`"
            yield (
                "observe-time",
                "`every` counts rows by time, but no `time` is given",
                ("every",),
                hint,
            )
        return
    column = columns.get(wanted)
    moments = [name for name, c in columns.items() if c.get("logicalType") in _MOMENTS]
    if column is None:
        yield _unknown_column(wanted, ("time",), moments or columns)
        return
    logical = column.get("logicalType")
    if logical is not None and logical not in _MOMENTS:
        text = f"column `{wanted}` is of type {logical}; time needs a date or a timestamp"
        yield (
            "observe-time",
            text,
            ("time",),
            f"dates and timestamps: {', '.join(moments) or 'none'}",
        )


def _segment_problems(raw: Raw, columns: Columns) -> Found:
    for number, name in enumerate(_names(raw.get("by"))):
        path: Path = ("by", number) if isinstance(raw.get("by"), list) else ("by",)
        if name not in columns:
            yield _unknown_column(name, path, columns)
        elif not _is_open(columns[name]):
            text = f"column `{name}` is classified; its values cannot be the names of segments"
            yield "observe-classified", text, path, "choose a column whose values anybody may see"


def _is_open(column: Mapping[str, Json]) -> bool:
    tags = column.get("tags")
    listed = tuple(map(str, tags)) if isinstance(tags, list) else ()
    return is_open(str(column.get("classification") or ""), listed)


def _sensitivity_problems(raw: Raw) -> Found:
    known = (*PORT_METRICS, *COLUMN_METRICS)
    for metric in _mapping(raw.get("sensitivity")):
        if metric and metric not in known:
            yield _unknown_metric(metric, ("sensitivity", metric), known)


def _monitor_problems(raw: Raw, columns: Columns) -> Found:
    detectors = plugins.names("detectors")
    for number, entry in enumerate(_list(raw.get("monitors"))):
        monitor, path = _mapping(entry), ("monitors", number)
        metric, column = str(monitor.get("metric") or ""), monitor.get("column")
        known = PORT_METRICS if column is None else COLUMN_METRICS
        if metric and metric not in known:
            if metric in COLUMN_METRICS:
                hint = f"add `column: <name>`: {metric} is of a column"
                yield "observe-monitor", f"`{metric}` needs a column", (*path, "metric"), hint
            else:
                yield _unknown_metric(metric, (*path, "metric"), known)
        if isinstance(column, str) and column not in columns:
            yield _unknown_column(column, (*path, "column"), columns)
        detector = monitor.get("detector")
        if isinstance(detector, str) and detector not in detectors:
            text = f"no detector `{detector}` is installed"
            hint = did_you_mean(detector, detectors)
            yield "detector-unknown", text, (*path, "detector"), hint


def _unknown_column(name: str, path: Path, known: Iterable[str]) -> tuple[str, str, Path, str]:
    text = f"the contract has no column `{name}` to watch"
    return "observe-column-unknown", text, path, did_you_mean(name, known)


def _unknown_metric(name: str, path: Path, known: Iterable[str]) -> tuple[str, str, Path, str]:
    return "metric-unknown", f"there is no metric `{name}`", path, did_you_mean(name, known)


def _monitor(entry: object) -> Monitor:
    raw = _mapping(entry)
    return Monitor(
        metric=str(raw.get("metric") or ""),
        column=str(raw.get("column") or ""),
        detector=str(raw.get("detector") or "automatic"),
        options=dict(_mapping(raw.get("options"))),
    )


def _sensitivity(value: object) -> dict[str, str]:
    if isinstance(value, str):
        return {"": value}
    return {metric: str(word) for metric, word in _mapping(value).items()}


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(name) for name in _list(value))


def _mapping(value: object) -> Raw:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
