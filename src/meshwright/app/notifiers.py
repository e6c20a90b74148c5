"""Open the notifiers of mesh.yaml: the adapter by the address's scheme, its secrets filled in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from meshwright.app.secrets import Secrets
from meshwright.errors import DescriptorError, MeshwrightError, UsageError, did_you_mean
from meshwright.model.mesh import Mesh
from meshwright.spi import plugins
from meshwright.spi.notifier import Notifier

GENERAL = "apprise"  # knows every scheme that no other adapter has the name of


def open_notifier(
    mesh: Mesh, name: str, secrets: Secrets, load: Callable[[str, str], Any]
) -> Notifier:
    """Open a notifier; raise `UsageError` (`notifier-unknown`) or what its secrets or its address do."""
    urls = mesh.alerting.notifiers
    if name not in urls:
        raise UsageError(
            "notifier-unknown",
            f"mesh.yaml has no notifier `{name}`",
            hint=did_you_mean(name, urls)
            if urls
            else "add it to `alerts: notifiers:` in mesh.yaml",
        )
    url = secrets.fill_url(urls[name])
    scheme = url.partition(":")[0]
    adapter = scheme if scheme in plugins.names("notifiers") else GENERAL
    if scheme == "file":
        url = _beside(mesh.root, url)
    try:
        notifier: Notifier = load("notifiers", adapter)(url)
    except DescriptorError as error:
        raise DescriptorError(
            error.code,
            f"notifier `{name}`: {secrets.hide(error.message)}",
            hint=error.hint,
            place="mesh.yaml",
        ) from None
    except MeshwrightError as error:
        raise secrets.hidden(error) from None
    return notifier


def _beside(root: Path, url: str) -> str:
    """Let a relative path of a file start at the mesh."""
    path = url.partition(":")[2].removeprefix("//")
    return f"file:{root / path}" if path else url
