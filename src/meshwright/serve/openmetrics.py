"""Health and cost as OpenMetrics 1.0 text: for a scrape at `/metrics`, or as a file for a collector.

Labels hold addresses and names, never a value of the data.
"""

import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from meshwright.model.cost import Cost
from meshwright.model.health import STATUSES, PortHealth

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
Labels = dict[str, str]
Sample = tuple[Labels, float | None]


def render(ports: Sequence[PortHealth], costs: Sequence[Cost] = ()) -> str:
    """Return the text; a number that is not known is left out."""
    families = [*_of_ports(ports), *_of_levels(ports), *_of_costs(costs)]
    return "".join(families) + "# EOF\n"


def write_file(path: Path, text: str) -> None:
    """Write a file in one step, so that a collector never reads half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _of_ports(ports: Sequence[PortHealth]) -> Iterable[str]:
    def each(value: str) -> list[Sample]:
        return [(_labels(port), getattr(port, value)) for port in ports]

    yield _family(
        "mesh_port_health",
        "stateset",
        "How a port keeps its promises.",
        [
            ({**_labels(port), "mesh_port_health": status}, float(port.status == status))
            for port in ports
            for status in STATUSES
        ],
    )
    yield _family("mesh_port_version", "gauge", "The version that readers see.", each("version"))
    yield _family(
        "mesh_port_published_timestamp_seconds", "gauge", "When it was published.",
        each("published"), "seconds",
    )  # fmt: skip
    yield _family(
        "mesh_port_due_timestamp_seconds", "gauge", "When the next version is overdue.",
        each("due"), "seconds",
    )  # fmt: skip
    yield _family(
        "mesh_port_rows", "gauge", "Rows when last audited.",
        [(_labels(port), port.trend[-1] if port.trend else None) for port in ports],
    )  # fmt: skip
    yield _family(
        "mesh_port_compliance_ratio", "gauge", "Share of good minutes.", each("compliance"), "ratio"
    )
    yield _family(
        "mesh_port_target_ratio", "gauge", "Share of minutes to be good.", each("target"), "ratio"
    )
    yield _family(
        "mesh_port_budget_left_ratio", "gauge", "Error budget left; below 0 when overspent.",
        each("budget_left"), "ratio",
    )  # fmt: skip
    yield _family(
        "mesh_port_burn_rate", "gauge", "How fast an alarming budget burns; 0 when none does.",
        [(_labels(port), port.burning.rate if port.burning else 0.0) for port in ports],
    )  # fmt: skip
    yield _family(
        "mesh_port_open_incidents",
        "gauge",
        "Open incidents.",
        [(_labels(port), port.downtime.open) for port in ports],
    )
    yield _family(
        "mesh_port_downtime_seconds", "gauge", "Incidents x (time to detect + to resolve).",
        [(_labels(port), port.downtime.seconds) for port in ports], "seconds",
    )  # fmt: skip


def _of_levels(ports: Sequence[PortHealth]) -> Iterable[str]:
    yield _family(
        "mesh_port_service_level_met", "gauge", "1 where a service level is kept now, 0 where not.",
        [
            ({**_labels(port), "level": level.name, "promised": level.promised},
             None if level.is_met is None else float(level.is_met))
            for port in ports
            for level in port.levels
        ],
    )  # fmt: skip


def _of_costs(costs: Sequence[Cost]) -> Iterable[str]:
    def each(value: str) -> list[Sample]:
        return [({"product": cost.name}, getattr(cost, value)) for cost in costs]

    yield _family("mesh_builds", "counter", "Builds that began.", each("builds"))
    yield _family(
        "mesh_builds_unpublished", "counter", "Builds rejected or failed.", each("unpublished")
    )
    yield _family(
        "mesh_build_seconds", "counter", "Time that builds took.", each("seconds"), "seconds"
    )
    yield _family(
        "mesh_read_bytes", "counter", "Size of the builds' inputs.", each("read_bytes"), "bytes"
    )
    yield _family(
        "mesh_stored_bytes", "gauge", "Size of all kept versions.", each("stored_bytes"), "bytes"
    )


def _family(name: str, kind: str, text: str, samples: Sequence[Sample], unit: str = "") -> str:
    """Return one metric family; its samples are unique by their labels, or the text would be invalid."""
    lines = [f"# TYPE {name} {kind}"]
    if unit:
        lines.append(f"# UNIT {name} {unit}")
    lines.append(f"# HELP {name} {_escaped(text)}")
    suffix = "_total" if kind == "counter" else ""
    unique = {tuple(labels.items()): value for labels, value in samples if value is not None}
    for labels, value in unique.items():
        shown = ",".join(f'{key}="{_escaped(said)}"' for key, said in labels)
        lines.append(f"{name}{suffix}{{{shown}}} {_number(value)}")
    return "\n".join(lines) + "\n"


def _labels(port: PortHealth) -> Labels:
    address = port.address
    return {"domain": address.domain, "product": address.product, "port": address.port}


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
