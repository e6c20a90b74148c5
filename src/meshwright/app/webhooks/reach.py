"""Which addresses a hook may lead to: none of this machine, of a private network, or of a cloud's metadata.

What must stay true: what is judged is the address that is connected to: a name is looked up once. Only who
owns the mesh's files, in mesh.yaml or on their own machine, opens more.
"""

import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from meshwright.errors import DeniedError, UnreachableError, UsageError
from meshwright.model.mesh import WebhookTerms

MOST_OF_URL = 2000
Ip = IPv4Address | IPv6Address
_NAT64 = ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a hook leads: a URL that was read, and the addresses that may be connected to."""

    url: SplitResult
    addresses: tuple[str, ...]

    @property
    def host(self) -> str:
        """Return the name of the host."""
        return self.url.hostname or ""

    @property
    def port(self) -> int:
        """Return the port."""
        return self.url.port or (443 if self.is_secure else 80)

    @property
    def is_secure(self) -> bool:
        """Say whether it is reached over TLS."""
        return self.url.scheme == "https"

    @property
    def path(self) -> str:
        """Return what is asked for there."""
        query = f"?{self.url.query}" if self.url.query else ""
        return (self.url.path or "/") + query


def read_url(text: str) -> SplitResult:
    """Return a URL; raise `UsageError` (`webhook-url-invalid`) for what is none, or holds a password."""
    try:
        found = urlsplit(text)
        is_good = (
            found.scheme in ("http", "https")
            and bool(found.hostname)
            and "@" not in found.netloc
            and (found.port is None or found.port > 0)
            and text.isascii()
            and text.isprintable()
            and " " not in text
            and "${" not in text  # a secret of the mesh is nobody's to send
            and len(text) <= MOST_OF_URL
        )
    except ValueError:
        is_good = False
    if not is_good:
        raise UsageError(
            "webhook-url-invalid",
            "`url` is no address of a server",
            hint="https://example.com/hook",
        )
    return found


def reach(text: str, terms: WebhookTerms, *, is_own: bool = False) -> Place:
    """Look up where a URL leads; raise `DeniedError` (`webhook-refused`) for where it may not.

    Raises `UnreachableError` (`webhook-unreachable`) where there is no such host.
    """
    url = read_url(text)
    host, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
    allowed = tuple(_networks(terms.allow))
    found = _resolve(host, port)
    is_named = host.lower() in terms.allow
    for address in found:
        if not (is_named or _may(ip_address(address), allowed, is_own=is_own)):
            raise DeniedError(
                "webhook-refused",
                f"`{host}` is an address of this machine or of a private network",
                hint="the owner of the mesh lists it under `webhooks: allow:` in mesh.yaml",
            )
    is_here = all(ip_address(address).is_loopback for address in found)
    if url.scheme != "https" and not is_here and not terms.insecure:
        raise DeniedError(
            "webhook-refused",
            "facts are sent over TLS only",
            hint="give an https:// address, or `webhooks: insecure: true` in mesh.yaml",
        )
    return Place(url, found)


def _resolve(host: str, port: int) -> tuple[str, ...]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnreachableError(
            "webhook-unreachable", f"there is no host `{host}`", hint="look at the address"
        ) from error
    return tuple(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))


def _may(address: Ip, allowed: Iterable[IPv4Network | IPv6Network], *, is_own: bool) -> bool:
    inner = _inner(address)
    if any(one in network for one in (address, inner) for network in allowed):
        return True  # an address of the other version is in no network
    if is_own and inner.is_loopback:
        return True
    return all(one.is_global and not one.is_multicast for one in {address, inner} if one == inner)


def _inner(address: Ip) -> Ip:
    """Return the IPv4 address that an IPv6 one stands for, where it stands for one."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)


def _networks(words: Iterable[str]) -> Iterator[IPv4Network | IPv6Network]:
    for word in words:
        try:
            yield ip_network(word, strict=False)
        except ValueError:
            continue  # the name of a host
