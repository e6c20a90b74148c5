"""What the audit of a version that is extended already found, so that it need not be asked again."""

from meshwright.model.address import Address
from meshwright.model.check import CheckOutcome
from meshwright.spi.state_store import Reader


def outcomes_of(reader: Reader, product: Address, port: str) -> dict[str, CheckOutcome]:
    """Return the outcomes of the newest published audit of a port, by check id."""
    rows = reader.rows(
        "SELECT check_id, kind, status, severity, column_name, failed_rows, total_rows, value,"
        " expectation, reason FROM checks WHERE product = ? AND port = ? AND build ="
        " (SELECT max(c.build) FROM checks c JOIN builds b ON b.build = c.build"
        "  WHERE c.product = ? AND c.port = ? AND b.status = 'published')",
        (str(product), port, str(product), port),
    )
    return {str(row[0]): _outcome(row) for row in rows}


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
