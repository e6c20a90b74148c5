"""What of ours a notebook shows how: renderers by the names of classes, given to IPython's own formatters.

The classes know nothing of it: a formatter is found by a name, and nothing is imported until one is shown.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

_PAGES = "meshwright.notebook.pages"
# (module, class) -> (module of the renderer, its name)
RENDERERS: dict[tuple[str, str], tuple[str, str]] = {
    ("meshwright.app.mesh", "Mesh"): (_PAGES, "mesh_html"),
    ("meshwright.app.acting_mesh", "ActingMesh"): (_PAGES, "mesh_html"),
    ("meshwright.client.remote_mesh", "RemoteMesh"): (_PAGES, "mesh_html"),
    ("meshwright.app.show", "ProductPage"): (_PAGES, "product_html"),
    ("meshwright.model.plan", "Plan"): (_PAGES, "plan_html"),
    ("meshwright.app.incident_pages", "IncidentPage"): (_PAGES, "incident_html"),
    ("meshwright.app.result", "Result"): ("meshwright.notebook.rows", "result_html"),
    ("meshwright.app.lineage", "Lineage"): ("meshwright.notebook.drawing", "lineage_html"),
}
EXPLAINED = frozenset(("principal", "address", "allowed", "reasons", "columns", "filters", "help"))


def show_richly(shell: Any) -> None:
    """Let a shell of IPython show our values; done again, it changes nothing."""
    html = shell.display_formatter.formatters["text/html"]
    for (module, name), (home, renderer) in RENDERERS.items():
        html.for_type_by_name(module, name, _later(home, renderer))
    for kind in (tuple, list):
        html.for_type(kind, _kept(html, kind, _list))
    html.for_type(dict, _kept(html, dict, _dict))
    plain = shell.display_formatter.formatters["text/plain"]
    plain.for_type_by_name("meshwright.app.result", "Result", _result_text)


def _later(home: str, name: str) -> Callable[[Any], str]:
    """Return a renderer that is imported when it is needed."""

    def shown(value: Any) -> str:
        return str(getattr(import_module(home), name)(value))

    return shown


def _kept(formatter: Any, kind: type, ours: Callable[[Any], str | None]) -> Callable[[Any], Any]:
    """Return a renderer of a type that is not ours: what somebody registered before shows the rest."""
    before = formatter.type_printers.get(kind)
    before = getattr(before, "before", before)

    def shown(value: Any) -> Any:
        found = ours(value)
        return found if found is not None or before is None else before(value)

    shown.before = before  # type: ignore[attr-defined]
    return shown


def _list(value: Any) -> str | None:
    from meshwright.notebook.lists import list_html

    return list_html(value)


def _dict(value: Any) -> str | None:
    if not value.keys() >= EXPLAINED:
        return None
    from meshwright.notebook.pages import explanation_html

    return explanation_html(value)


def _result_text(value: Any, printer: Any, cycle: bool) -> None:  # noqa: ARG001
    from meshwright.notebook.rows import result_text

    printer.text(result_text(value))
