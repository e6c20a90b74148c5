"""Where the description, tags and terms of a product, port or column stand in its files, or would stand.

Terms are `authoritativeDefinitions` whose URL begins with `glossary:`; other definitions beside them stay.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from meshwright.documents.document import Document, Path
from meshwright.model.glossary import SCHEME, term_of
from meshwright.model.json_value import Json

DESCRIPTION, TAGS, TERMS = FIELDS = ("description", "tags", "terms")
_KEYS = {TAGS: "tags", TERMS: "authoritativeDefinitions"}


@dataclass(frozen=True, slots=True)
class Spot:
    """A key path in a file of the mesh; `held`: what stands there, in the words of the field."""

    document: Document
    path: Path
    held: str | tuple[str, ...]

    @property
    def line(self) -> int:
        """Return its line; 0 where it does not stand there yet."""
        return self.document.line_at(self.path) if self.held else 0


def product_spot(product: Document, field: str) -> Spot:
    """Return where a field of a product stands."""
    return _spot(product, (), field)


def port_spot(product: Document, contract: Document | None, port: str, field: str) -> Spot | None:
    """Return where a field of a port stands: in the product's file where it is there, else in the contract.

    A contract describes its object; its tags and terms are those of all of it.
    """
    listed = _find(product.raw, "outputPorts", port)
    at_home = _spot(product, listed, field) if listed is not None else None
    if at_home is not None and at_home.held:
        return at_home
    described = object_path(contract, port)
    if contract is not None and described is not None:
        return _spot(contract, described if field == DESCRIPTION else (), field)
    return at_home


def column_spot(contract: Document | None, port: str, column: str, field: str) -> Spot | None:
    """Return where a field of a column stands; None where the contract does not describe it."""
    described = object_path(contract, port)
    if contract is None or described is None:
        return None
    found = _find(_at(contract.raw, described), "properties", column)
    return _spot(contract, (*described, *found), field) if found is not None else None


def columns_of(contract: Document | None, port: str) -> tuple[str, ...]:
    """Return the columns that a contract describes, by their names in the data."""
    described = object_path(contract, port)
    if contract is None or described is None:
        return ()
    listed = _mapping(_at(contract.raw, described)).get("properties")
    columns = listed if isinstance(listed, list) else []
    return tuple(_name(one) for one in columns if isinstance(one, dict))


def object_path(contract: Document | None, port: str) -> Path | None:
    """Return where a contract describes a port: the object of its name, or the only one."""
    if contract is None:
        return None
    listed = _mapping(contract.raw).get("schema")
    objects = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    for place, one in enumerate(objects):
        if port in (one.get("name"), one.get("physicalName")):
            return ("schema", place)
    return ("schema", 0) if len(objects) == 1 else None


def written(spot: Spot, field: str, value: str | tuple[str, ...]) -> Json:
    """Return the value to write at a spot: other definitions than terms are kept, in their order."""
    if field == TERMS:
        now = _at(spot.document.raw, spot.path)
        others = [
            one
            for one in (now if isinstance(now, list) else [])
            if not term_of(str(_mapping(one).get("url", "")))
        ]
        named: list[Json] = [
            {"type": "businessDefinition", "url": f"{SCHEME}{term}"} for term in value
        ]
        return [*others, *named]
    return list(value) if isinstance(value, tuple) else value


def _spot(document: Document, base: Path, field: str) -> Spot:
    if field == DESCRIPTION:
        return _description(document, base)
    path = (*base, _KEYS[field])
    found = _at(document.raw, path)
    listed = found if isinstance(found, list) else []
    if field == TAGS:
        return Spot(document, path, tuple(str(one) for one in listed))
    terms = (term_of(str(_mapping(one).get("url", ""))) for one in listed)
    return Spot(document, path, tuple(term for term in terms if term))


def _description(document: Document, base: Path) -> Spot:
    """A description is a text; at the head of a file a mapping, whose purpose is what is read first."""
    path = (*base, "description")
    found = _at(document.raw, path)
    if isinstance(found, dict):
        key = "usage" if found.get("usage") and not found.get("purpose") else "purpose"
        return Spot(document, (*path, key), str(found.get(key) or ""))
    if base:
        return Spot(document, path, str(found or ""))
    return Spot(document, path if found else (*path, "purpose"), str(found or ""))


def _find(raw: Json, key: str, name: str) -> Path | None:
    listed = _mapping(raw).get(key)
    for place, one in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(one, dict) and _name(one) == name:
            return (key, place)
    return None


def _name(one: Mapping[str, Json]) -> str:
    return str(one.get("physicalName") or one.get("name") or "")


def _at(raw: Json, path: Path) -> Json:
    for part in path:
        if isinstance(raw, dict) and isinstance(part, str):
            raw = raw.get(part)
        elif isinstance(raw, list) and isinstance(part, int) and part < len(raw):
            raw = raw[part]
        else:
            return None
    return raw


def _mapping(raw: Json) -> Mapping[str, Json]:
    return raw if isinstance(raw, dict) else {}
