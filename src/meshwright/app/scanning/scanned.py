"""What a scan found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from meshwright.model.check import CheckOutcome, Example, Profile, Verdict
from meshwright.model.contract import Contract, QualityRule


@dataclass(frozen=True)
class Scanned:
    """The verdict about one source, at one moment.

    `name` is what the contract calls the rows. `rules` are the quality rules behind outcomes, by check id.
    `classified` columns have counts in the profile and nothing else anywhere.
    """

    source: str
    name: str
    verdict: Verdict
    at: datetime
    seconds: float
    contract: Contract | None = None
    contract_file: str = ""
    version: int | None = None
    files: int = 0
    classified: frozenset[str] = frozenset()
    rules: Mapping[str, QualityRule] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Return how many rows there are."""
        return self.profile.rows

    @property
    def profile(self) -> Profile:
        """Return the shape of the rows."""
        return self.verdict.profile

    @property
    def outcomes(self) -> tuple[CheckOutcome, ...]:
        """Return what became of every check."""
        return self.verdict.outcomes

    @property
    def passed(self) -> bool:
        """Say whether no check of severity `error` failed, and none errored."""
        return not self.verdict.is_rejected

    @property
    def failed(self) -> tuple[CheckOutcome, ...]:
        """Return the checks that failed or errored, whatever their severity; the grave ones first."""
        found = [o for o in self.outcomes if o.status in ("failed", "errored")]
        return tuple(sorted(found, key=lambda outcome: not outcome.rejects))

    @property
    def not_enforced(self) -> tuple[CheckOutcome, ...]:
        """Return what the contract declares and this scan does not judge."""
        return tuple(o for o in self.outcomes if o.status == "not_enforced")

    @cached_property
    def examples(self) -> Mapping[str, Example]:
        """Return example rows by check id."""
        return {example.check: example for example in self.verdict.examples}

    def to_dict(self) -> dict[str, object]:
        """Return everything as one JSON-ready mapping, as `--format json` writes it."""
        from meshwright.app.scanning.shapes import scan_shape

        return scan_shape(self)
