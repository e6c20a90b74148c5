"""Put the rules of federation and domains together: a domain adds and tightens, it never weakens.

What must stay true: whatever a domain's files say, every global rule is judged as it stands, at its own
severity or a higher one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from meshwright.errors import did_you_mean
from meshwright.govern.rules.rule import Rule, is_as_severe
from meshwright.model.problem import Place, Problem


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules that are judged. `raised`: (domain, global rule) -> the severity that the domain asks for.

    `broken` are domains whose files have errors; `is_broken` says that a global one has.
    """

    rules: tuple[Rule, ...] = ()
    raised: dict[tuple[str, str], str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    broken: dict[str, Problem] = field(default_factory=dict)  # domain, or '' for the federation

    def find(self, name: str) -> Rule | None:
        """Return a rule by its key, or None."""
        return next((rule for rule in self.rules if rule.key == name), None)


def bind_book(
    layers: Sequence[Sequence[Rule]], domains: Iterable[Rule], problems: Iterable[Problem]
) -> RuleBook:
    """Join layers of global rules, the strongest first, with the rules of domains."""
    found, globals_ = list(problems), dict[str, Rule]()
    for layer in layers:
        for rule in layer:
            found += _of_global(rule, globals_)
            globals_.setdefault(rule.name, rule)
    own, raised = [], dict[tuple[str, str], str]()
    for rule in domains:
        wrong = _of_domain(rule, globals_)
        found += wrong
        if wrong:
            continue
        if rule.tightens:
            raised[rule.domain, rule.tightens] = rule.severity
        else:
            own.append(rule)
    rules = sorted((*globals_.values(), *own), key=lambda rule: (rule.domain, rule.name))
    sound = [rule for rule in rules if rule.sql]
    return RuleBook(tuple(sound), raised, tuple(found))


def _of_global(rule: Rule, stronger: dict[str, Rule]) -> list[Problem]:
    other = stronger.get(rule.name)
    if other is not None:
        what = f"`{rule.file}` shadows the rule `{rule.name}` of the federation in `{other.file}`"
        hint = "give it another name"
        return [Problem("rule-shadows", what, Place(rule.file, 1), hint)]
    if rule.tightens:
        what = "only a domain's rule can tighten another"
        return [Problem("rule-tightens", what, Place(rule.file, 1), "change the rule itself")]
    return []


def _of_domain(rule: Rule, globals_: dict[str, Rule]) -> list[Problem]:
    if not rule.tightens:
        other = globals_.get(rule.name)
        return [] if other is None else [_shadows(rule, other)]
    place = Place(rule.file, 1)
    other = globals_.get(rule.tightens)
    if other is None:
        what = f"there is no global rule `{rule.tightens}` to tighten"
        return [Problem("rule-unknown", what, place, did_you_mean(rule.tightens, globals_))]
    return _of_tightening(rule, other)


def _of_tightening(rule: Rule, other: Rule) -> list[Problem]:
    found = []
    if rule.name != rule.tightens:
        what = f"what tightens `{other.name}` is named `{rule.name}`"
        hint = f"name the file {other.name}.sql"
        found.append(Problem("rule-name", what, Place(rule.file, 1), hint))
    if rule.sql:
        what = f"`{rule.file}` tightens the rule `{other.name}` of `{other.file}` and has SQL of its own"
        hint = "keep the header alone; what is to be judged beside it is a rule of another name"
        found.append(Problem("rule-shadows", what, Place(rule.file, 1), hint))
    if not is_as_severe(rule.severity, other.severity):
        found.append(
            _weakens(
                rule, other, f"{rule.severity} where it is {other.severity}", rule.severity_line
            )
        )
    if rule.exemptions:
        line = rule.exemptions[0].line
        found.append(_weakens(rule, other, f"exempts `{rule.exemptions[0].pattern}`", line))
    return found


def _shadows(rule: Rule, other: Rule) -> Problem:
    """Say of a rule with the name of a global one what is worst about it."""
    if not is_as_severe(rule.severity, other.severity):
        what = f"{rule.severity} where it is {other.severity}"
        return _weakens(rule, other, what, rule.severity_line)
    if rule.exemptions:
        line = rule.exemptions[0].line
        return _weakens(rule, other, f"exempts `{rule.exemptions[0].pattern}`", line)
    what = f"`{rule.file}` shadows the global rule `{other.name}` of `{other.file}`"
    hint = f"give it another name, or raise the severity by a header alone: `-- tightens: {other.name}`"
    return Problem("rule-shadows", what, Place(rule.file, 1), hint)


def _weakens(rule: Rule, other: Rule, how: str, line: int) -> Problem:
    what = f"`{rule.file}` weakens the global rule `{other.name}` of `{other.file}`: {how}"
    hint = f"only {other.owner or 'its owner'} can; a domain may `-- tightens: {other.name}`"
    return Problem("rule-weakens", what, Place(rule.file, line), hint)
