"""Read tests of access policies: cases that say who is to see what."""

from collections.abc import Mapping
from dataclasses import dataclass

from meshwright.documents.access_reader import TEAM
from meshwright.documents.document import Document
from meshwright.model.json_value import Json


@dataclass(frozen=True, slots=True)
class Granted:
    """A grant that a case pretends."""

    columns: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    filter: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a case expects; None and () say nothing. `masked` is all that is not shown as it is."""

    allowed: bool | None = None
    masked: Mapping[str, str] | None = None
    raw: tuple[str, ...] = ()
    filtered: bool | tuple[str, ...] | None = None
    minimum_group: int | None = None
    policies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessCase:
    """One case. `teams`, `roles` and `attributes` are of somebody made up."""

    name: str
    principal: str
    address: str
    expect: Expected
    purpose: str = ""
    teams: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    attributes: Mapping[str, str] | None = None
    granted: Granted | None = None
    file: str = ""
    line: int = 0


def read_cases(document: Document) -> tuple[AccessCase, ...]:
    """Return the cases of a file without errors."""
    raw = document.raw if isinstance(document.raw, dict) else {}
    return tuple(
        _case(document, item) for item in _list(raw.get("tests")) if isinstance(item, dict)
    )


def _case(document: Document, item: Mapping[str, Json]) -> AccessCase:
    said = item["principal"]
    who: Mapping[str, Json] = said if isinstance(said, dict) else {"name": said}
    attributes = who.get("attributes")
    assert isinstance(item, dict)
    return AccessCase(
        name=str(item["name"]),
        principal=str(who.get("name") or ""),
        address=str(item["address"]),
        expect=_expected(item["expect"]),
        purpose=str(item.get("purpose") or ""),
        teams=tuple(TEAM + name.removeprefix(TEAM) for name in _texts(who.get("teams"))),
        roles=_texts(who.get("roles")),
        attributes={k: str(v) for k, v in attributes.items()}
        if isinstance(attributes, dict)
        else None,
        granted=_granted(item.get("granted")),
        file=document.file,
        line=document.line_of(item),
    )


def _granted(said: Json | None) -> Granted | None:
    if isinstance(said, dict):
        return Granted(
            _texts(said.get("columns")), _texts(said.get("raw")), str(said.get("filter") or "")
        )
    return Granted() if said is True else None


def _expected(said: Json) -> Expected:
    raw = said if isinstance(said, dict) else {}
    masked, filtered, group = raw.get("masked"), raw.get("filtered"), raw.get("minimum_group")
    allowed, policy = raw.get("allowed"), raw.get("policy")
    return Expected(
        allowed=allowed if isinstance(allowed, bool) else None,
        masked={c: str(m) for c, m in masked.items()} if isinstance(masked, dict) else None,
        raw=_texts(raw.get("raw")),
        filtered=filtered if isinstance(filtered, bool) or filtered is None else _texts(filtered),
        minimum_group=group if isinstance(group, int) else None,
        policies=(policy,) if isinstance(policy, str) else _texts(policy),
    )


def _list(value: Json | None) -> list[Json]:
    return list(value) if isinstance(value, list) else []


def _texts(value: Json | None) -> tuple[str, ...]:
    return tuple(map(str, _list(value)))
