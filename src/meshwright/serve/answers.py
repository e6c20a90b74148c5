"""What each path answers, from one observation of the mesh."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from meshwright.app.health_shapes import health_shape
from meshwright.model.cost import Cost
from meshwright.model.health import BROKEN, PortHealth
from meshwright.serve import openmetrics


@dataclass(frozen=True, slots=True)
class Observed:
    """The mesh at a moment."""

    now: datetime
    ports: Sequence[PortHealth]
    costs: Sequence[Cost] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    status: int
    content_type: str
    text: str


def metrics(observed: Observed) -> Answer:
    """Return OpenMetrics text."""
    return Answer(200, openmetrics.CONTENT_TYPE, openmetrics.render(observed.ports, observed.costs))


def health(observed: Observed) -> Answer:
    """Return the health of every product; 503 when one is broken, so that a probe needs no JSON."""
    shape = health_shape(observed.ports, observed.now)
    status = 503 if shape["status"] == BROKEN else 200
    return Answer(status, "application/json", json.dumps(shape, ensure_ascii=False))


ROUTES: Mapping[str, Callable[[Observed], Answer]] = {"/metrics": metrics, "/health": health}
