"""Find the products of a domain: listed in domain.yaml, or each sub-folder with a product file."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from meshwright.documents.document import Document
from meshwright.documents.names import PRODUCT_FILE
from meshwright.documents.scan import stamps_of, subfolders
from meshwright.errors import did_you_mean
from meshwright.model.problem import Place, Problem


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found in a domain's folder; `watched` are the places whose stamps tell of news."""

    products: tuple[str, ...]
    watched: tuple[str, ...]
    stamps: tuple[int, ...]
    problems: tuple[Problem, ...]


def is_current(folder: str, watched: Sequence[str], stamps: Sequence[int]) -> bool:
    """Say whether a domain's folder still holds the products that were found."""
    return stamps_of(folder, watched) == list(stamps)


def discover(folder: str, document: Document, listed: Sequence[str] | None) -> Discovery:
    """Find the products in a domain's folder; `listed` are those that domain.yaml names."""
    names = subfolders(folder)
    found = [name for name in names if _has_product(os.path.join(folder, name))]
    others = [name for name in names if name not in found]
    problems: list[Problem] = []
    if listed is None:
        products = found
        problems += _nested(folder, document, others)
    else:
        products = []
        for index, name in enumerate(listed):
            if _has_product(os.path.join(folder, name)):
                products.append(name)
            else:
                problems.append(_missing(folder, document, name, index, found))
    if not products and not problems:
        text = f"the domain has no product yet: no folder here has a {PRODUCT_FILE}"
        hint = "`mesh new product` writes one"
        problems.append(document.problem("domain-empty", text, hint=hint, severity="warning"))
    watched = (".", *others, *(name for name in listed or () if name not in found))
    return Discovery(tuple(products), watched, tuple(stamps_of(folder, watched)), tuple(problems))


def _has_product(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, PRODUCT_FILE))


def _missing(
    folder: str, document: Document, name: str, index: int, found: Sequence[str]
) -> Problem:
    exists = os.path.isdir(os.path.join(folder, name))
    text = (
        f"product folder `{name}` has no {PRODUCT_FILE}"
        if exists
        else f"there is no product folder `{name}`"
    )
    hint = did_you_mean(name, found) if not exists else f"write {name}/{PRODUCT_FILE}"
    return document.problem("product-missing", text, ("products", index), hint=hint)


def _nested(folder: str, document: Document, others: Sequence[str]) -> list[Problem]:
    problems = []
    for name in others:
        for inner in subfolders(os.path.join(folder, name)):
            if _has_product(os.path.join(folder, name, inner)):
                where = os.path.join(os.path.dirname(document.file), name, inner)
                text = (
                    f"`{name}/{inner}` holds a product, but is not directly in the domain's folder"
                )
                hint = f"move it up, or list it in domain.yaml: `products: [{name}/{inner}]`"
                place = Place(f"{where}/{PRODUCT_FILE}")
                problems.append(Problem("product-nested", text, place, hint, severity="warning"))
    return problems
