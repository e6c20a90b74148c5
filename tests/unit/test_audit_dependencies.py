"""What the audit of dependencies says it checked."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "audit_dependencies.py"


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("audit_dependencies", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_packages_that_nobody_could_be_asked_about_are_not_checked(audit: ModuleType) -> None:
    """pip-audit ends well where its service does not answer, and skips every package."""
    said = {"dependencies": [{"name": "anyio", "skip_reason": "could not be audited"}]}
    assert audit.told_of_python(said) is None


def test_an_advisory_is_told_with_its_package(audit: ModuleType) -> None:
    skipped = {"name": "meshwright", "skip_reason": "not on the index"}
    found = {"name": "left", "version": "1.0", "vulns": [{"id": "PYSEC-1"}]}
    assert audit.told_of_python({"dependencies": [skipped, found]}) == ["left 1.0: PYSEC-1"]
    assert (
        audit.told_of_python({"dependencies": [{"name": "a", "version": "1", "vulns": []}]}) == []
    )
