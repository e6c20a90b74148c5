"""What each port promises over time, read from its card: no descriptor is opened again."""

from collections.abc import Mapping
from typing import Any

from meshwright.documents.cards import Card
from meshwright.model.json_value import Json
from meshwright.model.product import OutputPort
from meshwright.observe.service.objectives import (
    NotEnforced,
    Objective,
    Promises,
    contract_promises,
)


def port_promises(port: OutputPort) -> Promises:
    """Return what the contract of a port promises over time."""
    has_clock = port.materialisation.kind == "append" or bool(port.monitoring.time)
    if port.contract is None:
        return Promises()
    return contract_promises(
        port.contract, port.name, has_clock=has_clock, by_data=bool(port.monitoring.time)
    )


def level_reasons(port: OutputPort) -> dict[str, str]:
    """Return for each service level why nothing enforces it; '' for one that is observed."""
    promises = port_promises(port)
    found = {objective.name: "" for objective in promises.enforced}
    return found | {level.name: level.reason for level in promises.not_enforced}


def promises_of(card: Card) -> Mapping[str, Promises]:
    """Return the promises of a product's ports, by name."""
    said: Mapping[str, Any] = card.extra.get("promises", {})
    return {
        output.name: _from_json(said[output.name]) if output.name in said else Promises()
        for output in card.outputs
    }


def promises_to_json(promises: Promises) -> Json:
    """Return promises as a card keeps them."""
    return [
        promises.target,
        [
            [o.name, o.kind, o.limit, o.shown, o.element, o.unit, o.count, o.offset]
            for o in promises.enforced
        ],
        [[level.name, level.reason] for level in promises.not_enforced],
        promises.by_data,
    ]


def _from_json(said: Any) -> Promises:
    target, enforced, refused, by_data = said
    return Promises(
        tuple(Objective(*item) for item in enforced),
        tuple(NotEnforced(*item) for item in refused),
        target,
        by_data,
    )
