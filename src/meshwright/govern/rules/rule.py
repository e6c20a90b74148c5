"""A governance rule, as its file says it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from meshwright.model.plan import Violation
from meshwright.model.problem import Place

BLOCK, WARN, ADVISE = SEVERITIES = ("block", "warn", "advise")
PRODUCT, MESH = SCOPES = ("product", "mesh")
FEDERATION = "federation"  # the origin of global rules; that of a domain's own is `domain:<name>`


@dataclass(frozen=True, slots=True)
class Exemption:
    """What a rule lets pass for a time: an address, or a pattern whose `*` stands within one name."""

    pattern: str
    until: date
    approver: str
    reason: str
    line: int = 0

    def covers(self, address: str) -> bool:
        """Say whether an address, or one that it is below, fits the pattern."""
        wanted, given = self.pattern.split("."), address.split(".")
        return len(given) >= len(wanted) and all(map(_fits, wanted, given))

    def is_over(self, today: date) -> bool:
        """Say whether its last day has passed."""
        return today > self.until


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `origin` is `federation`, or `domain:<name>` of a domain's own.

    `sql` is the whole text of the file, so that lines of the SQL are lines of the file; it is empty where
    the file only tightens another rule.
    """

    name: str
    file: str
    origin: str
    title: str
    severity: str
    scope: str
    rationale: str
    remedy: str
    owner: str
    sql: str
    exemptions: tuple[Exemption, ...] = ()
    tightens: str = ""
    severity_line: int = 1

    @property
    def domain(self) -> str:
        """Return the domain whose own rule it is, or ''."""
        kind, _, name = self.origin.partition(":")
        return name if kind == "domain" else ""

    @property
    def key(self) -> str:
        """Return the name under which its violations are told: a domain's own begins with the domain."""
        return f"{self.domain}/{self.name}" if self.domain else self.name

    def exempted(self, address: str, today: date) -> str:
        """Return until when an address is exempted (an ISO date), or ''."""
        ends = [e.until for e in self.exemptions if not e.is_over(today) and e.covers(address)]
        return max(ends).isoformat() if ends else ""


@dataclass(frozen=True, slots=True)
class Found:
    """One row that a rule returned."""

    address: str
    message: str
    place: str = ""
    line: int = 0


def violations_of(
    rule: Rule, found: Sequence[Found], raised: dict[tuple[str, str], str], today: date
) -> list[Violation]:
    """Return rows as violations; `raised` is the severity that a domain asks for, by domain and rule."""
    key, name = rule.key, rule.name
    here = {domain: severity for (domain, wanted), severity in raised.items() if wanted == name}
    return [
        Violation(
            key,
            here.get(row.address.partition(".")[0], rule.severity) if here else rule.severity,
            row.address,
            row.message,
            rule.remedy,
            rule.exempted(row.address, today) if rule.exemptions else "",
            Place(row.place, row.line),
        )
        for row in found
    ]


def is_as_severe(severity: str, other: str) -> bool:
    """Say whether a severity is at least another."""
    return SEVERITIES.index(severity) <= SEVERITIES.index(other)


def _fits(wanted: str, given: str) -> bool:
    before, star, after = wanted.partition("*")
    if not star:
        return wanted == given
    long_enough = len(given) >= len(before) + len(after)
    return long_enough and given.startswith(before) and given.endswith(after)
