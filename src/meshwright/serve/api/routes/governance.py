"""Governance over HTTP: domains, terms, maturity, rules and what they find, words of owners on columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshwright.app.catalog.board import Board
from meshwright.app.catalog.knowing import Knowing
from meshwright.errors import UsageError, did_you_mean
from meshwright.model.mesh import Domain
from meshwright.serve.api.looking import Look, acting, looking
from meshwright.serve.api.operations import CURSOR, LIMIT, Operation, Parameter
from meshwright.serve.api.paging import page, page_of, paged

if TYPE_CHECKING:
    from meshwright.app.policy.desk import RuleLine
    from meshwright.app.terms import TermPage
    from meshwright.govern.scores import Score

ANY = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DomainView:
    """A domain, and the products of it that the asker may know of."""

    name: str
    title: str
    description: str
    team: str
    owners: tuple[str, ...]
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TermView:
    """What a word means, and which columns carry it."""

    name: str
    title: str
    definition: str
    domain: str
    owner: str
    synonyms: tuple[str, ...]
    related: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScoreView:
    """How mature a product is: each aspect from 0 to 1, what to do next, and what withholds the badge."""

    product: str
    total: float
    is_certified: bool
    scores: dict[str, float]
    todo: dict[str, tuple[str, ...]]
    withheld: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleView:
    """A governance rule. `violations`: how many stand now; `exempted`: how many are let pass."""

    rule: str
    title: str
    severity: str
    scope: str
    origin: str
    owner: str
    rationale: str
    remedy: str
    violations: int
    exempted: int


@dataclass(frozen=True, slots=True)
class VerdictView:
    """What one rule finds at one address."""

    rule: str
    severity: str
    address: str
    message: str
    remedy: str
    exempted: str


@dataclass(frozen=True, slots=True)
class DeclassifyBody:
    """What a derived column may be declared as, and why. `until`: its last day; '' for no end."""

    address: str
    level: str
    reason: str
    tags: tuple[str, ...] = ()
    until: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawBody:
    """Why an owner's word no longer holds."""

    address: str
    reason: str


Domains = paged(DomainView, "Domains", "domains")
Terms = paged(TermView, "Terms", "terms")
Scores = paged(ScoreView, "Scores", "scores")
Rules = paged(RuleView, "Rules", "rules")
Verdicts = paged(VerdictView, "Verdicts", "verdicts")
Declassified = paged(ANY, "Declassifications", "declassifications")
SELECT = Parameter("select", "Products, separated by commas; `*` stands for any name.")
PRODUCT = Parameter("address", "A product.", place="path", example="sales.orders")


def _domains(look: Look) -> Any:
    domains = look.wiring.workspace.domains
    known, board = filter(look.knowing.of_domain, domains), look.service.boards.board()
    return page_of(Domains, known, lambda name: _domain(look, domains[name], board), look.words)


def _one_domain(look: Look) -> DomainView:
    name, domains = look.path("domain"), look.wiring.workspace.domains
    if name not in domains or not look.knowing.of_domain(name):
        known = filter(look.knowing.of_domain, domains)
        raise UsageError(
            "domain-unknown", f"there is no domain `{name}`", hint=did_you_mean(name, known)
        )
    return _domain(look, domains[name], look.service.boards.board())


def _domain(look: Look, domain: Domain, board: Board) -> DomainView:
    products = board.domains.get(domain.name, ())
    known = tuple(one.address for one in products if look.knowing.of(one.address))
    return DomainView(
        domain.name, domain.title, domain.description, domain.team, domain.owners, known
    )


def _terms(look: Look) -> Any:
    pages = look.mesh.terms(look.words.text("words"))
    views = (term_view(one, look.knowing) for one in pages)
    return page(Terms, views, lambda one: one.name, look.words)


def _term(look: Look) -> TermView:
    return term_view(look.mesh.term(look.path("term")), look.knowing)


def term_view(found: "TermPage", knowing: Knowing) -> TermView:
    """Return a term with those of its columns that somebody may know of."""
    term = found.term
    return TermView(
        term.name,
        term.title,
        term.definition,
        term.domain,
        term.owner,
        term.synonyms,
        term.related,
        tuple(column for column in found.columns if knowing.of(column)),
    )


def _scores(look: Look) -> Any:
    found = look.mesh.score(*look.words.parts("select"))
    views = (_score(one) for one in found if look.knowing.of(one.product))
    return page(Scores, views, lambda one: one.product, look.words)


