"""How a port is watched, as `build.yaml` or the contract's custom property `observe` says."""

from collections.abc import Mapping
from dataclasses import dataclass, field

WARN, REJECT, OFF = "warn", "reject", "off"

# What an audit measures: of a whole port (or of a segment of it), and of each column.
PORT_METRICS = ("rows", "fresh_rows", "bytes", "interval_rows", "data_age", "schema_changes")
COLUMN_METRICS = (
    "nulls",
    "null_share",
    "distinct",
    "distinct_share",
    "mean",
    "deviation",
    "new_values",
    "psi",
    "js",
)


@dataclass(frozen=True, slots=True)
class Monitor:
    """A detector that somebody chose for a metric of a port or of one of its columns.

    `detector` names a `meshwright.detectors` entry point; `options` are its own.
    """

    metric: str
    column: str = ""
    detector: str = "automatic"
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Monitoring:
    """What is watched of a port beyond what is watched of all.

    `time` is the column that says when a row happened, `every` the bucket that its rows are counted by
    (hour, day, week, month). Each value of the columns `by` is a segment with series of its own.
    `sensitivity` maps a metric (or `""` for all) to low, normal, high or off. With `anomalies` reject, an
    anomaly keeps a build from being published.
    """

    time: str = ""
    every: str = "day"
    by: tuple[str, ...] = ()
    sensitivity: Mapping[str, str] = field(default_factory=dict)
    anomalies: str = WARN
    monitors: tuple[Monitor, ...] = ()


UNWATCHED = Monitoring()  # nothing beyond what is watched of all
