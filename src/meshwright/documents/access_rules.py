"""Judge access policies: each by itself, and by where it stands, in the federation or in a domain.

A policy that cannot mean what it says is an error, never skipped: while a file has one, nobody but the
owner of the mesh reads what it is about.
"""

from meshwright.documents.access_reader import Raw, policies_of
from meshwright.documents.access_words import Found, foreign, principals, written
from meshwright.documents.document import Document
from meshwright.documents.visibility_rules import (
    visibility_level_problems,
    visibility_problems,
)
from meshwright.errors import did_you_mean
from meshwright.model.access import (
    AGGREGATE,
    ALLOW,
    CEILING,
    FILTER,
    MASK,
    MASKS,
    read_mask,
)
from meshwright.model.address import is_name
from meshwright.model.problem import Problem

# What an effect needs (one of these keys), and whose keys they are.
_KEYS = {
    MASK: ("mask",),
    FILTER: ("filter",),
    AGGREGATE: ("minimum_group",),
    CEILING: ("days", "by_grant"),
}
_OWNER_OF = {key: effect for effect, keys in _KEYS.items() for key in keys}
_EXAMPLE = "write `domain.product.port` or `….column`, each part a name or `*`"


def access_problems(document: Document) -> list[Problem]:
    """Return what is wrong with the policies of a file wherever it stands."""
    found, seen = [], dict[str, int]()
    for index, item in policies_of(document.raw):
        name = str(item.get("id"))
        if name in seen:
            text = f"the policy `{name}` is there twice; the other is policies[{seen[name]}]"
            path = ("policies", index, "id")
            found.append(
                document.problem("policy-duplicate", text, path, hint="rename one of them")
            )
        seen.setdefault(name, index)
        found += _told(document, index, _keys(item))
        found += _told(document, index, _mask(item))
        found += _told(document, index, _addresses(item))
        for part in ("subjects", "unless"):
            found += _told(document, index, principals(item, part))
    return [*found, *visibility_problems(document)]


def level_problems(document: Document, domain: str) -> list[Problem]:
    """Return what a policy may not say where it stands; `domain` is '' for the federation."""
    found = []
    for index, item in policies_of(document.raw):
        found += _told(document, index, _effect(item, domain))
        if domain:
            found += _told(document, index, foreign(item, domain))
    return [*found, *visibility_level_problems(document, domain)]


def _told(document: Document, index: int, found: Found) -> list[Problem]:
    return [
        document.problem(code, text, ("policies", index, *path), hint=hint)
        for code, text, path, hint in found
    ]


def _keys(item: Raw) -> Found:
    effect = str(item.get("effect"))
    wanted = _KEYS.get(effect, ())
    if wanted and not any(item.get(key) for key in wanted):
        keys = " or ".join(f"`{key}`" for key in wanted)
        text = f"a policy of effect `{effect}` needs {keys}"
        yield "policy-incomplete", text, ("effect",), f"add `{wanted[0]}: …`"
    for key, owner in _OWNER_OF.items():
        if key in item and owner != effect:
            text = f"`{key}` means nothing to a policy of effect `{effect}`"
            yield "policy-key-idle", text, (key,), f"it belongs to effect `{owner}`"


def _mask(item: Raw) -> Found:
    if "mask" not in item:
        return
    mask = read_mask(item["mask"])
    if mask is None:
        said = item["mask"]
        word = str(said.get("kind") if isinstance(said, dict) else said)
        yield "mask-unknown", f"there is no mask `{word}`", ("mask",), did_you_mean(word, MASKS)
    elif mask.kind == "round-to":
        is_step = isinstance(mask.value, int | float) and not isinstance(mask.value, bool)
        if not is_step or not isinstance(mask.value, int | float) or mask.value <= 0:
            text = "`round-to` needs the width of a step, a number above 0"
            yield "mask-value", text, ("mask",), "write `mask: round-to=10`"
    elif mask.kind == "mask-to-fixed-value":
        if mask.value is None:
            text = "`mask-to-fixed-value` needs the value"
            yield (
                "mask-value",
                text,
                ("mask",),
                "write `mask: {kind: mask-to-fixed-value, value: …}`",
            )
    elif mask.value is not None:
        yield "mask-value", f"`{mask.kind}` has no value", ("mask",), f"write `mask: {mask.kind}`"


def _addresses(item: Raw) -> Found:
    effect = str(item.get("effect"))
    for path, text in written(item, "objects", "addresses"):
        parts = text.split(".")
        good = len(parts) in (3, 4) and all(p == "*" or is_name(p) for p in parts[:3])
        if not good or not parts[-1] or any("*" in p and p != "*" for p in parts):
            hint = _EXAMPLE
            if len(parts) in (1, 2) and all(p == "*" or is_name(p) for p in parts):
                hint = f"write `{'.'.join([*parts, '*', '*'][:3])}`"
            yield "address-pattern", f"`{text}` is no address or pattern of addresses", path, hint
        elif len(parts) == 4 and effect in (ALLOW, FILTER):
            what = "lets read a port" if effect == ALLOW else "filters the rows of a port"
            text = f"effect `{effect}` {what}, `{text}` is a column"
            yield "address-pattern", text, path, f"write `{'.'.join(parts[:3])}`"


def _effect(item: Raw, domain: str) -> Found:
    effect = str(item.get("effect"))
    if effect == ALLOW and not domain:
        text = "the federation forbids and sets ceilings; it is domains that allow"
        yield (
            "effect-not-here",
            text,
            ("effect",),
            "move it to domains/<domain>/policies/access.yaml",
        )
    if effect == CEILING and domain:
        text = "a domain sets no ceiling: those of the federation bind it"
        yield "effect-not-here", text, ("effect",), "move it to policies/access.yaml of the mesh"
