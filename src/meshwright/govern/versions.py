"""Semantic versions of contracts: which version a change needs, and whether the one written is enough.

From 1.0.0 on, a breaking change needs a new major version. In 0.x, where nothing is settled, the minor
version takes the major's part: a breaking change needs 0.(y+1).0, anything else a new patch.
"""

import re
from dataclasses import dataclass

from meshwright.errors import RefusedError
from meshwright.govern.change import MAJOR, MINOR, NONE, Change

_VERSION = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-+].*)?\Z")
Number = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class VersionVerdict:
    """What a change asks of the version. `refusal` says why it may not be published as it is.

    `advice` is a sentence for a change that may be published, but whose version does not tell of it.
    """

    refusal: str = ""
    suggestion: str = ""  # the version to write; empty when the written one is right
    advice: str = ""

    @property
    def is_refused(self) -> bool:
        """Say whether the change may not be published under this version."""
        return bool(self.refusal)


def judge_version(level: str, old_version: str, new_version: str) -> VersionVerdict:
    """Judge whether going from one version to another admits a change of this level."""
    if level == NONE:
        return VersionVerdict()
    old, new = parse_version(old_version), parse_version(new_version)
    if old is None or new is None:
        return _judge_unreadable(level, old_version, new_version)
    needed = next_version(old, level)
    if new >= needed:
        return VersionVerdict()
    suggestion = ".".join(map(str, needed))
    if level == MAJOR:
        refusal = f"a breaking change of {old_version} needs {suggestion}, not {new_version}"
        return VersionVerdict(refusal, suggestion)
    is_same = "still" if old == new else "only"
    advice = f"a {level} change of {old_version} is {is_same} called {new_version}"
    return VersionVerdict("", suggestion, advice)


def verdict(change: Change, old_version: str, new_version: str) -> None:
    """Raise `RefusedError` (`contract-breaking`) when the new version does not admit the change."""
    judged = judge_version(change.level, old_version, new_version)
    if judged.is_refused:
        first, *more = change.breaking
        rest = f" (and {len(more)} more)" if more else ""
        raise RefusedError(
            "contract-breaking",
            f"the contract of `{change.port}` breaks its consumers: {first}{rest}",
            hint=f"write version {judged.suggestion} in the contract, or publish a new port beside it",
        )


def next_version(old: Number, level: str) -> Number:
    """Return the smallest version after `old` that admits a change of this level."""
    major, minor, patch = old
    if major == 0:
        return (0, minor + 1, 0) if level == MAJOR else (0, minor, patch + 1)
    if level == MAJOR:
        return (major + 1, 0, 0)
    return (major, minor + 1, 0) if level == MINOR else (major, minor, patch + 1)


def parse_version(text: str) -> Number | None:
    """Read `1.2.3` (also `v1`, `1.2`, `1.2.3-rc.1`); None for anything else."""
    found = _VERSION.match(text.strip())
    if found is None:
        return None
    major, minor, patch = (int(part or 0) for part in found.groups())
    return (major, minor, patch)


def _judge_unreadable(level: str, old_version: str, new_version: str) -> VersionVerdict:
    """Versions that are not numbers: all that can be asked is that a breaking change has another one."""
    if level == MAJOR and old_version.strip() == new_version.strip():
        refusal = f"a breaking change needs another version than `{new_version}`"
        return VersionVerdict(refusal, "1.0.0" if parse_version(new_version) is None else "")
    return VersionVerdict()
