"""The page of a product or a port: one address, a view for each question that people come with."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from starlette.responses import Response

from meshwright.app.catalog.board import Board
from meshwright.app.catalog.columns import columns_of
from meshwright.app.catalog.fields import Fields
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.place import Found, find_place
from meshwright.app.catalog.product_page import Subject, find_subject
from meshwright.app.catalog.quality import quality_of
from meshwright.app.catalog.sight import PortSight, sight_of
from meshwright.app.catalog.snippets import Place, snippets_of
from meshwright.app.catalog.sources import contract_text, contract_words, inputs_of
from meshwright.app.catalog.use import use_of
from meshwright.app.catalog.veil import Veil
from meshwright.app.catalog.veils import veil_of
from meshwright.app.catalog.versions import versions_of
from meshwright.app.mesh import Mesh
from meshwright.errors import MeshwrightError, UsageError
from meshwright.model.address import Address
from meshwright.serve.api.errors import status_of
from meshwright.serve.web.page import Page
from meshwright.serve.web.pages import product_rows
from meshwright.serve.web.pages.discussion import discussion_of
from meshwright.serve.web.visit import DOOR, Visit
from meshwright.serve.wording import told

VIEWS: Mapping[str, str] = {
    "overview": "Overview",
    "schema": "Schema",
    "sample": "Sample",
    "quality": "Quality",
    "lineage": "Lineage",
    "versions": "Versions",
    "consumers": "Use",
    "contract": "Contract",
    "discussion": "Discussion",
}
Words = Mapping[str, Any]
_NEAR = re.compile(r"did you mean `([a-z0-9_.]+)`")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a view is about: a subject, how whoever looks at it sees its port, and what they may know of."""

    visit: Visit
    board: Board
    knowing: Knowing
    subject: Subject
    sight: PortSight | None


async def product(visit: Visit) -> Response:
    """Show a product or a port; an address that it had leads to the one that it has."""
    board, knowing = await visit.board()
    wiring = visit.service.wiring
    try:
        found = await visit.service.threads.read(
            lambda: find_place(wiring, knowing, visit.path_word())
        )
    except UsageError as error:
        return _nowhere(visit, error)
    elsewhere = _elsewhere(visit, found)
    if elsewhere is not None:
        return elsewhere
    view = visit.word("view") if visit.word("view") in VIEWS else "overview"

    def read() -> tuple[Asked, Words]:
        subject = find_subject(wiring, board, knowing, found)
        principal = visit.who.principal
        address = Address.parse(subject.port_address)
        sight = sight_of(wiring, principal, address) if subject.port else None
        asked = Asked(visit, board, knowing, subject, sight)
        return _known_only(asked, {**_said(asked), **_READ[view](asked)})

    asked, words = await visit.service.threads.read(read)
    is_snippet = visit.is_part and "how" in visit.request.query_params
    template = "product/read.html" if is_snippet else f"product/{view}.html"
    return visit.page(
        template,
        subject=asked.subject,
        sight=asked.sight,
        view=view,
        tabs=_tabs(asked.subject),
        path=path_of(asked.subject.place),
        **words,
    )


def _nowhere(visit: Visit, error: UsageError) -> Response:
    """Say that an address leads nowhere, and where somebody may have wanted to go."""
    near = _NEAR.match(error.hint)
    words = " ".join(re.findall(r"[a-z0-9]+", visit.path_word().lower())[-3:])
    return visit.page(
        "product/unknown.html",
        status=status_of(error),
        fault=told(error, visit.service.wiring.root),
        near=near[1] if near else "",
        words=words,
    )


def _known_only(asked: Asked, words: Words) -> tuple[Asked, Words]:
    """Return what a view says, without a word of what whoever looks may not know of."""
    if not asked.knowing.hidden:
        return asked, words
    veil = Veil(asked.knowing)
    return replace(asked, subject=veil.over(asked.subject)), veil.over(words)


def path_of(address: object, view: str = "") -> str:
    """Return where a product or port is shown."""
    path = f"/products/{quote(str(address), safe='.')}"
    return f"{path}?{urlencode({'view': view})}" if view and view != "overview" else path


def _elsewhere(visit: Visit, found: Found) -> Response | None:
    """Send on who asked by a former name, or for a column or a version."""
    address = found.address
    place = Address(address.domain, address.product, address.port)
    words = dict(visit.request.query_params)
    if address.column:
        words, where = {"view": "schema"}, f"#{quote(f'c-{address.column}')}"
    elif address.version is not None:
        words, where = {"view": "versions"}, f"#v{address.version}"
    else:
        where = ""
    if not found.is_renamed and not where:
        return None
    query = f"?{urlencode(words)}" if words else ""
    former = visit.path_word().partition("@")[0]
    is_new = found.is_renamed and not former.startswith(str(found.product))
    say = f"{former} is called {found.product} now" if is_new else ""
    return visit.go(f"{path_of(place)}{query}{where}", say)


