"""Postal codes by country: what one looks like there, letters and digits as they are printed."""

import re
from collections.abc import Sequence

from meshwright.govern.classifying.validators import share

_CODES = {
    "US": r"\d{5}(-?\d{4})?", "CA": r"[ABCEGHJ-NPRSTVXY]\d[A-Z][ -]?\d[A-Z]\d", "NL": r"[1-9]\d{3} ?[A-Z]{2}",
    "GB": r"(GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})", "IE": r"[A-Z]\d[\dW] ?[A-Z\d]{4}", "PL": r"\d{2}-\d{3}",
    "PT": r"\d{4}-\d{3}", "BR": r"\d{5}-?\d{3}", "JP": r"\d{3}-?\d{4}", "SE": r"(SE?-)?\d{3} ?\d{2}", "CZ": r"\d{3} ?\d{2}",
    "LV": r"LV-\d{4}", "LT": r"(LT-)?\d{5}", "AD": r"AD\d{3}", "AR": r"[A-Z]?\d{4}([A-Z]{3})?", "IN": r"[1-9]\d{2} ?\d{3}",
    "KR": r"\d{5}|\d{3}-\d{3}", "TW": r"\d{3}(\d{2,3})?", "4": r"(A-|B-|CH-|DK-|N-|NO-|H-|L-)?[1-9]\d{3}|0\d{3}", "5": r"(D-|F-|FI-|FIN-|E-|I-|TR-)?\d{5}",
    "6": r"\d{6}", "7": r"\d{7}", "CL": r"\d{3}-?\d{4}",
}  # fmt: skip
_PATTERNS = tuple(re.compile(pattern) for pattern in _CODES.values())


def postal_share(values: Sequence[str]) -> float:
    """Return the largest share of values that look like the postal codes of one country."""
    upper = [value.upper().removesuffix(".0") for value in values[:200]]
    return max(
        share(upper, lambda value, p=pattern: p.fullmatch(value) is not None)  # type: ignore[misc]
        for pattern in _PATTERNS
    )
