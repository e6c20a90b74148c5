"""What the facts add up to, as tables: one small function a kind.

What must stay true: a projection reads its fact, its entry and the projected tables, and nothing else (no
clock, no file), so that a replay gives the same rows; and it costs what the fact changed.
"""

from collections.abc import Callable, Mapping
from typing import Any

from meshwright.ledger import (
    access,
    alerts,
    builds,
    catalog,
    governance,
    identity,
    incidents,
    lineage,
    series,
    versions,
    webhooks,
)
from meshwright.model import facts
from meshwright.model.facts import Entry, Fact
from meshwright.spi.state_store import Writer

# Every projected table, and the column whose values split it into parts that can be compared one by one.
TABLES: Mapping[str, str] = {
    "products": "product",
    "aliases": "formerly",
    "ports": "product",
    "versions": "product",
    "version_ports": "product",
    "port_files": "product",
    "version_inputs": "product",
    "builds": "product",
    "checks": "product",
    "series": "product",
    "points": "series",
    "anomalies": "product",
    "waivers": "product",
    "incidents": "product",
    "incident_signals": "product",
    "incident_events": "product",
    "alerts": "alert",
    "told": "incident",
    "mutes": "address",
    "contracts": "product",
    "queries": "query",
    "lineage_traces": "product",
    "lineage_datasets": "product",
    "lineage_edges": "product",
    "external_runs": "job",
    "external_datasets": "dataset",
    "external_edges": "job",
    "suggestions": "product",
    "declassified": "product",
    "violations": "product",
    "scores": "product",
    "subscriptions": "subscription",
    "announcements": "address",
    "principals": "principal",
    "tokens": "token",
    "requests": "request",
    "grants": "grant_id",
    "uses": "principal",
    "query_ports": "address",
    "questions": "product",
    "answers": "product",
    "product_announcements": "product",
    "said": "product",
    "proposals": "product",
    "webhooks": "webhook",
}

_PROJECTIONS: Mapping[type[Fact], Callable[[Writer, Entry, Any], None]] = {
    facts.ContractPublished: builds.contract_published,
    facts.BuildStarted: builds.build_started,
    facts.PortAudited: builds.port_audited,
    facts.BuildFailed: builds.build_failed,
    facts.BuildRejected: builds.build_rejected,
    facts.RejectionAccepted: builds.rejection_accepted,
    facts.AnomalyFound: series.anomaly_found,
    facts.IncidentOpened: incidents.incident_opened,
    facts.IncidentJoined: incidents.incident_joined,
    facts.IncidentAcknowledged: incidents.incident_acknowledged,
    facts.IncidentCommented: incidents.incident_commented,
    facts.IncidentMarked: incidents.incident_marked,
    facts.IncidentReopened: incidents.incident_reopened,
    facts.IncidentResolved: incidents.incident_resolved,
    facts.AlertSent: alerts.alert_sent,
    facts.AlertFailed: alerts.alert_failed,
    facts.AddressMuted: alerts.address_muted,
    facts.QueryRan: access.query_ran,
    facts.QueryEnded: access.query_ended,
    facts.AccessRequested: access.requested,
    facts.RequestApproved: access.approved,
    facts.RequestRefused: access.refused,
    facts.RequestEscalated: access.escalated,
    facts.AccessGranted: access.granted,
    facts.AccessRenewed: access.renewed,
    facts.AccessRevoked: access.revoked,
    facts.AccessReviewed: access.reviewed,
    facts.PrincipalAdded: identity.principal_added,
    facts.PrincipalRemoved: identity.principal_removed,
    facts.TokenIssued: identity.token_issued,
    facts.TokenRevoked: identity.token_revoked,
    facts.LineageTraced: lineage.lineage_traced,
    facts.ExternalRunSeen: lineage.external_run_seen,
    facts.ClassificationSuggested: governance.suggested,
    facts.ClassificationAccepted: governance.accepted,
    facts.ClassificationRefused: governance.refused,
    facts.ColumnDeclassified: governance.declassified,
    facts.RulesJudged: governance.rules_judged,
    facts.ScoreChanged: governance.score_changed,
    facts.SubscriptionMade: governance.subscribed,
    facts.SubscriptionEnded: governance.unsubscribed,
    facts.ChangeAnnounced: governance.announced,
    facts.QuestionAsked: catalog.asked,
    facts.QuestionAnswered: catalog.answered,
    facts.AnswerAccepted: catalog.answer_accepted,
    facts.QuestionClosed: catalog.closed,
    facts.AnnouncementMade: catalog.announced,
    facts.AnnouncementEnded: catalog.announcement_ended,
    facts.FieldSaid: catalog.said,
    facts.ChangeProposed: catalog.proposed,
    facts.ProposalEnded: catalog.proposal_ended,
    facts.ProductRenamed: versions.product_renamed,
    facts.ProductRetired: versions.product_retired,
    facts.VersionRolledBack: versions.version_rolled_back,
    facts.VersionVacuumed: versions.version_vacuumed,
    facts.WebhookAdded: webhooks.added,
    facts.WebhookRemoved: webhooks.removed,
    facts.WebhookDisabled: webhooks.disabled,
}


def project(writer: Writer, entry: Entry, fact: Fact) -> None:
    """Bring the tables from just before a fact to just after it; a kind without a projection changes none."""
    if isinstance(fact, facts.VersionPublished):
        versions.version_published(writer, entry, fact)
        builds.build_published(writer, entry, fact)
        access.used_by_build(writer, entry, fact)
        return
    projection = _PROJECTIONS.get(type(fact))
    if projection is not None:
        projection(writer, entry, fact)
