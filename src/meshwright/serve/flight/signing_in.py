"""Who calls: by name and API token, or by a bearer token. Asked at each call, so that a token can end."""

from base64 import b64decode
from binascii import Error
from collections.abc import Mapping, Sequence

from pyarrow import flight

from meshwright.app.identity.proving import Proven
from meshwright.errors import DeniedError, MeshwrightError
from meshwright.model.principal import Asker
from meshwright.serve.flight.faults import flight_error
from meshwright.serve.proving import Proving, asker_of

KEY = "caller"
PURPOSE = "mesh-purpose"
Headers = Mapping[str, Sequence[str | bytes]]


class Caller(flight.ServerMiddleware):  # type: ignore[misc]
    """Who one call is from."""

    def __init__(self, proven: Proven, token: str, purpose: str) -> None:
        self.proven = proven
        self._token = token
        self._purpose = purpose

    def sending_headers(self) -> dict[str, str]:
        """Answer the token to be sent from now on."""
        return {"authorization": f"Bearer {self._token}"}

    def asker(self) -> Asker:
        """Return who asks, and what for."""
        return asker_of(self.proven, self._purpose, "flight")


class Callers(flight.ServerMiddlewareFactory):  # type: ignore[misc]
    """Makes a `Caller` of each call, or refuses it."""

    def __init__(self, proving: Proving) -> None:
        self._proving = proving

    def start_call(self, info: flight.CallInfo, headers: Headers) -> Caller:  # noqa: ARG002
        """Prove who calls."""
        name, token = _sent(headers)
        try:
            if not token:
                raise DeniedError(
                    "token-invalid", "this needs a token", hint="sign in by name and API token"
                )
            proven = self._proving.by_token(token, "query")
            if name and not _is_named(proven, name):
                raise DeniedError("token-invalid", "this token opens nothing")
        except MeshwrightError as error:
            if name:
                self._proving.refused(name, "flight", error.code)
            raise flight_error(error) from None
        except Exception as error:
            raise flight_error(error) from None
        return Caller(proven, token, _one(headers, PURPOSE))


class NoHandshake(flight.ServerAuthHandler):  # type: ignore[misc]
    """Lets the handshake through: what it sends was judged by then, as in each call."""

    def authenticate(self, outgoing: object, incoming: object) -> None:
        """Ask nothing more."""

    def is_valid(self, token: object) -> str:  # noqa: ARG002
        """Leave it to `Callers`."""
        return ""


def _sent(headers: Headers) -> tuple[str, str]:
    """Return the name, where one was sent, and the token."""
    kind, _, rest = _one(headers, "authorization").partition(" ")
    if kind.lower() == "bearer":
        return "", rest.strip()
    if kind.lower() != "basic":
        return "", ""
    try:
        padded = rest.strip() + "=" * (-len(rest.strip()) % 4)  # some drivers leave it out
        name, _, token = b64decode(padded, validate=True).decode().rpartition(":")
    except (Error, ValueError):
        return "", ""
    return name, token


def _is_named(proven: Proven, name: str) -> bool:
    plain, _, token = name.partition("/")
    who = proven.principal
    return plain in (who.name, who.id) and token in ("", proven.token)


def _one(headers: Headers, name: str) -> str:
    values = next((found for key, found in headers.items() if key.lower() == name), ())
    texts = {one.decode("latin-1") if isinstance(one, bytes) else one for one in values}
    return texts.pop() if len(texts) == 1 else ""  # some drivers say the same twice
