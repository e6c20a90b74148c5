"""The transports of the official client (kafka, composite, …): the extra `openlineage`."""

from meshwright.adapters.openlineage.sink import ClientSink

__all__ = ["ClientSink"]
