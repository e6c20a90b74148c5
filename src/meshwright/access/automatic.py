"""Rules by which a request is approved at once: the first of mesh.yaml that holds."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from meshwright.model.access_request import AutomaticRule
from meshwright.model.address import Address
from meshwright.model.principal import PRODUCT, Principal


def belongs_to(principal: Principal, domain: str) -> bool:
    """Say whether a principal is of a domain: in its team, that team itself, or a product of it."""
    if principal.kind == PRODUCT:
        return principal.id.partition(".")[0] == domain
    return f"team:{domain}" in principal.names


def find_rule(
    rules: Sequence[AutomaticRule],
    principal: Principal,
    address: Address,
    days: int,
    *,
    is_classified: bool,
) -> AutomaticRule | None:
    """Return the first rule that approves; `is_classified`: of something above internal, or personal."""
    for rule in rules:
        if rule.same_domain and not belongs_to(principal, address.domain):
            continue
        if rule.not_personal and is_classified:
            continue
        if rule.days and days > rule.days:
            continue
        if rule.kinds and principal.kind not in rule.kinds:
            continue
        if rule.addresses and not any(_covers(one, address) for one in rule.addresses):
            continue
        return rule
    return None


def _covers(pattern: str, address: Address) -> bool:
    parts, names = pattern.split("."), str(address.port_address).split(".")
    return len(parts) <= len(names) and all(map(fnmatchcase, names, parts))
