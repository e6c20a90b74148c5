"""Delta Lake as table store: an open log beside the files, for readers that know nothing of Meshwright."""

from meshwright.adapters.delta.store import DeltaTableStore

__all__ = ["DeltaTableStore"]
