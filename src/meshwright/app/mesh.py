"""The façade of one mesh: one method a verb, each a call of the module of that name."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from meshwright.app.events import OnEvent, ignore
from meshwright.app.wiring import Load, Wiring
from meshwright.documents.mesh_reader import find_root
from meshwright.model.address import Address
from meshwright.spi import plugins

if TYPE_CHECKING:
    from meshwright.app.access.desk import AccessDesk
    from meshwright.app.backtest import Backtest
    from meshwright.app.catalog.alike import Alike
    from meshwright.app.catalog.desk import CatalogDesk
    from meshwright.app.catalog.query_desk import QueryDesk
    from meshwright.app.catalog.search import Found
    from meshwright.app.classify import Suggestion
    from meshwright.app.diff import Difference
    from meshwright.app.history import HistoryLine
    from meshwright.app.impact.found import Impact
    from meshwright.app.incident_desk import IncidentDesk
    from meshwright.app.lineage import Lineage
    from meshwright.app.lineage_graph import LineageGraph
    from meshwright.app.lineage_import import Taken
    from meshwright.app.monitors import PortLine, SeriesLine
    from meshwright.app.new import Drafted
    from meshwright.app.observe import Cycle
    from meshwright.app.openlineage import SinkTold
    from meshwright.app.past_scores import PastScore
    from meshwright.app.policy.desk import AddressPage, RuleLine, RuleList
    from meshwright.app.policy.testing import TestResult
    from meshwright.app.result import Result
    from meshwright.app.show import ProductLine, ProductPage
    from meshwright.app.terms import TermPage, TermSuggestion
    from meshwright.app.trail.line import TrailLine
    from meshwright.app.watched_past import WatchedPast
    from meshwright.govern.scores import Score
    from meshwright.ledger.verification import Verification
    from meshwright.model.cost import Cost
    from meshwright.model.health import PortHealth
    from meshwright.model.plan import BuildResult, Plan
    from meshwright.model.problem import Problem
    from meshwright.spi.notifier import Message


def open_mesh(
    path: str | Path = ".", *, env: str = "", as_: str = "", load: Load = plugins.load
) -> "Mesh":
    """Open the mesh that a path is in; raise `UsageError` (`mesh-not-found`) where there is none.

    `as_` names the principal who acts; raise `DeniedError` (`principal-unknown`) for nobody.
    """
    mesh = Mesh(Wiring(find_root(Path(path)), env, load))
    try:
        return mesh.as_principal(as_) if as_ else mesh
    except BaseException:
        mesh.close()
        raise


class Mesh:
    """An opened mesh. Close it, or use it as a context manager."""

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring

    def __enter__(self) -> "Mesh":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Mesh({str(self.wiring.root)!r})"

    def close(self) -> None:
        """Close databases and files."""
        self.wiring.close()

    def as_principal(self, name: str) -> "Mesh":
        """Return this mesh as a principal has it; what is done through it is recorded as done by you."""
        from meshwright.app.acting_mesh import ActingMesh
        from meshwright.app.asking import as_principal

        return ActingMesh(as_principal(self.wiring.origin, name))

    def check(self) -> "tuple[Problem, ...]":
        """Judge every file of the mesh, without touching data."""
        from meshwright.app.check import check

        return check(self.wiring)

    def levels(self) -> "tuple[int, tuple[tuple[str, str, str], ...]]":
        """Say how many service levels are enforced, and which are not: (port, name, reason)."""
        from meshwright.app.check import check_levels

        return check_levels(self.wiring)

    def plan(
        self,
        *select: str,
        changed: bool = False,
        force: bool = False,
        as_of: str | None = None,
        against: str | None = None,
    ) -> "Plan":
        """Say what a run would do and why; with `against`, compared with a git reference, not with state."""
        from meshwright.app.clock import parse_past
        from meshwright.app.plan import make_plan
        from meshwright.app.steps import Asked

        self.wiring.look_again()
        moment = parse_past(as_of, self.wiring.mesh.timezone)
        asked = Asked(select, moment, changed, force)
        if against is not None:
            from meshwright.app.against import plan_against

            return plan_against(self.wiring, asked, against)
        return make_plan(self.wiring, asked)

    def run(
        self,
        *select: str,
        changed: bool = False,
        force: bool = False,
        as_of: str | None = None,
        workers: int = 0,
        wait: float = 0.0,
        on_event: OnEvent = ignore,
    ) -> "tuple[BuildResult, ...]":
        """Build, audit and publish what changed."""
        from meshwright.app.run import run

        self.wiring.look_again()
        return run(
            self.wiring,
            select,
            changed=changed,
            force=force,
            as_of=as_of,
            workers=workers,
            wait=wait,
            on_event=on_event,
        )

    def test(self, *select: str) -> list[dict[str, Any]]:
        """Run the model tests."""
        from meshwright.app.model_tests import run_tests

        self.wiring.look_again()
        return run_tests(self.wiring, select)

    def rules(self) -> "RuleList":
        """List the governance rules, with what they find now."""
        from meshwright.app.policy.desk import list_rules

        return list_rules(self.wiring)

    def explain_rule(self, about: str) -> "RuleLine | AddressPage":
        """Say why a rule is and what breaks it, or what rules find at an address."""
        from meshwright.app.policy.desk import explain

        return explain(self.wiring, about)

    def test_rules(self, *rules: str) -> "tuple[list[TestResult], list[str]]":
        """Run the unit tests of rules; return how each ended, and which rules have none."""
        from meshwright.app.policy.testing import run_rule_tests

        return run_rule_tests(self.wiring, rules)

    def query(self, sql: str, *, as_of: str | None = None, purpose: str = "") -> "Result":
        """Ask the published data in SQL; a port is the table `domain.product.port`."""
        from meshwright.app.query import query

        return query(self.wiring, sql, as_of=as_of, purpose=purpose)

    def read(
        self, address: str, *, version: int | None = None, as_of: str | None = None
    ) -> "Result":
        """Read a port whole: as served now, at `@version`, or as of a time."""
        from meshwright.app.query import read

        return read(self.wiring, address, version=version, as_of=as_of)

    def classify(self, *select: str) -> "tuple[Suggestion, ...]":
        """Say which columns of served ports look personal, and record what is new as suggestions."""
        from meshwright.app.classify import classify

        self.wiring.look_again()
        return classify(self.wiring, select)

    def products(self, domain: str = "") -> "tuple[ProductLine, ...]":
        """List the products of the mesh or of one domain."""
        from meshwright.app.show import list_products

        return list_products(self.wiring, domain)

    def show(self, address: str) -> "ProductPage":
        """Return all that is known of a product or port."""
        from meshwright.app.show import show_product

        return show_product(self.wiring, Address.parse(address))

    def search(
        self,
        text: str,
        filters: "Mapping[str, tuple[str, ...]] | None" = None,
        limit: int = 20,
        offset: int = 0,
    ) -> "Found":
        """Find products, ports, columns, terms and domains by words; facet -> values narrow it down."""
        from meshwright.app.catalog.knowing import knowing_through
        from meshwright.app.catalog.search import search

        self.wiring.look_again()
        knowing = knowing_through(self.wiring)
        return search(self.wiring, knowing, text, filters, limit, offset)

    def alike(self, address: str) -> "tuple[Alike, ...]":
        """Return the ports that are like a port (or those of a product), or can be joined with it."""
        from meshwright.app.catalog.alike import find_alike
        from meshwright.app.catalog.indexing import keep_up
        from meshwright.app.catalog.knowing import knowing_through

        self.wiring.look_again()
        keep_up(self.wiring)
        return find_alike(self.wiring, knowing_through(self.wiring), address)

    def trail(
        self,
        *,
        principal: str = "",
        address: str = "",
        kinds: Sequence[str] = (),
        since: str = "",
        until: str = "",
        refused: bool = False,
        limit: int = 0,
    ) -> "Iterator[TrailLine]":
        """Yield who asked, was granted, read what, and was refused: what the asker may know, newest last."""
        from meshwright.app.asking import local_asker
        from meshwright.app.trail.telling import TrailFilter, trail

        wanted = TrailFilter(principal, address, tuple(kinds), since, until, refused, limit)
        return trail(self.wiring, local_asker(self.wiring), wanted)

    def verify_trail(self) -> "Verification":
        """Say whether the hash chain and the checkpoints are as they were written."""
        from meshwright.app.trail.verifying import verify_trail

        return verify_trail(self.wiring)

    @property
    def access(self) -> "AccessDesk":
        """Return the desk of access: requests, grants, reviews."""
        from meshwright.app.access.desk import AccessDesk

        return AccessDesk(self.wiring)

    @property
    def catalog(self) -> "CatalogDesk":
        """Return the desk of the catalog: questions, announcements, fields, proposals."""
        from meshwright.app.catalog.desk import CatalogDesk

        return CatalogDesk(self.wiring)

    @property
    def queries(self) -> "QueryDesk":
        """Return the queries that the asker keeps, and those that others share."""
        from meshwright.app.catalog.query_desk import QueryDesk

        return QueryDesk(self.wiring)

    @property
    def incidents(self) -> "IncidentDesk":
        """Return what lists, shows, acknowledges, comments, marks, resolves and reopens incidents."""
        from meshwright.app.incident_desk import IncidentDesk

        return IncidentDesk(self.wiring)

    def history(self, address: str, limit: int = 0) -> "tuple[HistoryLine, ...]":
        """Return the builds of a product, newest first."""
        from meshwright.app.history import history

        with self.wiring.store.read() as reader:
            return history(reader, Address.parse(address), limit)

    def lineage(
        self,
        address: str,
        *,
        up: bool = True,
        depth: int = 0,
        models: bool = False,
        direct: bool = False,
        as_of: str | None = None,
    ) -> "Lineage":
        """Walk from a port or column: `up` to what it is made of, else down to what is made of it."""
        from meshwright.app.lineage import find_lineage
        from meshwright.lineage.walking import Way

        self.wiring.look_again()
        return find_lineage(self.wiring, address, Way(up, depth, models, direct), as_of)

    def lineage_graph(
        self, address: str, *, up: int | None = 2, down: int | None = 2, models: bool = False
    ) -> "LineageGraph":
        """Return what is around a port or column, up and down so many steps (None: to the end)."""
        from meshwright.app.lineage_graph import Around, find_graph

        self.wiring.look_again()
        return find_graph(self.wiring, address, Around(up, down, models))

    def diff(self, before: str, after: str | None = None) -> "Difference":
        """Compare two versions of a port; one address means the served version and the one before."""
        from meshwright.app.diff import diff

        return diff(self.wiring, before, after)

    def health(self, *select: str, as_of: str | None = None) -> "tuple[PortHealth, ...]":
        """Say which promises each port keeps; with `as_of`, as if it were then."""
        from meshwright.app.clock import parse_as_of
        from meshwright.app.health import check_health

        self.wiring.look_again()
        moment = parse_as_of(as_of, self.wiring.mesh.timezone)
        return check_health(self.wiring, moment.instant, select, pretend=not moment.is_now)

    def cost(self, *select: str, by: str = "product") -> "tuple[Cost, ...]":
        """Say what builds took and what versions store, by build, product or domain."""
        from meshwright.app.cost import read_costs

        self.wiring.look_again()
        return read_costs(self.wiring, select, by)

    def monitored_ports(self) -> "tuple[PortLine, ...]":
        """List the ports that are watched."""
        from meshwright.app.monitors import list_ports

        return list_ports(self.wiring)

    def monitors(self, address: str, *, everything: bool = False) -> "tuple[SeriesLine, ...]":
        """List the watched series of a product, port or column, with what is expected of each."""
        from meshwright.app.monitors import list_series

        return list_series(self.wiring, Address.parse(address), everything=everything)

    def watched_past(
        self, address: str, *, column: str = "", everything: bool = False
    ) -> "tuple[WatchedPast, ...]":
        """Return the series of a port (or of one of its columns) with what was expected of each point."""
        from meshwright.app.watched_past import watched_past

        return watched_past(self.wiring, Address.parse(address), column, everything=everything)

    def backtest(
        self, address: str, *, start: str = "", end: str = "", metric: str = ""
    ) -> "Backtest":
        """Say what watching would have alerted in the recorded past."""
        from meshwright.app.backtest import backtest

        return backtest(self.wiring, Address.parse(address), start, end, metric)

    def rollback(self, product: str, *, to: int | None = None, reason: str = "") -> dict[str, Any]:
        """Serve an older version again."""
        from meshwright.app.stewardship import rollback

        return rollback(self.wiring, Address.parse(product), to, reason)

    def impact(
        self,
        address: str,
        *,
        drop: bool = False,
        type: str | None = None,
        rename: str | None = None,
    ) -> "Impact":
        """Say what rests on a column, port or product, and what a change of it would break."""
        from meshwright.app.impact import find_impact
        from meshwright.app.impact.found import DROP, RENAME, TYPE, Wish

        self.wiring.look_again()
        if type is not None:
            return find_impact(self.wiring, address, Wish(TYPE, type))
        if rename is not None:
            return find_impact(self.wiring, address, Wish(RENAME, rename))
        return find_impact(self.wiring, address, Wish(DROP) if drop else Wish())

    def declassify(
        self,
        address: str,
        *,
        level: str,
        tags: tuple[str, ...] = (),
        reason: str,
        owner: str = "",
        until: str = "",
    ) -> dict[str, Any]:
        """Let a derived column be declared as less than what flows in, on an owner's word."""
        from meshwright.app.declassify import declassify

        self.wiring.look_again()
        return declassify(
            self.wiring, address, level, tags=tags, reason=reason, owner=owner, until=until
        )

    def withdraw_declassification(
        self, address: str, *, reason: str, owner: str = ""
    ) -> dict[str, Any]:
        """End what an owner said of a column."""
        from meshwright.app.declassify import withdraw

        self.wiring.look_again()
        return withdraw(self.wiring, address, reason=reason, owner=owner)

    def declassified(self, *select: str) -> list[dict[str, Any]]:
        """Return what owners said of columns."""
        from meshwright.app.declassify import declassified

        return declassified(self.wiring, select)

    def accept(
        self, product: str, *, reason: str, owner: str = "", days: int = 7
    ) -> dict[str, Any]:
        """Publish the last rejected build on an owner's word."""
        from meshwright.app.stewardship import accept

        return accept(self.wiring, Address.parse(product), reason, owner, days)

    def retire(self, product: str, *, until: str, reason: str = "") -> dict[str, Any]:
        """Announce the end of a product."""
        from meshwright.app.stewardship import retire

        return retire(self.wiring, Address.parse(product), until, reason)

    def vacuum(self, *select: str, dry_run: bool = False) -> dict[str, Any]:
        """Remove versions beyond the retention."""
        from meshwright.app.stewardship import vacuum

        return vacuum(self.wiring, select, dry_run=dry_run)

    def new_domain(self, name: str, *, owner: str, title: str = "") -> list[str]:
        """Write a domain's file."""
        from meshwright.app.new import new_domain

        return new_domain(self.wiring, name, owner, title)

    def new_product(
        self, address: str, *, source: str, port: str = "", table: str = "", form: str = ""
    ) -> "Drafted":
        """Write a product's files, its contract inferred from a source."""
        from meshwright.app.new import new_product

        return new_product(self.wiring, address, source, port, table, form)

    def score(self, *select: str) -> "tuple[Score, ...]":
        """Say how mature products are, and record what changed."""
        from meshwright.app.score import score_products

        self.wiring.look_again()
        return score_products(self.wiring, select)

    def score_history(self, product: str) -> "tuple[PastScore, ...]":
        """Return what a product scored, the oldest first."""
        from meshwright.app.past_scores import score_history

        return score_history(self.wiring, str(self.show(product).product.address))

    def domain_scores(self, scores: "Sequence[Score]") -> dict[str, dict[str, float]]:
        """Return the mean of each aspect over the products of each domain."""
        from meshwright.govern.scores import domain_means

        return domain_means(scores)

    def terms(self, words: str = "") -> "tuple[TermPage, ...]":
        """Return the business terms that words find, with the columns that carry them."""
        from meshwright.app.terms import list_terms

        self.wiring.look_again()
        return list_terms(self.wiring, words)

    def term(self, name: str) -> "TermPage":
        """Return one business term, by its name or another word for it."""
        from meshwright.app.terms import show_term

        self.wiring.look_again()
        return show_term(self.wiring, name)

    def suggest_terms(self, *select: str) -> "tuple[TermSuggestion, ...]":
        """Return the columns that carry no term and may."""
        from meshwright.app.terms import suggest_terms

        self.wiring.look_again()
        return suggest_terms(self.wiring, select)

    def alerts(self, limit: int = 20) -> dict[str, Any]:
        """Return who was told of what, the newest first, and what is muted."""
        from meshwright.app.muting import list_alerts

        return list_alerts(self.wiring, limit)

    def alerts_test(self, notifier: str) -> "Message":
        """Send a test message to a notifier of mesh.yaml."""
        from meshwright.app.alerts import send_test

        return send_test(self.wiring, notifier)

    def mute(self, address: str, *, span: str, reason: str = "") -> dict[str, Any]:
        """Tell nobody about an address, and what is below it, for a time such as `2d`."""
        from meshwright.app.muting import mute

        return mute(self.wiring, address, span, reason)

    def unmute(self, address: str) -> dict[str, Any]:
        """Tell about an address again."""
        from meshwright.app.muting import unmute

        return unmute(self.wiring, address)

    def import_lineage(self, path: str | Path, *, namespace: str = "") -> "Taken":
        """Take a file of OpenLineage events, or a dbt project by its `target` folder."""
        from meshwright.app.lineage_import import take_file

        return take_file(self.wiring, Path(path), namespace=namespace)

    def send_lineage(self, seconds: float = 60.0) -> "tuple[SinkTold, ...]":
        """Send the events of builds that the sinks of mesh.yaml were not told of yet."""
        from meshwright.app.openlineage import deliver

        return deliver(self.wiring, self.wiring.now(), seconds=seconds, force=True)

    def subscribe(
        self, address: str, *, to: str = "", events: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Tell a notifier of changes, incidents and deprecations of an address from now on."""
        from meshwright.app.subscribing import subscribe

        return subscribe(self.wiring, address, to, events)

    def unsubscribe(self, what: str, *, to: str = "") -> dict[str, Any]:
        """End a subscription by its id, or those of an address."""
        from meshwright.app.subscribing import unsubscribe

        return unsubscribe(self.wiring, what, to)

    def subscriptions(self) -> list[dict[str, Any]]:
        """Return who subscribed to what."""
        from meshwright.app.subscribing import list_subscriptions

        return list_subscriptions(self.wiring)

    def observe_once(self, *, on_event: OnEvent = ignore) -> "Cycle":
        """Run what is due, notice what is late, tell who is to be told."""
        from meshwright.app.observe import observe_once

        return observe_once(self.wiring, on_event)

    def ledger_verify(self) -> dict[str, Any]:
        """Check the hash chain, the checkpoints and the projections."""
        from meshwright.app.ledger import verify_ledger

        return verify_ledger(self.wiring)

    def ledger_rebuild(self) -> dict[str, Any]:
        """Make the projections again from the facts."""
        from meshwright.app.ledger import rebuild_projections

        return rebuild_projections(self.wiring)

    def ledger_entries(self, kinds: Sequence[str] = (), limit: int = 0) -> list[dict[str, Any]]:
        """Return facts, the newest last."""
        from meshwright.app.ledger import list_entries

        return list_entries(self.wiring, kinds, limit)

    def ledger_checkpoint(self) -> dict[str, Any]:
        """Sign where the ledger stands."""
        from meshwright.app.ledger import take_checkpoint

        return take_checkpoint(self.wiring)