def _tabs(subject: Subject) -> tuple[tuple[str, str], ...]:
    return tuple((path_of(subject.place, key), title) for key, title in VIEWS.items())


def _overview(asked: Asked) -> Words:
    subject, service = asked.subject, asked.visit.service
    address = Address.parse(subject.port_address)
    how = asked.visit.word("how", "sql")
    snippets = snippets_of(address, _place(asked)) if subject.port else ()
    return {
        "snippets": snippets,
        "chosen": next((one for one in snippets if one.key == how), snippets[0] if snippets else None),
        "columns": columns_of(service.wiring, subject, asked.sight, with_profiles=False),
        "inputs": inputs_of(service.wiring, asked.board, asked.knowing, subject),
        "words_of_contract": contract_words(service.wiring, subject),
    }  # fmt: skip


def _place(asked: Asked) -> Place:
    service, request = asked.visit.service, asked.visit.request
    purpose = asked.sight.purpose if asked.sight else ""
    if asked.sight and asked.sight.needs_purpose:
        purpose = "what for"
    return Place(
        str(request.base_url).rstrip("/"),
        service.wiring.mesh.name,
        asked.visit.who.principal.name,
        service.sql_port,
        purpose=purpose,
    )


def _schema(asked: Asked) -> Words:
    wiring = asked.visit.service.wiring
    return {
        "columns": columns_of(wiring, asked.subject, asked.sight),
        "glossary": wiring.workspace.terms,
    }


def _quality(asked: Asked) -> Words:
    return {"quality": quality_of(asked.visit.service.wiring, asked.subject)}


def _lineage(asked: Asked) -> Words:
    wiring = asked.visit.service.wiring
    principal = asked.visit.who.principal
    return {
        "inputs": inputs_of(wiring, asked.board, asked.knowing, asked.subject),
        "use": use_of(wiring, asked.board, asked.knowing, principal, asked.subject.address),
    }


def _versions(asked: Asked) -> Words:
    wiring, address = asked.visit.service.wiring, asked.subject.address
    lines, has_more = versions_of(wiring, address)
    if asked.knowing.hidden:
        veil = veil_of(wiring, asked.knowing).within(str(address.product_address))
        lines = tuple(replace(one, reasons=tuple(map(veil.text, one.reasons))) for one in lines)
    return {"lines": lines, "has_more": has_more}


def _consumers(asked: Asked) -> Words:
    wiring, principal = asked.visit.service.wiring, asked.visit.who.principal
    return {"use": use_of(wiring, asked.board, asked.knowing, principal, asked.subject.address)}


def _contract(asked: Asked) -> Words:
    return {
        "contract": asked.subject.contract,
        "text": contract_text(asked.visit.service.wiring, asked.subject),
        "as_text": asked.visit.word("as") == "yaml",
    }


def _discussion(asked: Asked) -> Words:
    mesh = asked.visit.service.mesh_of(asked.visit.who, DOOR)
    return discussion_of(mesh, asked.subject.place)


def _said(asked: Asked) -> Words:
    """Return what every view shows: where each field comes from, and what owners announce."""
    product = str(asked.subject.address)
    mesh = asked.visit.service.mesh_of(asked.visit.who, DOOR)
    key = ("fields", product, asked.knowing.hidden)  # nothing is inferred from what is hidden
    return {
        "fields": asked.board.once(key, lambda: _fields(mesh, product)),
        "announcements": mesh.catalog.announcements(product),
    }


def _fields(mesh: Mesh, product: str) -> Fields | None:
    """Return the fields of a product; None where its files are broken, so that nobody can place them."""
    try:
        return mesh.catalog.fields(product)
    except MeshwrightError:
        return None


def _nothing(asked: Asked) -> Words:  # noqa: ARG001
    return {}


_READ: Mapping[str, Callable[[Asked], Words]] = {
    "overview": _overview,
    "schema": _schema,
    "sample": _nothing,
    "quality": _quality,
    "lineage": _lineage,
    "versions": _versions,
    "consumers": _consumers,
    "contract": _contract,
    "discussion": _discussion,
}
Answer = Callable[[Visit], Awaitable[Response]]

PAGES = (Page("/products/{address}", product), *product_rows.PAGES)
