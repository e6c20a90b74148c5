"""Errors as PostgreSQL's clients know them: SQLSTATE, severity, hint and the place in the text."""

import re

from meshwright.errors import ErrorKind, MeshwrightError

_STATES = {
    "access-denied": "42501",
    "address-invalid": "42P01",
    "answer-mixed": "0A000",
    "disk-full": "53100",
    "engine-io": "58030",
    "engine-out-of-memory": "53200",
    "model-not-select": "42601",
    "query-not-select": "42601",
    "query-parameters": "08P01",
    "port-ended": "42P01",
    "port-unknown": "42P01",
    "product-unknown": "42P01",
    "queries-too-many": "53400",
    "query-interrupted": "57014",
    "query-memory": "53200",
    "query-rows": "54000",
    "query-timeout": "57014",
    "query-too-wide": "54011",
    "query-unread": "57014",
    "sql-conversion": "22P02",
    "sql-forbidden": "42501",
    "sql-syntax": "42601",
    "sql-unbound-parameter": "08P01",
    "sql-unknown-column": "42703",
    "sql-unknown-function": "42883",
    "sql-unknown-table": "42P01",
    "state-busy": "55P03",
    "table-unknown": "42P01",
    "version-unknown": "42P01",
}
_KINDS = {
    ErrorKind.USER: "42000",
    ErrorKind.RULES: "55000",
    ErrorKind.DENIED: "42501",
    ErrorKind.EXTERNAL: "58000",
    ErrorKind.EXHAUSTED: "53000",
    ErrorKind.INTERNAL: "XX000",
}
_WRITES = frozenset(
    [
        "alter",
        "analyze",
        "call",
        "cluster",
        "comment",
        "copy",
        "create",
        "delete",
        "do",
        "drop",
        "grant",
        "import",
        "insert",
        "lock",
        "merge",
        "notify",
        "reassign",
        "refresh",
        "reindex",
        "revoke",
        "security",
        "truncate",
        "update",
        "vacuum",
    ]
)
_LINE = re.compile(r"line (\d+)\Z")
_QUOTED = re.compile(r"`([^`]+)`")
READ_ONLY_HINT = "data changes by building products; here: SELECT, SHOW, COPY (SELECT …) TO STDOUT"


class WireError(Exception):
    """What goes to a client as one ErrorResponse; the connection ends with a `fatal` one."""

    def __init__(
        self, state: str, message: str, *, hint: str = "", position: int = 0, fatal: bool = False
    ) -> None:
        super().__init__(message)
        self.state = state
        self.message = message
        self.hint = hint
        self.position = position
        self.fatal = fatal


def wire_error(error: Exception, sql: str = "") -> WireError:
    """Return an error as the client gets it; what is our own fault says no more than that."""
    if isinstance(error, WireError):
        return error
    if not isinstance(error, MeshwrightError):
        return WireError("XX000", "something went wrong inside the server")
    if error.kind is ErrorKind.USER and first_word(sql) in _WRITES:
        word = first_word(sql).upper()
        return WireError(
            "25006", f"cannot execute {word} in a read-only transaction", hint=READ_ONLY_HINT
        )
    state = _STATES.get(error.code, _KINDS[error.kind])
    return WireError(
        state, error.message, hint=error.hint, position=_position(error.place, error.message, sql)
    )


def first_word(sql: str) -> str:
    """Return the first word of a text, after white space and brackets, in lower case."""
    found = re.match(r"[\s(]*([A-Za-z_]+)", sql)
    return found[1].lower() if found else ""


def _position(place: str, message: str, sql: str) -> int:
    """Return where in the text an error is, counted from 1 in characters; 0 where that is not known."""
    if not sql:
        return 0
    found = _LINE.search(place)
    start = 0
    if found:
        lines = sql.split("\n")
        start = sum(len(line) + 1 for line in lines[: int(found[1]) - 1])
    for name in (*_QUOTED.findall(message), *re.findall(r'"([^"]+)"', message)):
        at = sql.lower().find(name.lower(), start)
        if at >= 0:
            return at + 1
    return start + 1 if found else 0
