"""Read `policies/access.yaml` into access policies, and its tests into cases."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from meshwright.documents.digest import digest
from meshwright.documents.document import Document
from meshwright.documents.scan import MISSING, stamps_of
from meshwright.documents.store import DocumentStore
from meshwright.model.access import (
    AccessPolicy,
    Objects,
    Subjects,
    VisibilityPolicy,
    plain_purpose,
    read_mask,
)
from meshwright.model.classification import plain_word
from meshwright.model.json_value import Json
from meshwright.model.problem import Problem

FILE = "policies/access.yaml"
POLICIES, VISIBILITY = "policies", "visibility"
TEAM = "team:"
Raw = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class AccessFile:
    """The policies of the federation or of one domain; none where it is broken. `mark` tells of changes."""

    policies: tuple[AccessPolicy, ...] = ()
    problems: tuple[Problem, ...] = ()
    mark: str = ""
    visibility: tuple[VisibilityPolicy, ...] = ()
    hides_all: bool = False  # it cannot be read, and would hide something
    only_hides: bool = False  # it says nothing of who reads what

    @property
    def error(self) -> Problem | None:
        """Return the first thing that keeps the policies from being read."""
        return next((problem for problem in self.problems if problem.is_error), None)


def load_access(store: DocumentStore, file: str, domain: str) -> AccessFile:
    """Read a file as it is on disk; no policies where there is none."""
    (time, size) = stamps_of(store.path("."), [file])
    if (time, size) == MISSING:
        return AccessFile()
    from meshwright.documents.access_rules import level_problems

    document = store.document(file, (time, size), "access")
    problems = list(document.problems)
    if not document.is_broken:
        problems += level_problems(document, domain)
    is_broken = any(problem.is_error for problem in problems)
    policies = () if is_broken else read_policies(document, domain)
    visibility = () if is_broken else read_visibility(document, domain)
    says_more = not isinstance(document.raw, dict) or "visibility" in document.raw
    return AccessFile(
        policies,
        tuple(problems),
        digest([file, document.raw, [p.message for p in problems]]),
        visibility,
        is_broken and says_more,
        not is_broken and isinstance(document.raw, dict) and POLICIES not in document.raw,
    )


def read_policies(document: Document, domain: str) -> tuple[AccessPolicy, ...]:
    """Return the policies of a file without errors."""
    return tuple(_policy(document, domain, item) for _, item in policies_of(document.raw))


def policies_of(raw: Json, key: str = POLICIES) -> Iterator[tuple[int, Raw]]:
    """Yield the policies of a file (or what it hides) as they are written, with their positions."""
    listed = raw.get(key) if isinstance(raw, dict) else None
    for index, item in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(item, dict):
            yield index, item


def read_visibility(document: Document, domain: str) -> tuple[VisibilityPolicy, ...]:
    """Return what a file without errors hides."""
    return tuple(
        VisibilityPolicy(
            id=str(item["id"]),
            domain=domain,
            objects=_objects(item.get("objects")),
            subjects=_subjects(item.get("subjects")),
            unless=_subjects(item["unless"]) if "unless" in item else None,
            description=" ".join(str(item.get("description") or "").split()),
            file=document.file,
            line=document.line_of(item),
        )
        for _, item in policies_of(document.raw, VISIBILITY)
    )


def _policy(document: Document, domain: str, item: Raw) -> AccessPolicy:
    unless, group, days = item.get("unless"), item.get("minimum_group"), item.get("days")
    assert isinstance(item, dict)
    return AccessPolicy(
        id=str(item["id"]),
        domain=domain,
        effect=str(item["effect"]),
        subjects=_subjects(item.get("subjects")),
        objects=_objects(item.get("objects")),
        unless=_subjects(unless) if unless is not None else None,
        purposes=tuple(map(plain_purpose, _texts(item.get("purposes")))),
        mask=read_mask(item["mask"]) if "mask" in item else None,
        filter=str(item.get("filter") or "").strip(),
        minimum_group=group if isinstance(group, int) else 0,
        days=days if isinstance(days, int) else 0,
        by_grant=item.get("by_grant") is True,
        description=" ".join(str(item.get("description") or "").split()),
        file=document.file,
        line=document.line_of(item),
    )


def _subjects(said: Json | None) -> Subjects:
    raw = said if isinstance(said, dict) else {}
    attributes = raw.get("attributes")
    return Subjects(
        principals=_texts(raw.get("principals")),
        kinds=_texts(raw.get("kinds")),
        teams=tuple(TEAM + name.removeprefix(TEAM) for name in _texts(raw.get("teams"))),
        roles=_texts(raw.get("roles")),
        domains=_texts(raw.get("domains")),
        attributes={
            name: _texts(values)
            for name, values in (attributes if isinstance(attributes, dict) else {}).items()
        },
    )


def _objects(said: Json | None) -> Objects:
    raw = said if isinstance(said, dict) else {}
    return Objects(
        addresses=_texts(raw.get("addresses")),
        tags=tuple(map(plain_word, _texts(raw.get("tags")))),
        classifications=_texts(raw.get("classifications")),
    )


def _texts(value: Json | None) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
