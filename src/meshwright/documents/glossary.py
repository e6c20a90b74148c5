"""Read `glossary.yaml` of the mesh and of its domains, and judge them by each other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from meshwright.documents.document import Document
from meshwright.errors import did_you_mean
from meshwright.model.glossary import Term
from meshwright.model.json_value import Json
from meshwright.model.problem import Place, Problem

FILE = "glossary.yaml"


def glossary_problems(document: Document) -> list[Problem]:
    """Find terms that one file names twice."""
    found, seen = [], dict[str, int]()
    for index, item in _items(document.raw):
        name = str(item.get("name"))
        if name in seen:
            text = f"the term `{name}` is defined twice; the other is terms[{seen[name]}]"
            path = ("terms", index, "name")
            found.append(document.problem("term-duplicate", text, path, hint="keep one of them"))
        seen.setdefault(name, index)
    return found


def read_terms(document: Document, domain: str, owners: Sequence[str]) -> tuple[Term, ...]:
    """Return the terms of a file; none where it is broken. `owners` answer for a term without one."""
    if document.is_broken:
        return ()
    return tuple(
        Term(
            name=str(item["name"]),
            definition=" ".join(str(item["definition"]).split()),
            owner=str(item.get("owner") or ", ".join(owners)),
            title=str(item.get("title") or ""),
            synonyms=_texts(item.get("synonyms")),
            related=_texts(item.get("related")),
            domain=domain,
            file=document.file,
            line=document.line_of(item),
        )
        for _, item in _items(document.raw)
    )


def terms_problems(terms: Iterable[Term]) -> list[Problem]:
    """Find a domain's term that another file has given a meaning, and related terms that are not there."""
    first: dict[str, Term] = {}
    found = []
    for term in terms:
        other = first.setdefault(term.name, term)
        if other.file != term.file:
            text = f"the term `{term.name}` has a meaning already, in {other.file}"
            hint = "use that one, or give yours another name: one word, one meaning"
            found.append(Problem("term-duplicate", text, Place(term.file, term.line), hint))
    for term in first.values():
        for name in term.related:
            if name not in first:
                text = f"`{name}`, related to `{term.name}`, is no term"
                place = Place(term.file, term.line)
                hint = did_you_mean(name, first)
                found.append(Problem("term-unknown", text, place, hint, severity="warning"))
    return found


def _items(raw: Json) -> Iterator[tuple[int, Mapping[str, Json]]]:
    listed = raw.get("terms") if isinstance(raw, dict) else None
    for index, item in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(item, dict):
            yield index, item


def _texts(value: Json | None) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
