"""How a series is watched: by which detectors, how easily it alarms, what people said of its past."""

from collections.abc import Sequence

from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.model.monitoring import OFF, Monitor, Monitoring
from meshwright.model.series import Sensitivity, Watch
from meshwright.observe.watched.history import SeriesName
from meshwright.observe.watched.marks import Mark, spans
from meshwright.spi.detector import Detector

_WORDS: dict[str, Sensitivity] = {"low": "low", "high": "high"}


class Detectors:
    """The detectors of one run, each made when it is first needed."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._made: dict[str, Detector] = {}

    def get(self, monitor: Monitor) -> Detector:
        """Return the detector of a monitor; raise `DescriptorError` for options it does not know."""
        key = f"{monitor.detector} {sorted(monitor.options.items())!r}"
        if key not in self._made:
            self._made[key] = self._wiring.detector(monitor.detector, monitor.options)
        return self._made[key]


def sensitivity_of(monitoring: Monitoring, metric: str) -> str:
    """Return how easily a metric of a port alarms: low, normal, high or off."""
    return monitoring.sensitivity.get(metric) or monitoring.sensitivity.get("") or "normal"


def monitors_of(monitoring: Monitoring, name: SeriesName) -> list[Monitor]:
    """Return the monitors that the port's owner chose for a series."""
    wanted = (name.metric, name.column)
    return [each for each in monitoring.monitors if (each.metric, each.column) == wanted]


def watch_of(
    monitoring: Monitoring, marks: Sequence[Mark], port: Address, name: SeriesName, zone: str
) -> Watch:
    """Return how a series is watched."""
    word = sensitivity_of(monitoring, name.metric)
    return Watch(
        sensitivity="low" if word == OFF else _WORDS.get(word, "normal"),
        zone=zone,
        expected=spans(marks, "expected", port, name.column),
        incidents=spans(marks, "real", port, name.column),
    )
