"""Read the options of a detector; each mistake is named with what exists."""

from collections.abc import Iterable, Mapping
from math import isfinite

from meshwright.errors import DescriptorError, did_you_mean


def known_only(detector: str, options: Mapping[str, object], known: Iterable[str]) -> None:
    """Raise `DescriptorError` (`detector-option-unknown`) for an option that is not known."""
    for name in sorted(set(options) - set(known)):
        raise DescriptorError(
            "detector-option-unknown",
            f"detector `{detector}` has no option `{name}`",
            hint=did_you_mean(name, known),
        )


def number_of(detector: str, options: Mapping[str, object], name: str) -> float | None:
    """Return a number, None where it is not given; raise `DescriptorError` where it is none."""
    value = options.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise invalid(detector, name, value, "a number")
    return float(value)


def choice_of(detector: str, options: Mapping[str, object], name: str, known: list[str]) -> str:
    """Return one of the known words, the first where none is given."""
    value = options.get(name, known[0])
    if not isinstance(value, str) or value not in known:
        raise invalid(detector, name, value, f"one of {', '.join(known)}")
    return value


def invalid(detector: str, name: str, value: object, wanted: str) -> DescriptorError:
    """Return the error for an option whose value makes no sense."""
    return DescriptorError(
        "detector-option-invalid",
        f"`{name}: {value}` of detector `{detector}` is not {wanted}",
        hint=f"give {wanted}, as in `{name}: 10`" if wanted == "a number" else f"give {wanted}",
    )
