"""What incidents are made of: one unhealthy thing that was noticed at one place."""

from dataclasses import dataclass

from meshwright.model.address import Address

CHECK, BUILD, ANOMALY, LATE, OBJECTIVE = "check", "build", "anomaly", "late", "objective"
SEVERITIES = ("low", "medium", "high", "critical")


@dataclass(frozen=True, slots=True)
class Signal:
    """Something unhealthy.

    `kind` is check (a contract's check failed), build (an error stopped it), anomaly, late or objective (a
    service level burns its budget). `address` is of a product, port or column. `metric` is the metric, the
    check's id or the objective's name. `explanation` is a sentence without any value of the data.
    `business_date` is the ISO date that the data is about, or '' where it is about now.
    """

    kind: str
    address: Address
    explanation: str
    severity: str = "medium"  # one of SEVERITIES
    metric: str = ""
    segment: str = ""
    business_date: str = ""
    build: str = ""
    score: float = 0.0  # an anomaly's distance, in half-widths of what was expected

    @property
    def key(self) -> str:
        """Return what stays the same when the same thing is noticed again."""
        return "|".join((self.kind, str(self.address), self.metric, self.segment))


def worst(severities: "list[str] | tuple[str, ...]") -> str:
    """Return the worst of some severities; low for none."""
    return max(severities, key=SEVERITIES.index, default="low")


def noticed_at(key: str) -> str:
    """Return the product that a signal's key speaks of; '' where it names none."""
    parts = ([*key.split("|"), ""])[1].split(".")
    return ".".join(parts[:2]) if len(parts) > 1 else ""
