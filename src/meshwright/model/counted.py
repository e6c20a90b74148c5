"""A count with its noun, as people write it."""


def counted(count: int, noun: str, nouns: str = "") -> str:
    """Return `1 row` or `1,200 rows`; `nouns` is a plural that more than an s makes."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def failing(failed: int, total: int | None) -> str:
    """Return how many rows fail, of how many where that is known."""
    rows = f"{failed:,} of {counted(total, 'row')}" if total else counted(failed, "row")
    return f"{rows} {'fails' if failed == 1 else 'fail'}"
