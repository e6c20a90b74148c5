"""Connect to a mesh on a server."""

import os
from typing import TYPE_CHECKING

from meshwright.client.remote_mesh import RemoteMesh
from meshwright.client.tokens import find_token
from meshwright.client.wire import Wire, client_of, plain_url

if TYPE_CHECKING:
    import httpx

AUTHORITY = "MESH_CA"


def connect(
    url: str, token: str = "", purpose: str = "", *, ca: str = "", insecure: bool = False
) -> RemoteMesh:
    """Return a mesh on a server; nothing is sent until a verb is called.

    Without a token, that of the environment (`MESH_TOKEN`) or of `mesh login` is sent.
    """
    plain = plain_url(url, insecure=insecure)
    found = token or find_token(plain)
    wire = Wire(plain, found, ca=ca or os.environ.get(AUTHORITY, ""), insecure=insecure)
    return RemoteMesh(wire, purpose)


def trusted_client(url: str, token: str = "", *, ca: str = "") -> "httpx.Client":
    """Return what sends requests to a server, with the same token as `connect`; nothing is sent yet."""
    plain = plain_url(url)
    return client_of(plain, token or find_token(plain), ca or os.environ.get(AUTHORITY, ""))
