"""What a product to be is called and whose it is; each mistake by the field that it is in."""

from collections.abc import Mapping
from dataclasses import replace

from meshwright.app.catalog.words import spoken
from meshwright.app.creating.draft import Draft
from meshwright.app.creating.files import product_folder
from meshwright.app.new import check_name
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError, UsageError
from meshwright.model.address import Address

MOST_OF_TITLE, MOST_OF_PURPOSE, MOST_OF_NAME = 120, 2000, 63
NEW = "+"  # the choice of a domain that is made with the product


def named(wiring: Wiring, draft: Draft, said: Mapping[str, str]) -> tuple[Draft, dict[str, str]]:
    """Return the draft with what was said, and what is wrong by field; nothing that was typed is lost."""
    is_new = said["domain"] == NEW
    domain = said["new_domain"] if is_new else said["domain"]
    found = replace(
        draft,
        domain=domain,
        is_new_domain=is_new,
        domain_title=said["domain_title"],
        domain_owner=said["domain_owner"],
        product=said["product"],
        port=said["port"],
        title=said["title"],
        purpose=said["purpose"],
        owner=said["owner"],
    )
    wrong: dict[str, str] = {}
    for field, check in (
        ("new_domain" if is_new else "domain", lambda: _domain(wiring, found)),
        ("product", lambda: _product(wiring, found)),
        ("port", lambda: _name(found.port, "port")),
        ("title", lambda: spoken(found.title, "a title", MOST_OF_TITLE)),
        ("purpose", lambda: spoken(found.purpose, "a purpose", MOST_OF_PURPOSE)),
        ("owner", lambda: _owner(found.owner)),
        ("domain_owner", lambda: _owner(found.domain_owner) if is_new else None),
        ("domain_title", lambda: _title(found.domain_title) if is_new else None),
    ):
        try:
            check()
        except MeshwrightError as error:
            wrong[field] = f"{error.message}: {error.hint}" if error.hint else error.message
    return replace(found, is_named=not wrong), wrong


def _domain(wiring: Wiring, draft: Draft) -> None:
    if not draft.domain:
        raise UsageError("domain-missing", "a product is in a domain", hint="choose one")
    if not draft.is_new_domain:
        if draft.domain not in wiring.workspace.domains:
            raise UsageError("domain-unknown", "there is no such domain", hint="choose another")
        return
    _name(draft.domain, "domain")
    taken = {*wiring.workspace.domains, *wiring.workspace.broken_domains}
    if draft.domain in taken or (wiring.root / "domains" / draft.domain).exists():
        raise UsageError("domain-exists", f"the domain `{draft.domain}` exists already")


def _product(wiring: Wiring, draft: Draft) -> None:
    _name(draft.product, "product")
    if not draft.is_new_domain and draft.domain not in wiring.workspace.domains:
        return
    folder = wiring.root / product_folder(wiring, draft)
    address = Address(draft.domain, draft.product)
    if address in wiring.workspace.cards or folder.exists():
        raise UsageError("product-exists", f"`{address}` exists already", hint="give another name")
    if str(address) in wiring.workspace.former_names:
        raise UsageError(
            "product-exists", f"`{address}` was another product's name", hint="give another"
        )


def _name(name: str, what: str) -> None:
    check_name(name, what)
    if len(name) > MOST_OF_NAME:
        raise UsageError("name-invalid", f"a name has at most {MOST_OF_NAME} letters")


def _title(title: str) -> None:
    spoken(title, "a title", MOST_OF_TITLE, is_needed=False)


def _owner(owner: str) -> None:
    said = spoken(owner, "an owner", MOST_OF_TITLE)
    if " " in said or ":" in said:
        raise UsageError(
            "owner-invalid", "an owner is a person's name as they sign in", hint="ada@example.com"
        )
