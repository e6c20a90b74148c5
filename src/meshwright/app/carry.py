"""What the audit of a version that is extended already found, so that it need not be asked again."""

from meshwright.model.address import Address
from meshwright.model.check import CheckOutcome
from meshwright.spi.state_store import Reader


def outcomes_of(
    reader: Reader, product: Address, port: str, version: int
) -> dict[str, CheckOutcome]:
    """Return the outcomes of the last audit of a port on the way to a version, by check id.

    The way leads from a version to the one it was based on; what was rolled back is not on it, and what an
    owner accepted is.
    """
    at: int | None = version
    while at is not None:
        step = reader.rows(
            "SELECT build, base FROM versions WHERE product = ? AND version = ?", (str(product), at)
        )
        build, base = step[0] if step else ("", None)
        rows = reader.rows(
            "SELECT check_id, kind, status, severity, column_name, failed_rows, total_rows, value,"
            " expectation, reason FROM checks WHERE build = ? AND product = ? AND port = ?",
            (build, str(product), port),
        )
        if rows:
            return {str(row[0]): _outcome(row) for row in rows}
        at = None if base is None else int(str(base))
    return {}


def _outcome(row: tuple[object, ...]) -> CheckOutcome:
    return CheckOutcome(
        id=str(row[0]),
        kind=str(row[1]),
        status=str(row[2]),
        severity=str(row[3]),
        column=str(row[4] or ""),
        failed_rows=None if row[5] is None else int(str(row[5])),
        total_rows=None if row[6] is None else int(str(row[6])),
        value=None if row[7] is None else float(str(row[7])),
        expectation=str(row[8] or ""),
        reason=str(row[9] or ""),
    )
