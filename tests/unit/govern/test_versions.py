"""A breaking change needs a version that says so."""

import pytest

from meshwright.errors import RefusedError
from meshwright.govern.change import Change, ChangeItem
from meshwright.govern.compatibility import removed
from meshwright.govern.versions import judge_version, verdict


@pytest.mark.parametrize(
    ("level", "old", "new", "is_refused", "suggestion"),
    [
        ("none", "1.2.3", "1.2.3", False, ""),
        ("major", "1.2.3", "1.2.3", True, "2.0.0"),
        ("major", "1.2.3", "1.3.0", True, "2.0.0"),
        ("major", "1.2.3", "2.0.0", False, ""),
        ("major", "1.2.3", "3.1.0", False, ""),
        ("major", "2.0.0", "1.0.0", True, "3.0.0"),
        ("minor", "1.2.3", "1.2.4", False, "1.3.0"),
        ("minor", "1.2.3", "1.3.0", False, ""),
        ("patch", "1.2.3", "1.2.3", False, "1.2.4"),
        ("patch", "1.2.3", "1.2.4", False, ""),
        ("major", "0.3.1", "0.3.2", True, "0.4.0"),
        ("major", "0.3.1", "0.4.0", False, ""),
        ("minor", "0.3.1", "0.3.2", False, ""),
        ("major", "v1", "v2", False, ""),
        ("major", "v1.1", "v1.2", True, "2.0.0"),
        ("major", "1.0.0-rc.1", "1.0.0", True, "2.0.0"),
        ("major", "spring", "autumn", False, ""),
        ("major", "spring", "spring", True, "1.0.0"),
        ("minor", "spring", "spring", False, ""),
    ],
)
def test_only_a_breaking_change_without_its_version_is_refused(
    level: str, old: str, new: str, is_refused: bool, suggestion: str
) -> None:
    judged = judge_version(level, old, new)
    assert (judged.is_refused, judged.suggestion) == (is_refused, suggestion)


def test_a_smaller_change_under_an_old_version_gets_advice() -> None:
    assert judge_version("minor", "1.0.0", "1.0.0").advice == (
        "a minor change of 1.0.0 is still called 1.0.0"
    )


def test_a_refusal_says_what_breaks_and_what_to_write() -> None:
    items = (*removed("routes").items, ChangeItem("major", "x", "column `x` was removed", "fails"))
    with pytest.raises(RefusedError) as caught:
        verdict(Change("routes", items), "1.0.0", "1.1.0")
    assert caught.value.code == "contract-breaking"
    assert "port `routes` was removed: whoever reads it fails (and 1 more)" in caught.value.message
    assert "2.0.0" in caught.value.hint
    verdict(Change("routes", items), "1.0.0", "2.0.0")
