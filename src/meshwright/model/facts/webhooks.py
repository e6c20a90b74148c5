"""Whom other programs hear of facts through. Where a hook leads, and its secret, lie beside the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass

from meshwright.model.facts.fact import Fact


@dataclass(frozen=True, slots=True)
class WebhookAdded(Fact):
    """Facts of some kinds (none: all) about an address ('': the mesh) are sent to a host from now on."""

    webhook: str
    principal: str
    host: str
    kinds: Sequence[str] = ()
    address: str = ""


@dataclass(frozen=True, slots=True)
class WebhookRemoved(Fact):
    """A hook is no longer told anything."""

    webhook: str
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WebhookDisabled(Fact):
    """A hook is told nothing any more: it failed for days, said that it is gone, or its owner may not now."""

    webhook: str
    error: str
    failing_since: str = ""
