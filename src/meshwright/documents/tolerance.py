"""Tolerances: how many rows may be wrong, as a number (`5`, `5 rows`) or a percent (`0.1%`)."""

import re
from decimal import Decimal

from meshwright.model.contract import Quarantine
from meshwright.model.product import Tolerance

_TEXT = re.compile(r"\s*(?:(?P<rows>\d+)(?:\s*rows?)?|(?P<percent>\d+(?:\.\d+)?)\s*%)\s*\Z")


def parse_tolerance(value: object) -> Tolerance:
    """Read a tolerance; raise `ValueError` when it is none."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return Tolerance(rows=value)
    match = _TEXT.match(str(value))
    if match is None or isinstance(value, bool):
        raise ValueError(f"`{value}` is neither a number of rows nor a percent")
    if match["rows"] is not None:
        return Tolerance(rows=int(match["rows"]))
    share = float(Decimal(match["percent"]) / 100)
    if share > 1:
        raise ValueError(f"`{value}` is more than 100 %")
    return Tolerance(share=share)


def read_quarantine(value: object) -> Quarantine | None:
    """Read the custom property `quarantine`: `{tolerance: …}`, a tolerance alone, true, or nothing."""
    if value is None or value is False:
        return None
    given = value.get("tolerance", "100%") if isinstance(value, dict) else value
    if given is True:
        return Quarantine(share=1.0)
    tolerance = parse_tolerance(given)
    if tolerance.share:
        return Quarantine(share=tolerance.share)
    is_percent = "%" in str(given)
    return Quarantine(share=0.0) if is_percent else Quarantine(rows=tolerance.rows)
