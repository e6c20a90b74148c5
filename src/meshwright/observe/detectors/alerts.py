"""Which judgements tell somebody: the first of an episode, not each point of it."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from meshwright.model.series import Judgement, aware

QUIET = timedelta(hours=12)


def alerts(judgements: Iterable[Judgement], quiet: timedelta = QUIET) -> Iterator[Judgement]:
    """Yield the anomalous judgements, at most one in any span of `quiet`."""
    last = None
    for judgement in judgements:
        at = aware(judgement.at)
        if judgement.is_anomalous and (last is None or not last <= at <= last + quiet):
            last = at
            yield judgement
