"""Find adapters by entry point: listing imports none, loading imports exactly one."""

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from meshwright.errors import PluginError, did_you_mean

GROUPS = (
    "engines",
    "caches",
    "table_stores",
    "state_stores",
    "sources",
    "sql_readers",
    "checkpoint_sinks",
    "notifiers",
    "secret_stores",
    "detectors",
    "lineage_sinks",
)


@cache
def _all() -> Any:
    return entry_points()  # reads a file of every installed package: once is enough


@cache
def _found(group: str) -> dict[str, EntryPoint]:
    return {point.name: point for point in _all().select(group=f"meshwright.{group}")}


def names(group: str) -> list[str]:
    """Return the names of the installed adapters of a group (`engines`, `sources`…)."""
    return sorted(_found(group))


def load(group: str, name: str) -> Any:
    """Import one adapter and return what its entry point names.

    Raises `PluginError`: `adapter-unknown` lists what is installed, `adapter-broken` names the missing
    package and the install line.
    """
    point = _found(group).get(name)
    if point is None:
        what = group.replace("_", " ").removesuffix("s")
        raise PluginError(
            "adapter-unknown",
            f"no {what} `{name}` is installed",
            hint=did_you_mean(name, names(group)),
        )
    try:
        return point.load()
    except ImportError as error:
        missing = error.name or str(error)
        raise PluginError(
            "adapter-broken",
            f"{group.removesuffix('s')} `{name}` needs `{missing}`, which is not installed",
            hint=f"pip install {missing.partition('.')[0]}",
        ) from error
