"""Facts: what happened, in the past tense. Only counts, digests and references; never a value of data."""

from collections.abc import Mapping

from meshwright.model.facts.access import (
    QueryRan,
)
from meshwright.model.facts.builds import (
    BuildFailed,
    BuildRejected,
    BuildStarted,
    ContractPublished,
    PortAudited,
    ProductRenamed,
    ProductRetired,
    RejectionAccepted,
    VersionPublished,
    VersionRolledBack,
    VersionVacuumed,
)
from meshwright.model.facts.fact import (
    Entry,
    Fact,
)
from meshwright.model.facts.governance import (
    ChangeAnnounced,
    ClassificationAccepted,
    ClassificationRefused,
    ClassificationSuggested,
    ColumnDeclassified,
    RulesJudged,
    ScoreChanged,
    SubscriptionEnded,
    SubscriptionMade,
)
from meshwright.model.facts.incidents import (
    AddressMuted,
    AlertFailed,
    AlertSent,
    AnomalyFound,
    IncidentAcknowledged,
    IncidentCommented,
    IncidentJoined,
    IncidentMarked,
    IncidentOpened,
    IncidentReopened,
    IncidentResolved,
)
from meshwright.model.facts.lineage import (
    ExternalRunSeen,
    LineageTraced,
)
from meshwright.model.json_value import Json

KINDS: Mapping[str, type[Fact]] = {cls.__name__: cls for cls in Fact.__subclasses__()}

__all__ = [
    "KINDS",
    "AddressMuted",
    "AlertFailed",
    "AlertSent",
    "AnomalyFound",
    "BuildFailed",
    "BuildRejected",
    "BuildStarted",
    "ChangeAnnounced",
    "ClassificationAccepted",
    "ClassificationRefused",
    "ClassificationSuggested",
    "ColumnDeclassified",
    "ContractPublished",
    "Entry",
    "ExternalRunSeen",
    "Fact",
    "IncidentAcknowledged",
    "IncidentCommented",
    "IncidentJoined",
    "IncidentMarked",
    "IncidentOpened",
    "IncidentReopened",
    "IncidentResolved",
    "Json",
    "LineageTraced",
    "PortAudited",
    "ProductRenamed",
    "ProductRetired",
    "QueryRan",
    "RejectionAccepted",
    "RulesJudged",
    "ScoreChanged",
    "SubscriptionEnded",
    "SubscriptionMade",
    "VersionPublished",
    "VersionRolledBack",
    "VersionVacuumed",
]
