"""Rules as governance people write them, for meshes of tests."""

from pathlib import Path

from tests.meshes import write_text

OWNER = "gov@example.com"


def rule_text(
    sql: str, severity: str = "block", scope: str = "product", exempt: str = "", **header: str
) -> str:
    """Return the text of a rule's file."""
    said = {
        "title": "What holds.", "severity": severity, "scope": scope, "rationale": "It matters.",
        "remedy": "Mend it.", "owner": OWNER, **header,
    }  # fmt: skip
    lines = [f"-- {key}: {value}" for key, value in said.items()]
    if exempt:
        lines.append(f"-- exempt: {exempt}")
    return "\n".join([*lines, sql, ""])


def write_rule(
    folder: Path, name: str, sql: str, *, domain: str = "", severity: str = "block", **rest: str
) -> Path:
    """Write a rule of the federation, or of a domain."""
    home = folder / "domains" / domain if domain else folder
    path = home / "policies" / f"{name}.sql"
    write_text(path, rule_text(sql, severity, **rest))
    return path


def tighten(folder: Path, domain: str, name: str, severity: str) -> Path:
    """Write a header that raises a global rule's severity in a domain."""
    path = folder / "domains" / domain / "policies" / f"{name}.sql"
    write_text(path, f"-- tightens: {name}\n-- severity: {severity}\n")
    return path


LONELY = "SELECT address, 'is lonely' AS message FROM mesh.products WHERE name = 'lonely'"
UNDESCRIBED = (
    "SELECT address, 'column has no description' AS message, file AS place, line"
    " FROM mesh.columns WHERE description = ''"
)
