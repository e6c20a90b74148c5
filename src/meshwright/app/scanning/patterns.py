"""Ask the engine whether it can run the pattern of an inline check, before the data is blamed for it."""

from meshwright.app.scanning.inline import InlineCheck
from meshwright.audit.formats import re2_pattern
from meshwright.audit.sqltext import text
from meshwright.errors import ModelError, UsageError
from meshwright.spi.engine import Session


def require_pattern(check: InlineCheck, session: Session) -> None:
    """Refuse a pattern that the engine cannot run, before it is taken for a fault of the data."""
    if check.kind != "matches":
        return
    written, reason = re2_pattern(str(check.values[0]))
    try:
        if not reason:
            session.rows(f"SELECT regexp_matches('', {text(written)})", trusted=True)
    except ModelError as error:
        reason = error.message
    if reason:
        raise UsageError(
            "check-invalid",
            f"`{check.text.strip()}`: the engine cannot run the pattern `{check.values[0]}`: {reason}",
            hint="write it as ECMA-262, without looking around or back",
        )
