"""What policies about access and about visibility share: whom and what they name."""

from collections.abc import Iterator

from meshwright.documents.access_reader import Raw
from meshwright.documents.document import Path
from meshwright.errors import did_you_mean
from meshwright.model.address import is_name
from meshwright.model.json_value import Json
from meshwright.model.principal import KINDS

Found = Iterator[tuple[str, str, Path, str]]  # code, text, path within the policy, hint


def foreign(item: Raw, domain: str) -> Found:
    """Yield the addresses of other domains in what a domain says."""
    for path, text in written(item, "objects", "addresses"):
        parts = text.split(".")
        if parts[0] not in (domain, "*") and is_name(parts[0]):
            said = f"`{text}` is not of the domain `{domain}`, whose policy this is"
            yield "address-foreign", said, path, f"write `{'.'.join([domain, *parts[1:]])}`"


def principals(item: Raw, part: str) -> Found:
    """Yield what is no name of a principal."""
    for path, text in written(item, part, "principals"):
        kind, colon, name = text.partition(":")
        if text == "*" or (colon and name and (kind in KINDS or kind == "*")):
            continue
        hint = f"write `person:{text}`" if not colon else did_you_mean(kind, KINDS)
        yield "principal-pattern", f"`{text}` is no name of a principal", path, hint


def written(item: Raw, part: str, key: str) -> Iterator[tuple[Path, str]]:
    """Yield the texts of a list, each with its path."""
    whole: Json = item.get(part)
    listed = whole.get(key) if isinstance(whole, dict) else None
    for index, value in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(value, str):
            yield (part, key, index), value