def _score(score: "Score") -> ScoreView:
    todo = {aspect.name: aspect.todo for aspect in score.aspects if aspect.todo}
    return ScoreView(
        score.product, round(score.total, 2), score.is_certified, dict(score.scores), todo, score.withheld
    )  # fmt: skip


def _past_scores(look: Look) -> Any:
    return {"scores": look.mesh.score_history(str(look.address()))}


def _rules(look: Look) -> Any:
    lines = look.mesh.rules().lines
    views = (_rule(one, look.knowing) for one in lines)
    return page(Rules, views, lambda one: one.rule, look.words)


def _rule(line: "RuleLine", knowing: Knowing) -> RuleView:
    rule = line.rule
    known = [one for one in line.violations if _is_known(one.address, knowing)]
    standing = sum(not one.exempted for one in known)
    return RuleView(
        rule.key,
        rule.title,
        rule.severity,
        rule.scope,
        rule.origin,
        rule.owner,
        rule.rationale,
        rule.remedy,
        standing,
        len(known) - standing,
    )


def _verdicts(look: Look) -> Any:
    rule, about = look.words.text("rule"), look.words.text("address")
    lines = look.mesh.rules().lines
    if rule and rule not in (known := [line.rule.key for line in lines]):
        raise UsageError(
            "rule-unknown", f"there is no rule `{rule}`", hint=did_you_mean(rule, known)
        )
    found = (
        VerdictView(one.rule, one.severity, one.address, one.message, one.remedy, one.exempted)
        for line in lines
        if rule in ("", line.rule.key)
        for one in line.violations
        if _is_known(one.address, look.knowing)
        and (not about or one.address == about or one.address.startswith(f"{about}."))
    )
    return page(Verdicts, found, lambda one: f"{one.address} {one.rule} {one.message}", look.words)


def _is_known(address: str, knowing: Knowing) -> bool:
    return knowing.of(address) if "." in address else knowing.of_domain(address)


def _declassified(look: Look) -> Any:
    key = "{0[column]} {0[at]}".format
    return page(Declassified, _words_of(look), key, look.words)


def _words_of(look: Look) -> Iterator[ANY]:
    for one in look.mesh.declassified(*look.words.parts("select")):
        if look.knowing.of(one["column"]):
            yield one


def _declassify(look: Look, said: DeclassifyBody) -> Any:
    look.known(said.address)
    return look.mesh.declassify(
        said.address, level=said.level, tags=said.tags, reason=said.reason, until=said.until
    )


def _withdraw(look: Look, said: WithdrawBody) -> Any:
    look.known(said.address)
    return look.mesh.withdraw_declassification(said.address, reason=said.reason)


OPERATIONS: Sequence[Operation] = (
    looking("/api/v1/domains", "List the domains, with the products that you may know of.",
            Domains, _domains, LIMIT, CURSOR),
    looking("/api/v1/domains/{domain}", "Show one domain.", DomainView, _one_domain,
            Parameter("domain", "Its name.", place="path", example="sales")),
    looking("/api/v1/terms", "List the business terms that all words are found in.", Terms, _terms,
            Parameter("words", "In its name, synonyms or definition.", example="customer"), LIMIT, CURSOR),
    looking("/api/v1/terms/{term}", "Show a term, by its name or another word for it.", TermView, _term,
            Parameter("term", "Its name.", place="path", example="customer")),
    looking("/api/v1/scores", "Say how mature products are, and what to do next.", Scores, _scores,
            SELECT, LIMIT, CURSOR, is_long=True),
    looking("/api/v1/scores/{address}", "Tell what a product scored, the oldest first.",
            ANY, _past_scores, PRODUCT),
    looking("/api/v1/rules", "List the governance rules, with how much they find.", Rules, _rules,
            LIMIT, CURSOR, is_long=True),
    looking("/api/v1/verdicts", "List what the rules find now.", Verdicts, _verdicts,
            Parameter("rule", "Only this rule's; a domain's own is `domain/name`."),
            Parameter("address", "Only at this address and below.", example="sales.orders"), LIMIT, CURSOR,
            is_long=True),
    looking("/api/v1/declassifications", "List what owners said of columns that classified data flows into.",
            Declassified, _declassified, SELECT, LIMIT, CURSOR),
    acting("POST", "/api/v1/declassifications", "Let a column be declared as less than what flows in.",
           DeclassifyBody, ANY, _declassify,
           example={"address": "sales.report.totals.key", "level": "internal", "reason": "keyed hash"}),
    acting("POST", "/api/v1/declassifications/withdraw", "End what an owner said of a column.",
           WithdrawBody, ANY, _withdraw,
           example={"address": "sales.report.totals.key", "reason": "the key leaked"}),
)  # fmt: skip
