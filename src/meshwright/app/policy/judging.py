"""Judge rules over the metadata; what was found is kept for as long as what a rule reads is the same.

A rule of scope `mesh` is judged whole. One of scope `product` is judged domain by domain, of those domains
alone in which something that it reads has changed.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from meshwright.app.policy.binding import Bound, bind, line_of
from meshwright.app.policy.families import fingerprint
from meshwright.app.policy.metadata import Metadata
from meshwright.app.policy.session import Rows, opened
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError, ModelError
from meshwright.govern.rules.book import RuleBook
from meshwright.govern.rules.lived import CLOCK
from meshwright.govern.rules.rule import MESH, Found, Rule, violations_of
from meshwright.model.plan import Violation
from meshwright.model.problem import Place, Problem

SECTION = "rules-found"
FORM = "1"
_JUDGED = "stored.judged"
WHOLE = "*"  # stands for the domain of what is judged whole


@dataclass(slots=True)
class Outcome:
    """What was found, in the order of rules. `problems` are of rules that could not be judged."""

    violations: tuple[Violation, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    broken: dict[str, Problem] = field(
        default_factory=dict
    )  # domain whose rule it is, '' for global


def judge(
    wiring: Wiring,
    book: RuleBook,
    today: date,
    domains: Collection[str] | None = None,
    metadata: Metadata | None = None,
) -> Outcome:
    """Judge all rules; those of scope `product` for these domains only (None: for all)."""
    outcome = Outcome()
    bound = bind(wiring, book.rules)
    for rule in book.rules:
        problem = bound[rule.key].problem
        if problem is not None:
            _fail(outcome, rule, problem)
    sound = [rule for rule in book.rules if bound[rule.key].problem is None]
    if metadata is None:
        metadata = Metadata(wiring)
        metadata.refresh()
    judge_ = _Judge(wiring, metadata, today, bound)
    found = judge_.found(sound, domains, outcome)
    outcome.violations = tuple(
        violation
        for rule in sound
        for violation in violations_of(rule, found.get(rule.key, ()), book.raised, today)
    )
    return outcome


def _fail(outcome: Outcome, rule: Rule, problem: Problem) -> None:
    outcome.problems.append(problem)
    outcome.broken.setdefault(rule.domain, problem)


class _Judge:
    def __init__(
        self, wiring: Wiring, metadata: Metadata, today: date, bound: Mapping[str, Bound]
    ) -> None:
        self._wiring, self._metadata, self._today, self._bound = wiring, metadata, today, bound
        self._kept: dict[str, dict[str, Any]] = {}

    def found(
        self, rules: Iterable[Rule], domains: Collection[str] | None, outcome: Outcome
    ) -> dict[str, list[Found]]:
        """Return what each rule finds, by its key."""
        wanted = {rule.key: (rule, self._wanted(rule, domains)) for rule in rules}
        stale: dict[frozenset[str], list[Rule]] = defaultdict(list)
        for rule, places in wanted.values():
            old = frozenset(place for place in places if self._find(rule, place, places) is None)
            if old:
                stale[old].append(rule)
        if stale:
            self._judge(stale, wanted, outcome)
        return {
            key: [Found(*row) for row in self._all(rule, places)]
            for key, (rule, places) in wanted.items()
        }

    def _wanted(self, rule: Rule, domains: Collection[str] | None) -> dict[str, str]:
        """Return the domains for which a rule is to be judged, each with a digest of what it reads there."""
        tables = self._bound[rule.key].tables
        day = self._today.isoformat() if CLOCK.name in tables else ""
        read = [name for name in tables if name != CLOCK.name]
        if rule.scope == MESH:
            return {WHOLE: f"{day}:{self._metadata.whole_mark(read)}"}
        known = self._metadata.domains - {""}
        chosen = known if domains is None else known & set(domains)
        if rule.domain:
            chosen &= {rule.domain}
        marks = self._metadata.marks(read, sorted(chosen))
        return {name: f"{day}:{mark}" for name, mark in marks.items()}

    def _all(self, rule: Rule, places: Mapping[str, str]) -> Iterator[Any]:
        kept = self._kept_of(rule)
        for place, mark in places.items():
            found = kept.get(place)
            if found is not None and found[0] == mark:
                yield from found[1]

    def _find(self, rule: Rule, place: str, places: Mapping[str, str]) -> list[Any] | None:
        kept = self._kept_of(rule).get(place)
        return kept[1] if kept is not None and kept[0] == places[place] else None

    def _kept_of(self, rule: Rule) -> dict[str, Any]:
        if rule.key not in self._kept:
            stored = self._wiring.cache.get(SECTION, self._key(rule))
            value = json.loads(stored) if stored is not None else {}
            is_ours = value.get("rule") == self._identity(rule)
            self._kept[rule.key] = value["found"] if is_ours else {}
        return self._kept[rule.key]

    def _key(self, rule: Rule) -> str:
        return f"{self._wiring.environment}:{rule.key}"

    def _identity(self, rule: Rule) -> str:
        return fingerprint([FORM, rule.sql, rule.scope, self._bound[rule.key].tables])

    def _judge(
        self,
        stale: Mapping[frozenset[str], list[Rule]],
        wanted: Mapping[str, tuple[Rule, dict[str, str]]],
        outcome: Outcome,
    ) -> None:
        judged = [rule for rules in stale.values() for rule in rules]
        tables = {name for rule in judged for name in self._bound[rule.key].tables}
        everywhere = self._metadata.domains
        with opened(self._wiring, self._metadata, tables) as rows:
            for places, rules in stale.items():
                is_whole = WHOLE in places or places >= everywhere - {""}
                rows.show(self._today, None if is_whole else places)
                for rule in rules:
                    try:
                        self._judge_one(rows, rule, places, wanted[rule.key][1])
                    except MeshwrightError as error:
                        line = line_of(error) if isinstance(error, ModelError) else 1
                        place = Place(rule.file, line)
                        _fail(outcome, rule, Problem(error.code, error.message, place, error.hint))
        self._keep(judged)

    def _judge_one(
        self, rows: Rows, rule: Rule, places: Collection[str], digests: Mapping[str, str]
    ) -> None:
        """Run one rule, and sort what it gives by where it was judged."""
        given = self._bound[rule.key].columns
        place = 'CAST("place" AS VARCHAR)' if "place" in given else "''"
        line = 'TRY_CAST("line" AS BIGINT)' if "line" in given else "0"
        sql = (
            "SELECT DISTINCT coalesce(CAST(address AS VARCHAR), ''),"
            f" coalesce(CAST(message AS VARCHAR), ''), coalesce({place}, ''), coalesce({line}, 0)"
            f" FROM {_JUDGED} ORDER BY ALL"
        )
        sorted_: dict[str, list[tuple[object, ...]]] = {name: [] for name in places}
        rows.session.define(_JUDGED, rule.sql)
        for row in rows.session.rows(sql, trusted=True):
            domain = str(row[0]).partition(".")[0]
            if rule.domain and domain != rule.domain:
                continue  # a domain judges its own
            where = WHOLE if WHOLE in sorted_ else domain
            if where not in sorted_:
                text = f"a rule of scope product gave `{row[0]}`, which is of no product"
                hint = "give addresses of products, ports and columns, or write `-- scope: mesh`"
                raise ModelError("rule-address", text, hint=hint)
            sorted_[where].append(row)
        kept = self._kept_of(rule)
        for name, listed in sorted_.items():
            kept[name] = [digests[name], listed]

    def _keep(self, rules: Iterable[Rule]) -> None:
        values = {
            self._key(rule): json.dumps(
                {"rule": self._identity(rule), "found": self._kept_of(rule)}, ensure_ascii=False
            ).encode()
            for rule in rules
        }
        self._wiring.cache.put(SECTION, values)
