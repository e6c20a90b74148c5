"""Read a judged ODCS contract into a `Contract`. All of v3 is read; nothing is judged here."""

from collections.abc import Iterable, Mapping

from meshwright.documents.column_rules import entries
from meshwright.documents.digest import promise_digest
from meshwright.documents.document import Document
from meshwright.documents.quality_rules import (
    OPERATORS,
    rule_arguments,
    rule_kind,
    rule_metric,
    rule_severity,
    rule_unit,
)
from meshwright.documents.references import Names, as_list, data_name
from meshwright.documents.roles_reader import read_roles
from meshwright.documents.tolerance import read_quarantine
from meshwright.model.contract import (
    Contract,
    ContractColumn,
    ContractObject,
    QualityRule,
    Relationship,
    ServiceLevel,
    Threshold,
)
from meshwright.model.json_value import Json

Raw = Mapping[str, Json]


def read_contract(document: Document) -> Contract:
    """Return the contract that a document without errors describes."""
    raw = document.raw
    assert isinstance(raw, dict)
    objects = [item for _, item in entries(raw.get("schema"), ())]
    reader = _Reader(document, Names(objects))
    custom = custom_properties(raw)
    levels = tuple(
        _service_level(document, item) for _, item in entries(raw.get("slaProperties"), ())
    )
    read = tuple(reader.object(item) for item in objects)
    first = read[0].custom if len(read) == 1 else {}
    end = custom.get("endOfLife") or first.get("endOfLife")
    if end is None:
        end = next((level.value for level in levels if level.name == "endOfLife"), "")
    return Contract(
        id=_text(raw, "id"),
        version=_text(raw, "version"),
        status=_text(raw, "status"),
        api_version=_text(raw, "apiVersion"),
        objects=read,
        file=document.file,
        name=_text(raw, "name"),
        description=description_text(raw.get("description")),
        domain=_text(raw, "domain"),
        data_product=_text(raw, "dataProduct"),
        service_levels=levels,
        owners=team_owners(raw.get("team")),
        roles=read_roles(raw.get("roles")),
        tags=_texts(raw.get("tags")),
        quarantine=read_quarantine(custom.get("quarantine", first.get("quarantine"))),
        replaces=str(custom.get("replaces") or first.get("replaces") or ""),
        end_of_life=str(end or ""),
        is_deprecated=_is_deprecated(raw, objects) or bool(end),
        custom=custom,
        digest=promise_digest(raw),
    )


def _is_deprecated(raw: Raw, objects: Iterable[Raw]) -> bool:
    """Say whether a contract asks not to be relied on any more: by its status, or of its only table."""
    listed = list(objects)
    is_table = len(listed) == 1 and listed[0].get("deprecated") is True
    return is_table or _text(raw, "status").lower() in ("deprecated", "retired")


def contract_from(raw: Mapping[str, Json]) -> Contract:
    """Return the contract of a raw document that was judged before (a published one)."""
    return read_contract(Document("", "contract", dict(raw)))


def custom_properties(raw: Raw) -> dict[str, object]:
    """Return `customProperties` as a mapping; the last one of a name counts."""
    found = entries(raw.get("customProperties"), ())
    return {str(item.get("property")): item.get("value") for _, item in found}


def description_text(value: Json | None) -> str:
    """Return a description, which is a text or a mapping with a purpose, as one text."""
    if isinstance(value, dict):
        return str(value.get("purpose") or value.get("usage") or "")
    return str(value or "")


def team_owners(team: Json | None) -> tuple[str, ...]:
    """Return who owns it: the team's members with a role of owner, or else all present members."""
    listed = team.get("members") if isinstance(team, dict) else team
    members = [item for _, item in entries(listed, ()) if not item.get("dateOut")]
    owners = [m for m in members if "owner" in str(m.get("role") or "").lower()]
    return tuple(str(m.get("username")) for m in owners or members)


