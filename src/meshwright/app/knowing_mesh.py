"""The façade of a mesh for somebody who may not know of everything: what is hidden is not there.

What must stay true: a hidden product that is named is unknown, in the very words in which one that does not
exist is; what is selected is selected among what they know; what is returned passes the veil. Whoever may
know of everything has the mesh as it is.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from meshwright.app.acting import ActingWiring
from meshwright.app.catalog.knowing import Knowing, knowing_of
from meshwright.app.catalog.veil import Veil
from meshwright.app.catalog.veils import veil_of
from meshwright.app.mesh import Mesh
from meshwright.app.product_graph import graph_of
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError, UsageError, did_you_mean
from meshwright.model.address import Address
from meshwright.orchestrate.selection import select as selected

_PLAIN = ("as_principal", "close", "wiring", "search", "query", "read", "trail", "verify_trail")
_ADDRESSES = ("address", "product", "before", "after", "about", "column")
_DESKS = ("incidents", "access")


class KnowingMesh(Mesh):
    """A mesh as one principal knows it."""

    wiring: ActingWiring

    def __getattribute__(self, name: str) -> Any:
        """Return a verb that tells of what may be known alone."""
        found = super().__getattribute__(name)
        if name.startswith("_") or name in _PLAIN:
            return found
        wiring = super().__getattribute__("wiring")
        if name in _DESKS:
            return KnowingDesk(wiring, found)
        return told(wiring, found) if callable(found) else found


class KnowingDesk:
    """Several verbs behind one word, as `mesh.incidents`."""

    def __init__(self, wiring: Wiring, desk: object) -> None:
        self._wiring, self._desk = wiring, desk

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._desk, name)
        if name.startswith("_") or not callable(found):
            return found
        return told(self._wiring, found)


def told(wiring: Wiring, verb: Callable[..., Any]) -> Callable[..., Any]:
    """Return a verb that tells of what may be known alone."""

    @wraps(verb)
    def call(*values: Any, **named: Any) -> Any:
        if not isinstance(wiring, ActingWiring):
            return verb(*values, **named)
        wiring.look_again()
        knowing = knowing_of(wiring, wiring.principal())
        if not knowing.hidden:
            return verb(*values, **named)
        bound = inspect.signature(verb).bind(*values, **named)
        bound.apply_defaults()
        chosen = _judged(wiring, knowing, bound.arguments)
        if "select" in bound.arguments:
            bound.arguments["select"] = chosen
        veil = veil_of(wiring, knowing)
        about = str(bound.arguments.get("address") or bound.arguments.get("product") or "")
        veil = veil.within(".".join(about.partition("@")[0].split(".")[:2]))
        try:
            return veil.over(verb(*bound.args, **bound.kwargs))
        except MeshwrightError as error:
            raise _without_names(error, veil) from None

    return call


def require_all_known(wiring: ActingWiring, said: Mapping[str, Any]) -> None:
    """Raise what a verb does about what is not there, for what somebody may not know of."""
    knowing = knowing_of(wiring, wiring.principal())
    if knowing.hidden:
        _judged(wiring, knowing, said)


def _judged(wiring: Wiring, knowing: Knowing, said: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a verb's selection means, if all that it names is known."""
    _require_known(wiring, knowing, said)
    return _selected(wiring, knowing, said["select"]) if "select" in said else ()


def _require_known(wiring: Wiring, knowing: Knowing, said: Mapping[str, Any]) -> None:
    for key in _ADDRESSES:
        text = said.get(key)
        if isinstance(text, str) and text:
            require_known(wiring, knowing, text)
    domain = said.get("domain")
    known = [name for name in wiring.workspace.domains if knowing.of_domain(name)]
    if isinstance(domain, str) and domain and domain not in known:
        raise UsageError(
            "domain-unknown", f"there is no domain `{domain}`", hint=did_you_mean(domain, known)
        )
    incident = said.get("incident")
    if isinstance(incident, str) and incident:
        _require_incident(wiring, knowing, incident)


def require_known(wiring: Wiring, knowing: Knowing, text: str) -> None:
    """Raise `UsageError` (`product-unknown`) for an address that is hidden, or is not there at all."""
    try:
        address = Address.parse(text)
    except MeshwrightError:
        return  # whatever it is, no product is called so
    product = str(address.product_address)
    workspace = wiring.workspace
    if knowing.of(address) and _is_there(wiring, address):
        return
    known = [str(one) for one in workspace.cards if knowing.of(one)]
    raise UsageError(
        "product-unknown",
        f"there is no product `{product}`",
        hint=did_you_mean(product, known),
    )


def _is_there(wiring: Wiring, address: Address) -> bool:
    product = address.product_address
    if product in wiring.workspace.cards or str(product) in wiring.workspace.former_names:
        return True
    with wiring.store.read() as reader:
        return bool(
            reader.rows(
                "SELECT 1 FROM products WHERE product = ?"
                " UNION SELECT 1 FROM aliases WHERE formerly = ?",
                (str(product), str(product)),
            )
        )


def _require_incident(wiring: Wiring, knowing: Knowing, text: str) -> None:
    """Raise `UsageError` (`incident-unknown`) for an incident of a hidden product."""
    from meshwright.app.incident_desk import find_incident

    with wiring.store.read() as reader:
        products = {
            str(incident): str(product)
            for incident, product in reader.rows("SELECT incident, product FROM incidents")
        }
        known = [name for name, product in products.items() if knowing.of(product)]
        try:
            if find_incident(reader, text) in known:
                return
        except MeshwrightError as error:
            if error.code != "incident-unknown":
                raise
    raise UsageError(
        "incident-unknown",
        f"there is no incident `{text}`",
        hint=did_you_mean(f"inc-{text}" if text.isdigit() else text, known),
    )


def _selected(wiring: Wiring, knowing: Knowing, said: Sequence[str]) -> tuple[str, ...]:
    """Return the products that are meant, among those that are known; of none said, all of them."""
    graph = graph_of(wiring)
    known = {str(one): one for one in graph.cards if knowing.of(one)}
    edges: dict[str, list[str]] = {name: [] for name in known}
    if any("+" in one for one in said):
        for name, address in known.items():
            read = (str(port.product_address) for port in graph.reads(address))
            edges[name] = [one for one in read if one in known]
    formerly = {old: new for old, new in wiring.workspace.former_names.items() if knowing.of(new)}
    chosen = selected(tuple(said), known, edges, formerly=formerly)
    return chosen or (_NOTHING,)


_NOTHING = "*"  # where nothing is known of, the veil takes away all


def _without_names(error: MeshwrightError, veil: Veil) -> MeshwrightError:
    """Return an error that names nothing hidden, of the same code."""
    error.message, error.hint = veil.text(error.message), veil.text(error.hint)
    error.args = (error.message,)
    return error
