"""The built-in detectors keep the promises of every detector."""

from collections.abc import Mapping

from meshwright.spi import plugins
from meshwright.spi.detector import DetectorFactory
from meshwright.testing.detector import DetectorConformance


class TestAutomatic(DetectorConformance):
    """No configuration."""

    def factory(self) -> DetectorFactory:
        return plugins.load("detectors", "automatic")  # type: ignore[no-any-return]


class TestThreshold(DetectorConformance):
    """Limits."""

    def factory(self) -> DetectorFactory:
        return plugins.load("detectors", "threshold")  # type: ignore[no-any-return]

    def options(self) -> Mapping[str, object]:
        return {"minimum": 500, "maximum": 5000}


class TestChange(DetectorConformance):
    """Limits on change."""

    def factory(self) -> DetectorFactory:
        return plugins.load("detectors", "change")  # type: ignore[no-any-return]

    def options(self) -> Mapping[str, object]:
        return {"most_percent": 50, "against": "same weekday"}
