"""Open the sinks of `openlineage` in mesh.yaml: the adapter by the transport, its secrets filled in."""

from collections.abc import Callable, Mapping
from typing import Any

from meshwright.app.secrets import Secrets
from meshwright.errors import DescriptorError, MeshwrightError
from meshwright.model.json_value import Json
from meshwright.model.mesh import Mesh
from meshwright.model.openlineage import LineageSinkSpec
from meshwright.spi import plugins
from meshwright.spi.lineage_sink import LineageSink

GENERAL = "client"  # knows every transport that no other adapter has the name of


def open_sink(
    mesh: Mesh, spec: LineageSinkSpec, secrets: Secrets, load: Callable[[str, str], Any]
) -> LineageSink:
    """Open a sink; raise what its secrets or its options do, without the secrets."""
    options: dict[str, Json] = {key: _filled(value, secrets) for key, value in spec.options.items()}
    adapter = spec.transport
    if adapter not in plugins.names("lineage_sinks"):
        adapter, options = GENERAL, {**options, "type": spec.transport}
    try:
        sink: LineageSink = load("lineage_sinks", adapter)(options, mesh.root)
    except DescriptorError as error:
        raise DescriptorError(
            error.code,
            f"sink `{spec.name}`: {secrets.hide(error.message)}",
            hint=error.hint,
            place="mesh.yaml",
        ) from None
    except MeshwrightError as error:
        raise secrets.hidden(error) from None
    return sink


def _filled(value: Json, secrets: Secrets) -> Json:
    """Return an option with every reference in it replaced."""
    if isinstance(value, str):
        return secrets.fill(value)
    if isinstance(value, Mapping):
        return {key: _filled(one, secrets) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(one, secrets) for one in value]
    return value
