"""Judge what `visibility:` of a file of access policies hides: each by itself, and by where it stands.

One that cannot mean what it says is an error, never skipped: while a file has one, its products are hidden.
"""

from meshwright.documents.access_reader import VISIBILITY, Raw, policies_of
from meshwright.documents.access_words import Found, foreign, principals, written
from meshwright.documents.document import Document
from meshwright.model.address import is_name
from meshwright.model.problem import Problem


def visibility_problems(document: Document) -> list[Problem]:
    """Return what is wrong with it wherever the file stands."""
    found, seen = [], dict[str, int]()
    for index, item in policies_of(document.raw, VISIBILITY):
        name = str(item.get("id"))
        if name in seen:
            text = f"the policy `{name}` is there twice; the other is visibility[{seen[name]}]"
            path = (VISIBILITY, index, "id")
            found.append(
                document.problem("policy-duplicate", text, path, hint="rename one of them")
            )
        seen.setdefault(name, index)
        found += _told(document, index, _addresses(item))
        for part in ("subjects", "unless"):
            found += _told(document, index, principals(item, part))
    return found


def visibility_level_problems(document: Document, domain: str) -> list[Problem]:
    """Return what may not be said where it stands: a domain hides its own products alone."""
    if not domain:
        return []
    return [
        problem
        for index, item in policies_of(document.raw, VISIBILITY)
        for problem in _told(document, index, foreign(item, domain))
    ]


def _addresses(item: Raw) -> Found:
    for path, text in written(item, "objects", "addresses"):
        parts = text.split(".")
        if len(parts) == 2 and all(part == "*" or is_name(part) for part in parts):
            continue
        hint = "write `domain.product`, each part a name or `*`"
        if len(parts) > 2 and all(part == "*" or is_name(part) for part in parts[:2]):
            hint = f"a product is hidden whole: write `{'.'.join(parts[:2])}`"
        elif len(parts) == 1 and is_name(text):
            hint = f"write `{text}.*`"
        yield "address-pattern", f"`{text}` is no address or pattern of products", path, hint


def _told(document: Document, index: int, found: Found) -> list[Problem]:
    return [
        document.problem(code, text, (VISIBILITY, index, *path), hint=hint)
        for code, text, path, hint in found
    ]
