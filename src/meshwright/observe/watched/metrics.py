"""What metrics are: the word for each, its unit, and how much a surprise in it is worth.

A build has about a hundred series. Those that say by themselves that something is wrong (rows, NULLs, age)
may raise an alarm alone; those that say that values are distributed differently need to be far off, or
several columns that agree.
"""

from meshwright.model.series import Unit

PRIMARY, SHARE, SHAPE = 1.0, 1.5, 3.0  # the score that a series needs to raise an alarm alone
_SEGMENT = 1.5  # there are many segments: each needs that much more
_NEEDED = {
    "rows": PRIMARY,
    "fresh_rows": PRIMARY,
    "interval_rows": PRIMARY,
    "data_age": PRIMARY,
    "null_share": SHARE,
    "distinct": SHAPE,
    "mean": SHAPE,
    "deviation": SHAPE,
    "new_values": SHAPE,
    "psi": SHAPE,
    "js": SHAPE,
}
WATCHED = tuple(_NEEDED)
_ONE_SIDED = frozenset(("psi", "js", "new_values", "data_age"))
_UNITS: dict[str, Unit] = {
    "null_share": "share",
    "distinct_share": "share",
    "new_values": "share",
    "js": "share",
    "data_age": "seconds",
    "mean": "number",
    "deviation": "distance",
    "psi": "distance",
}
_WORDS = {
    "rows": "rows",
    "fresh_rows": "new rows",
    "interval_rows": "rows by time",
    "bytes": "bytes",
    "data_age": "age of the newest row",
    "schema_changes": "changed columns",
    "nulls": "nulls",
    "null_share": "null rate",
    "distinct": "distinct values",
    "distinct_share": "share of distinct values",
    "mean": "mean",
    "deviation": "standard deviation",
    "new_values": "share of new values",
    "psi": "PSI",
    "js": "JS distance",
}


def is_watched(metric: str) -> bool:
    """Say whether a metric is watched though nobody asked for it."""
    return metric in _NEEDED


def needed(metric: str, segment: str) -> float:
    """Return the score from which an anomaly of a series raises an alarm alone."""
    return _NEEDED.get(metric, PRIMARY) * (_SEGMENT if segment else 1.0)


def is_shape(metric: str) -> bool:
    """Say whether a metric tells how values are distributed."""
    return _NEEDED.get(metric) == SHAPE


def is_one_sided(metric: str) -> bool:
    """Say whether only too much of a metric is bad: a distance, an age."""
    return metric in _ONE_SIDED


def unit_of(metric: str) -> Unit:
    """Return what values of a metric can be."""
    return _UNITS.get(metric, "count")


def word_of(metric: str, column: str = "", segment: str = "") -> str:
    """Return a series in words: `null rate of dep_time (origin=JFK)`."""
    word = _WORDS.get(metric, metric) + (f" of {column}" if column else "")
    return f"{word} ({segment})" if segment else word
