"""Tables of what happened, as the ledger tells it, and the clock."""

from meshwright.govern.rules.declared import DECLARED
from meshwright.govern.rules.tables import DAY, Column, Table, table

LIVED = (
    table(
        "versions", "Each published version that is kept.", "product",
        """
        version number Version.
        semver text Version of the product (ODPS) that it had.
        build text Build that made it.
        published_at moment When it was published.
        actor text Who ran it.
        as_of text Business time of it, '' for now.
        is_served flag Whether readers see it now.
        rows number Rows of all ports.
        bytes number Bytes of all ports.
        waiver text Waiver under which it was accepted, '' where its checks passed.
        """,
        is_lived=True,
    ),
    table(
        "builds", "The twenty newest builds of each product.", "product",
        """
        build text Build.
        status text published, rejected, failed, running…
        started_at moment When it began.
        ended_at moment When it ended.
        actor text Who ran it.
        version number Version that it published.
        seconds real How long it took.
        error text What went wrong.
        """,
        is_lived=True,
    ),
    table(
        "checks", "Each check of the newest audited build of each product.", "",
        """
        port text Address of the port.
        build text Build.
        check_id text Id of the check.
        kind text Kind of check.
        severity text error or warning.
        status text passed, failed, errored, not_enforced…
        failed_rows number Rows that failed.
        total_rows number Rows that were judged.
        value real What was measured.
        expectation text What was expected.
        reason text Why it was not enforced, or what went wrong.
        """,
        is_lived=True, of="Address of the column, or of the port.",
    ),
    table(
        "metrics", "The newest value of each metric of a port as a whole (`rows`, `bytes`, `data_age`…).",
        "port",
        """
        name text Metric.
        value real Newest value.
        at text Business time of it.
        """,
        is_lived=True,
    ),
    table(
        "lineage_edges", "Each edge of lineage that holds now: which column is made of which.", "",
        """
        dataset text Port, or intermediate model, that has the column.
        column_name text Column; `*` for all of them.
        source text Port, model, or external source (`files:…`, `sqlite:…#table`) that it is made of.
        source_column text Column there.
        source_domain text Domain of the source, '' for one outside of the mesh.
        kind text DIRECT, INDIRECT or UNKNOWN.
        how text IDENTITY, TRANSFORMATION, AGGREGATION, FILTER, JOIN, GROUP_BY, SORT, WINDOW, CONDITIONAL.
        is_masked flag Whether the value is masked on the way.
        reveals flag Whether the value of the source can be told from it.
        """,
        is_lived=True, of="Dataset, `.` and column.",
    ),
    table(
        "incidents", "Each incident.", "",
        """
        incident text Incident.
        kind text Kind.
        severity text low, medium, high or critical.
        state text open, acknowledged or resolved.
        owner text Who takes care of it.
        cause text What it is.
        opened_at moment When it began.
        resolved_at moment When it ended.
        """,
        is_lived=True, of="What is unhealthy.",
    ),
    table(
        "waivers", "Each rejected build that was accepted on an owner's word.", "product",
        """
        waiver text Waiver.
        build text Build.
        owner text Who accepted it.
        reason text Why.
        expires text ISO time until when.
        """,
        is_lived=True,
    ),
    table(
        "queries", "Who read which port on which day, of about ninety days.", "port",
        """
        actor text Who.
        day day Day (UTC).
        queries number How many queries.
        failed number How many of them failed.
        """,
        is_lived=True,
    ),
    table(
        "grants", "Who may read what, by grants that were not revoked.", "",
        """
        grant_id text Grant.
        principal text Who, as kind:id.
        purpose text For what.
        expires text ISO time until when, '' without an end.
        since moment From when.
        source text Where it comes from: request:… or file:….
        raw texts Classified columns shown as they are.
        last_used moment When its principal last read it; null where it never did.
        """,
        is_lived=True, of="What may be read.",
    ),
    table(
        "suggestions", "Each column that looks personal or sensitive, and what its owner said.", "column",
        """
        kind text What it looks like: email, iban, birth_date…
        classification text Suggested classification.
        tags texts Suggested tags.
        confidence real 0 to 1.
        state text open, accepted or refused.
        reason text Why it was refused.
        at moment When it was last said.
        """,
        is_lived=True,
    ),
    table(
        "declassified", "Each column that an owner declassified.", "column",
        """
        classification text What it may be declared as.
        tags texts Tags that it may have.
        owner text Who said so.
        reason text Why.
        expires text ISO date until when, '' for ever.
        """,
        is_lived=True,
    ),
    table(
        "subscriptions", "Who wants to hear of changes of what.", "",
        """
        subscription text Subscription.
        notifier text How they are told.
        events texts Of what.
        principal text Who.
        """,
        is_lived=True, of="What it is about.",
    ),
    table(
        "scores", "The newest maturity of each product.", "product",
        """
        is_certified flag Whether it is certified.
        scores text 0 to 1 by aspect, as JSON.
        at moment When it was computed.
        """,
        is_lived=True,
    ),
)  # fmt: skip
CLOCK = Table(
    "clock", "One row: the day for which the rules are judged. SQL's own clock may not be used.", "",
    (Column("today", DAY, "The day (UTC)."),),
)  # fmt: skip
TABLES: dict[str, Table] = {each.name: each for each in (*DECLARED, *LIVED, CLOCK)}