class _Reader:
    """Reads the objects of one contract; `names` resolves references within it."""

    def __init__(self, document: Document, names: Names) -> None:
        self._document = document
        self._names = names

    def object(self, item: dict[str, Json]) -> ContractObject:
        columns = tuple(self.column(c, position) for c, position in _keyed(item))
        return ContractObject(
            name=_text(item, "name"),
            columns=columns,
            physical_name=_text(item, "physicalName"),
            description=description_text(item.get("description")),
            granularity=_text(item, "dataGranularityDescription"),
            quality=self._rules(item),
            relationships=self._object_relationships(item),
            tags=_texts(item.get("tags")),
            custom=custom_properties(item),
            line=self._document.line_of(item),
        )

    def column(self, raw: dict[str, Json], position: int = 0) -> ContractColumn:
        options = raw.get("logicalTypeOptions")
        items, of_map = raw.get("items"), raw.get("map")
        return ContractColumn(
            name=data_name(raw),
            logical_type=_text(raw, "logicalType"),
            physical_type=_text(raw, "physicalType"),
            options=dict(options) if isinstance(options, dict) else {},
            required=raw.get("required") is True,
            unique=raw.get("unique") is True,
            key_position=position,
            enum=_enum(raw.get("enum")),
            classification=_text(raw, "classification"),
            tags=_texts(raw.get("tags")),
            description=description_text(raw.get("description")),
            business_name=_text(raw, "businessName"),
            semantic_type=_text(raw, "semanticType"),
            definitions=tuple(
                _text(item, "url") for _, item in entries(raw.get("authoritativeDefinitions"), ())
            ),
            quality=self._rules(raw),
            relationships=self._column_relationships(raw),
            properties=tuple(self.column(c) for _, c in entries(raw.get("properties"), ())),
            items=self.column(items) if isinstance(items, dict) else None,
            map_key=self._part(of_map, "key"),
            map_value=self._part(of_map, "value"),
            custom=custom_properties(raw),
            line=self._document.line_of(raw),
        )

    def _part(self, of_map: Json | None, part: str) -> ContractColumn | None:
        nested = of_map.get(part) if isinstance(of_map, dict) else None
        return self.column(nested) if isinstance(nested, dict) else None

    def _rules(self, owner: Raw) -> tuple[QualityRule, ...]:
        taken: dict[str, int] = {}
        rules = []
        for _, raw in entries(owner.get("quality"), ()):
            base = str(raw.get("id") or raw.get("name") or rule_metric(raw) or rule_kind(raw))
            taken[base] = taken.get(base, 0) + 1
            key = base if taken[base] == 1 else f"{base}-{taken[base]}"
            rules.append(_rule(raw, key, self._document.line_of(raw)))
        return tuple(rules)

    def _object_relationships(self, item: Raw) -> tuple[Relationship, ...]:
        columns = self._names.columns(item)
        found = []
        for _, raw in entries(item.get("relationships"), ()):
            named = [self._names.resolve(reference) for reference in as_list(raw.get("from"))]
            own = tuple(columns.get(n.rpartition(".")[2], n.rpartition(".")[2]) for n in named)
            found.append(self._relationship(raw, own, as_list(raw.get("to"))))
        return tuple(found)

    def _column_relationships(self, column: Raw) -> tuple[Relationship, ...]:
        return tuple(
            self._relationship(raw, (data_name(column),), [target])
            for _, raw in entries(column.get("relationships"), ())
            for target in as_list(raw.get("to"))
        )

    def _relationship(
        self, raw: dict[str, Json], columns: tuple[str, ...], targets: Iterable[str]
    ) -> Relationship:
        references = tuple(self._names.resolve(target) for target in targets)
        kind = str(raw.get("type") or "foreignKey")
        return Relationship(columns, references, kind, self._document.line_of(raw))


def _keyed(item: Raw) -> list[tuple[dict[str, Json], int]]:
    """Return the columns of an object, each with its position in the primary key (0: not in it)."""
    columns = [column for _, column in entries(item.get("properties"), ())]
    keyed = [column for column in columns if column.get("primaryKey") is True]
    if all(_position(column) > 0 for column in keyed):
        keyed.sort(key=_position)
    order = {id(column): index + 1 for index, column in enumerate(keyed)}
    return [(column, order.get(id(column), 0)) for column in columns]


def _position(column: Raw) -> int:
    position = column.get("primaryKeyPosition", -1)
    return position if isinstance(position, int) else -1


def _rule(raw: Raw, key: str, line: int) -> QualityRule:
    kind = rule_kind(raw)
    arguments = rule_arguments(raw)
    if kind == "custom":
        arguments = {"engine": raw.get("engine"), "implementation": raw.get("implementation")}
    thresholds = tuple(
        Threshold(operator, raw[operator]) for operator in OPERATORS if operator in raw
    )
    if not thresholds and raw.get("rule") == "validValues":
        thresholds = (Threshold("mustBe", 0),)
    return QualityRule(
        key=key,
        kind=kind,
        metric=rule_metric(raw) if kind == "library" else "",
        arguments=arguments,
        thresholds=thresholds,
        unit=rule_unit(raw),
        severity=rule_severity(raw),
        query=_text(raw, "query"),
        name=_text(raw, "name"),
        description=description_text(raw.get("description")),
        dimension=_text(raw, "dimension"),
        line=line,
    )


def _service_level(document: Document, raw: dict[str, Json]) -> ServiceLevel:
    return ServiceLevel(
        name=_text(raw, "property"),
        value=raw.get("value"),
        unit=_text(raw, "unit"),
        element=_text(raw, "element"),
        description=_text(raw, "description"),
        line=document.line_of(raw),
    )


def _enum(value: Json | None) -> tuple[object, ...] | None:
    if not isinstance(value, list):
        return None
    return tuple(item.get("value") if isinstance(item, dict) else item for item in value)


def _text(raw: Raw, key: str) -> str:
    value = raw.get(key)
    return "" if value is None else str(value)


def _texts(value: Json | None) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
