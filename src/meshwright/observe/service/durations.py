"""Durations as people say them; light, because every answer about health needs it."""

_UNITS = ((31_557_600, "y"), (86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def duration(seconds: float) -> str:
    """Return a duration in its two greatest units: `3 d 4 h`, `12 min`."""
    if seconds < 0:
        return f"-{duration(-seconds)}"
    rest = round(seconds)
    said = []
    for size, name in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            said.append(f"{count} {name}")
        if said and (len(said) == 2 or not count):
            break
    return " ".join(said) or "0 s"
