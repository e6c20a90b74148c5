"""The façade of a mesh for somebody else than its owner: a verb is recorded and judged before it is done."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from meshwright.app.acting import ActingWiring
from meshwright.app.asking import record_acting
from meshwright.app.identity.verbs import address_of, judge
from meshwright.app.knowing_mesh import KnowingMesh, require_all_known

_UNJUDGED = ("as_principal", "close", "wiring")


class ActingMesh(KnowingMesh):
    """A mesh as one principal has it; verbs raise `DeniedError` where they may not."""

    wiring: ActingWiring

    def __getattribute__(self, name: str) -> Any:
        """Return a verb that is judged when it is called."""
        found = super().__getattribute__(name)
        if name.startswith("_") or name in _UNJUDGED:
            return found
        verb = name.replace("_", " ")
        return (
            _judged(self.wiring, verb, found)
            if callable(found)
            else _Desk(self.wiring, verb, found)
        )


class _Desk:
    """Several verbs behind one word, as `mesh.incidents`."""

    def __init__(self, wiring: ActingWiring, word: str, desk: object) -> None:
        self._wiring, self._word, self._desk = wiring, word, desk

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "wiring":
            raise AttributeError(name)
        return _judged(self._wiring, f"{self._word} {name}", getattr(self._desk, name))


def _judged(wiring: ActingWiring, verb: str, done: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(done)
    def call(*values: Any, **named: Any) -> Any:
        bound = inspect.signature(done).bind(*values, **named)
        bound.apply_defaults()
        said = bound.arguments
        record_acting(wiring, f"{verb} {address_of(said)}".strip())
        require_all_known(wiring, said)
        judge(wiring, verb, said)
        return done(*values, **named)

    return call
