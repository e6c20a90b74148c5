"""Access policies as Cedar text, and the schema against which Cedar validates it.

Each policy is one `permit` of the action that its effect is: what Cedar permits is that the policy speaks.
What is said of attributes is said by tags, so that any attribute may be asked for.
"""

from collections.abc import Iterable

from meshwright.model.access import EFFECTS, AccessPolicy, Objects, Subjects
from meshwright.model.classification import rank

SCHEMA = f"""
entity Principal = {{
  name: String, kind: String, teams: Set<String>, roles: Set<String>, domains: Set<String>
}} tags String;
entity Data = {{
  domain: String, product: String, port: String, column: String, tags: Set<String>, rank: Long
}};
action {", ".join(f'"{effect}"' for effect in EFFECTS)} appliesTo {{
  principal: Principal, resource: Data, context: {{ purpose: String }}
}};
"""


def policy_text(policy: AccessPolicy) -> str:
    """Return one policy as Cedar text."""
    conditions = [
        *([f"resource.domain == {quoted(policy.domain)}"] if policy.domain else []),
        *_addresses(policy.objects),
        *([_one_of("context.purpose", policy.purposes)] if policy.purposes else []),
        *_subjects(policy.subjects),
        *_marks(policy.objects),
    ]  # what is cheap and rules most out comes first
    scope = f"principal, action == Action::{quoted(policy.effect)}, resource"
    text = f"@id({quoted(policy.name)})\npermit ({scope})"
    if conditions:
        text += f"\nwhen {{ {' && '.join(conditions)} }}"
    if policy.unless is not None:
        text += f"\nunless {{ {' && '.join(_subjects(policy.unless)) or 'true'} }}"
    return f"{text};\n"


def quoted(text: str) -> str:
    """Return a text as a Cedar literal; whatever is not plain is written by its number."""
    return f'"{"".join(_escaped(c) for c in text)}"'


def _escaped(character: str) -> str:
    if character.isascii() and character.isprintable() and character not in '"\\':
        return character
    return f"\\u{{{ord(character):x}}}"


def _subjects(said: Subjects) -> list[str]:
    found = []
    if said.principals:
        found.append(_any(_named(pattern) for pattern in said.principals))
    if said.kinds:
        found.append(_one_of("principal.kind", said.kinds))
    for part, words in (("teams", said.teams), ("roles", said.roles), ("domains", said.domains)):
        if words:
            found.append(_with_one_of(f"principal.{part}", words))
    for name, values in sorted(said.attributes.items()):
        key = quoted(name)
        found.append(f"(principal.hasTag({key}) && {_one_of(f'principal.getTag({key})', values)})")
    return found


def _named(pattern: str) -> str:
    if "*" in pattern:
        return f"principal.name like {quoted(pattern)}"
    return f"principal.name == {quoted(pattern)}"


def _addresses(said: Objects) -> list[str]:
    return [_any(map(_address, said.addresses))] if said.addresses else []


def _marks(said: Objects) -> list[str]:
    found = []
    if said.classifications:
        found.append(f"resource.rank >= {min(map(rank, said.classifications))}")
    if said.tags:
        found.append(_with_one_of("resource.tags", said.tags))
    return found


def _address(pattern: str) -> str:
    """Return whether a port, or a column of it, is meant; a pattern of four parts means columns alone."""
    parts = pattern.split(".")
    names = ("domain", "product", "port")
    found = [
        f"resource.{name} == {quoted(part)}"
        for name, part in zip(names, parts, strict=False)
        if part != "*"
    ]
    if len(parts) == 4:
        is_any = parts[3] == "*"
        column = '!= ""' if is_any else f"== {quoted(parts[3].lower())}"
        found.append(f"resource.column {column}")
    return f"({' && '.join(found) or 'true'})"


def _any(alternatives: Iterable[str]) -> str:
    return f"({' || '.join(alternatives)})"


def _one_of(what: str, words: Iterable[str]) -> str:
    return _any(f"{what} == {quoted(word)}" for word in words)


def _with_one_of(set_: str, words: Iterable[str]) -> str:
    """Return whether a set has one of several words; Cedar makes a set of a literal at each evaluation."""
    return _any(f"{set_}.contains({quoted(word)})" for word in words)
