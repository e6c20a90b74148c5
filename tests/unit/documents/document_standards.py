"""Where the official schemas and examples are; they lie beside the repository, not in it."""

from pathlib import Path

import pytest

STANDARDS = Path(__file__).resolve().parents[4] / "shared" / "standards"
EXAMPLES = sorted(STANDARDS.glob("*/examples/*.yaml"))
needs_standards = pytest.mark.skipif(
    not EXAMPLES, reason="the official standards are not beside this repository"
)
