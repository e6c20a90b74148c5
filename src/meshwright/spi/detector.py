"""A detector says whether a point of a metric series is what was to be expected."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from meshwright.model.series import Judgement, Series, Watch


class Detector(Protocol):
    """Judges series. Pure: no I/O, no clock, no memory between calls; safe in several threads.

    Points come in the order in which they were recorded; a detector copes with gaps, with times that
    repeat or jump back, with None, NaN and infinities, and raises for none of them.
    """

    def judge(self, series: Series, watch: Watch) -> Judgement | None:
        """Judge the newest point by those before it; None for an empty series.

        The judged point is never among those that it is judged by. Where `watch.now` is given and the
        next point is overdue, a detector that knows arrivals judges its absence instead.
        """

    def replay(self, series: Series, watch: Watch) -> Sequence[Judgement]:
        """Judge each point as it would have been judged when it came, oldest first.

        One judgement a point, equal to what `judge` says of the series up to it (without `now`) as long
        as it is no longer than `judge` looks back, and hardly another after that; before a point that
        came too late may stand one more, of kind `missing` or `late`.
        """


class DetectorFactory(Protocol):
    """What a `meshwright.detectors` entry point names."""

    def __call__(self, options: Mapping[str, object]) -> Detector:
        """Make a detector; raise `DescriptorError` for options that it does not know."""
