"""Send events by a transport of `openlineage-python`, under the client's own names for its options."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from meshwright.errors import DescriptorError, PluginError, RefusedError, UnreachableError
from meshwright.model.json_value import Json

try:
    from openlineage.client.event_v2 import (
        InputDataset,
        Job,
        OutputDataset,
        Run,
        RunEvent,
        RunState,
    )
    from openlineage.client.transport import get_default_factory
except ImportError as error:
    raise PluginError(
        "openlineage-missing",
        "mesh.yaml names a transport of the OpenLineage client, which is not installed",
        hint="pip install 'meshwright[openlineage]'; `file`, `http` and `console` need no client",
    ) from error

CLOSING_SECONDS = 3.0
REFUSING = (400, 413, 422)  # the receiver will never take this event
_HINT = "`options` of the sink are those of the client's transport `{kind}`"


class ClientSink:
    """`type` is the transport's name; the other options are the client's."""

    def __init__(self, options: Mapping[str, Json], root: Path) -> None:
        del root
        self._kind = str(options.get("type") or "")
        logging.getLogger("openlineage").addHandler(logging.NullHandler())  # a warning says it
        try:
            if not self._kind:
                raise ValueError  # without a type, the client would print events
            self._transport: Any = get_default_factory().create(dict(options))  # type: ignore[arg-type]
        except Exception as error:
            raise DescriptorError(
                "sink-invalid",
                f"the OpenLineage client cannot use these options: {type(error).__name__}",
                hint=_HINT.format(kind=self._kind),
            ) from None

    def send(self, event: Mapping[str, Json]) -> None:
        """Hand an event to the transport."""
        try:
            self._transport.emit(_event(event))
        except Exception as error:
            status = getattr(getattr(error, "response", None), "status_code", None)
            if status in REFUSING:
                raise RefusedError(
                    "event-refused",
                    f"the receiver of transport `{self._kind}` answered {status}",
                    hint=_HINT.format(kind=self._kind),
                ) from None
            raise UnreachableError(
                "sink-unreachable",
                f"transport `{self._kind}` did not take an event: {type(error).__name__}",
                hint=_HINT.format(kind=self._kind),
            ) from None

    def close(self) -> None:
        """Wait a few seconds for what the transport still holds, and let it go."""
        self._transport.close(CLOSING_SECONDS)


def _event(said: Mapping[str, Any]) -> RunEvent:
    """Return an event as the client's own class: some transports make a message's key of its parts."""
    run, job = said["run"], said["job"]
    return RunEvent(
        eventTime=said["eventTime"],
        producer=said["producer"],
        run=Run(runId=run["runId"], facets=run["facets"]),
        job=Job(namespace=job["namespace"], name=job["name"], facets=job["facets"]),
        eventType=RunState(said["eventType"]),
        inputs=[InputDataset(**one) for one in said["inputs"]],
        outputs=[OutputDataset(**one) for one in said["outputs"]],
    )
