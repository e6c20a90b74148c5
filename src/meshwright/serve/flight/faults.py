"""Our errors as Flight has them: the code stands in brackets at the end, and no path anywhere.

What must stay true: only errors of Flight's own are raised by a call: with any other pyarrow sends the stack.
"""

from pathlib import Path

from pyarrow import flight

from meshwright.errors import ErrorKind, InternalError, MeshwrightError, UsageError
from meshwright.serve.wording import told

_UNPROVEN = frozenset(("principal-unknown", "sign-in-refused", "token-expired", "token-invalid"))
_BY_KIND = {
    ErrorKind.DENIED: flight.FlightUnauthorizedError,
    ErrorKind.EXTERNAL: flight.FlightUnavailableError,
    ErrorKind.EXHAUSTED: flight.FlightUnavailableError,
    ErrorKind.INTERNAL: flight.FlightInternalError,
}
_BY_CODE = {
    **dict.fromkeys(_UNPROVEN, flight.FlightUnauthenticatedError),
    "query-interrupted": flight.FlightCancelledError,
    "query-timeout": flight.FlightTimedOutError,
}


def flight_error(error: BaseException, root: Path | None = None) -> flight.FlightError:
    """Return what is raised in the place of an error."""
    if isinstance(error, flight.FlightError):
        return error
    if not isinstance(error, MeshwrightError):
        error = _ours(error)
    shape = told(error, root)
    hint = f"; {shape['hint']}" if shape["hint"] else ""
    kind = _BY_CODE.get(error.code) or _BY_KIND.get(error.kind, flight.FlightServerError)
    return kind(f"{shape['message']}{hint} [{shape['code']}]")


def _ours(error: BaseException) -> MeshwrightError:
    if isinstance(error, NotImplementedError):
        return UsageError("not-offered", str(error))
    if isinstance(error, ValueError):
        return UsageError("message-invalid", str(error)[:300])
    return InternalError("internal", "internal error")
