"""ODCS references (`object.column`, `schema/<id>/properties/<id>`) and the relationships made of them."""

import re
from collections.abc import Iterable, Mapping, Sequence

from meshwright.documents.document import Document, Path
from meshwright.documents.wording import show
from meshwright.errors import did_you_mean
from meshwright.model.json_value import Json
from meshwright.model.problem import Problem

_QUALIFIED = re.compile(r"/?schema/([^/]+)/properties/([^/]+)\Z")


def as_list(value: Json | None) -> list[str]:
    """Return one reference or several as a list."""
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def data_name(item: Mapping[str, Json]) -> str:
    """Return the name that a column has in the data."""
    return str(item.get("physicalName") or item.get("name") or "")


class Names:
    """Finds the objects and columns of one contract by name, physical name or id."""

    def __init__(self, objects: Iterable[Mapping[str, Json]]) -> None:
        self._objects: dict[str, Mapping[str, Json]] = {}
        self.object_names: list[str] = []
        for item in objects:
            self.object_names.append(str(item.get("name")))
            for key in ("id", "physicalName", "name"):
                if item.get(key) is not None:
                    self._objects[str(item[key])] = item

    def find_object(self, name: str) -> Mapping[str, Json] | None:
        """Return the object that is called so, or None."""
        return self._objects.get(name)

    def columns(self, item: Mapping[str, Json]) -> dict[str, str]:
        """Return the data name of each column of an object, by every name it has."""
        columns: dict[str, str] = {}
        properties = item.get("properties")
        for column in properties if isinstance(properties, list) else ():
            if isinstance(column, dict):
                for key in ("id", "physicalName", "name"):
                    if column.get(key) is not None:
                        columns[str(column[key])] = data_name(column)
        return columns

    def resolve(self, reference: str) -> str:
        """Return a reference within this contract as `object.column` with the column's data name.

        Any other reference is returned as it is written.
        """
        parts = split(reference)
        if parts is None:
            return reference
        item = self.find_object(parts[0])
        column = self.columns(item).get(parts[1]) if item is not None else None
        return f"{item['name']}.{column}" if item is not None and column else reference


def split(reference: str) -> tuple[str, str] | None:
    """Return object and column of a reference that stays within its contract, or None."""
    qualified = _QUALIFIED.match(reference)
    if qualified:
        return qualified[1], qualified[2]
    if "/" in reference or "#" in reference:
        return None
    parts = reference.split(".")
    return (parts[0], parts[1]) if 2 <= len(parts) <= 3 else None


class ReferenceJudge:
    """Judges the relationships of one contract."""

    def __init__(self, document: Document, objects: Sequence[Mapping[str, Json]]) -> None:
        self._document = document
        self._names = Names(objects)

    def object_problems(self, path: Path, item: Mapping[str, Json]) -> list[Problem]:
        """Return what is wrong with the relationships of an object and of its columns."""
        found: list[Problem] = []
        for index, relationship in enumerate(_mappings(item.get("relationships"))):
            where = (*path, "relationships", index)
            columns, targets = as_list(relationship.get("from")), as_list(relationship.get("to"))
            if len(columns) != len(targets):
                text = f"`from` names {len(columns)} columns, `to` {len(targets)}"
                hint = "name the columns of both sides in the same order"
                found.append(
                    self._document.problem("relationship-length", text, (*where, "to"), hint=hint)
                )
            for column in columns:
                found += self._target(column, (*where, "from"), own=item)
            for target in targets:
                found += self._target(target, (*where, "to"))
        for position, property_ in enumerate(_mappings(item.get("properties"))):
            base = (*path, "properties", position, "relationships")
            for index, relationship in enumerate(_mappings(property_.get("relationships"))):
                for target in as_list(relationship.get("to")):
                    found += self._target(target, (*base, index, "to"))
        return found

    def _target(
        self, reference: str, path: Path, own: Mapping[str, Json] | None = None
    ) -> list[Problem]:
        parts = split(reference)
        if parts is None:
            return []
        item = self._names.find_object(parts[0])
        if own is not None and item is not own:
            text = f"`from` names {show(reference)}, which is not a column of `{own.get('name')}`"
            hint = f"write `{own.get('name')}.<column>`"
            return [self._document.problem("relationship-from", text, path, hint=hint)]
        if item is None:
            return []
        columns = self._names.columns(item)
        if parts[1] in columns:
            return []
        text = f"`{item.get('name')}` has no column `{parts[1]}`"
        hint = did_you_mean(parts[1], columns)
        return [self._document.problem("relationship-column-unknown", text, path, hint=hint)]


def _mappings(value: Json | None) -> list[dict[str, Json]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
