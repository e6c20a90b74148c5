"""Where events of builds go, in the words of OpenLineage: a file, a server, a topic."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from meshwright.model.json_value import Json


class LineageSink(Protocol):
    """Delivers events to one place, in the order in which they are given. Used from one thread."""

    def send(self, event: Mapping[str, Json]) -> None:
        """Deliver one OpenLineage event; it has arrived when this returns.

        Raises `UnreachableError` when it did not arrive and may be sent again, `RefusedError`
        (`event-refused`) when the receiver answered that it will never take this one. Nothing of the sink's
        secrets stands in an error.
        """

    def close(self) -> None:
        """Let go of connections. Called once, after the last event."""


class LineageSinkFactory(Protocol):
    """What a `meshwright.lineage_sinks` entry point names; its name is the `transport` of mesh.yaml."""

    def __call__(self, options: Mapping[str, Json], root: Path) -> LineageSink:
        """Make a sink from its options, secrets filled in; relative paths start at the mesh's `root`.

        Raises `DescriptorError` (`sink-invalid`) for options that it cannot use, without quoting them.
        Nothing is opened before the first event.
        """
