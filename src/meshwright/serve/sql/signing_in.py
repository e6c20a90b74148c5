"""The beginning of a connection: TLS, what the client says of itself, and its proof of who it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from meshwright.app.identity.proving import Proven, decoy_verifier
from meshwright.serve.sql import messages, scram
from meshwright.serve.sql.channel import Channel
from meshwright.serve.sql.client import Client, FindVerifier, Refused
from meshwright.serve.sql.faults import WireError
from meshwright.serve.sql.limits import ServerLimits
from meshwright.serve.sql.messages import Body
from meshwright.serve.sql.settings import startup_options
from meshwright.serve.sql.tls import Tls
from meshwright.serve.sql.workers import Work

_HINT = "user is a principal's name or id, password an API token: `mesh token create`"
_OWN = frozenset(("user", "database", "options", "replication"))
_LOOPBACK = ("127.", "::1")


@dataclass(frozen=True, slots=True)
class Cancel:
    """A connection that only asks for another's query to be stopped."""

    process: int
    secret: int


@dataclass(frozen=True, slots=True)
class Reception:
    """Receives clients of one server."""

    find_verifier: FindVerifier
    refused: Refused
    proved: Callable[[Proven], None]
    tls: Tls | None
    limits: ServerLimits

    async def receive(self, channel: Channel, work: Work) -> Client | Cancel:
        """Return the client that signed in; raise `WireError` (fatal) where it may not."""
        body = await self._startup(channel)
        code = body.integer()
        if code == messages.CANCEL_CODE:
            return Cancel(body.integer(), body.unsigned())
        if code >> 16 != 3:
            raise WireError(
                "0A000", f"protocol {code >> 16}.{code & 0xFFFF} is not spoken", fatal=True
            )
        said = _said(body)
        self._negotiate(channel, code, said)
        self._require_tls(channel)
        return await self._prove(channel, work, said)

    async def _startup(self, channel: Channel) -> Body:
        """Return the first true message, after what a client asks of encryption."""
        for _ in range(4):
            body = Body(await channel.read_body(self.limits.startup_bytes))
            code = body.integer()
            if code == messages.SSL_CODE and self.tls is not None and not channel.is_encrypted:
                channel.write(b"S")
                channel.flush()
                await channel.start_tls(self.tls.context, self.limits.startup_seconds)
            elif code in (messages.SSL_CODE, messages.GSS_CODE):
                channel.write(b"N")
                channel.flush()
            else:
                return body.again()
        raise WireError("08P01", "the client asks for encryption again and again", fatal=True)

    def _negotiate(self, channel: Channel, code: int, said: Mapping[str, str]) -> None:
        """Name what a newer client wants and this server does not have."""
        unknown = [name for name in said if name.startswith("_pq_.")]
        if code & 0xFFFF or unknown:
            names = b"".join(messages.text(name) for name in unknown)
            head = (messages.VERSION_3).to_bytes(4, "big") + len(unknown).to_bytes(4, "big")
            channel.write(messages.message(b"v", head + names))

    def _require_tls(self, channel: Channel) -> None:
        is_local = channel.peer.startswith(_LOOPBACK)
        if not channel.is_encrypted and not is_local:
            raise WireError(
                "28000",
                "this server is spoken to over TLS only",
                hint="sslmode=require",
                fatal=True,
            )

    async def _prove(self, channel: Channel, work: Work, said: Mapping[str, str]) -> Client:
        login = said.get("user", "")
        if not login:
            raise WireError("28000", "no user is named", hint=_HINT, fatal=True)
        found = await work.do(self.find_verifier, login)
        verifier = scram.parse_verifier(found[0] if found else decoy_verifier(login))
        proof = await self._exchange(channel, verifier)
        if found is None or proof is None:
            await work.do(self.refused, login, "unknown" if found is None else "wrong-token")
            raise WireError(
                "28P01", f'authentication failed for user "{login}"', hint=_HINT, fatal=True
            )
        _require_scope(found[1], login)
        await work.do(self.proved, found[1])
        channel.write(messages.message(b"R", (12).to_bytes(4, "big") + proof.encode()))
        channel.write(messages.AUTHENTICATED)
        settings = {k: v for k, v in said.items() if k not in _OWN and not k.startswith("_pq_.")}
        settings |= startup_options(said.get("options", ""))
        database = said.get("database") or login
        return Client(login, database, settings, found[1], found[0], self.find_verifier)

    async def _exchange(self, channel: Channel, verifier: scram.Verifier) -> str | None:
        digest = self.tls.digest if self.tls is not None and channel.is_encrypted else b""
        offered = [scram.PLUS, scram.PLAIN] if digest else [scram.PLAIN]
        names = b"".join(messages.text(name) for name in offered) + b"\0"
        channel.write(messages.message(b"R", (10).to_bytes(4, "big") + names))
        channel.flush()
        body = await self._answer(channel)
        mechanism = body.string()
        if mechanism not in offered:
            raise WireError("08P01", f'"{mechanism}" is not offered', fatal=True)
        exchange = scram.Exchange(verifier, mechanism, digest)
        challenge = exchange.first(_text(body.take(body.integer())))
        channel.write(messages.message(b"R", (11).to_bytes(4, "big") + challenge.encode()))
        channel.flush()
        return exchange.final(_text((await self._answer(channel)).rest()))

    async def _answer(self, channel: Channel) -> Body:
        kind = await channel.read(1)
        data = await channel.read_body(self.limits.startup_bytes)
        if kind != b"p":
            raise WireError("08P01", "an answer to the sign-in is expected", fatal=True)
        return Body(data)


def _said(body: Body) -> dict[str, str]:
    said: dict[str, str] = {}
    while name := body.string():
        said[name] = body.string()
    if "replication" in said and said["replication"].lower() not in ("", "0", "false", "off", "no"):
        raise WireError("0A000", "nothing is replicated from here", fatal=True)
    return said


def _require_scope(proven: Proven, login: str) -> None:
    if not proven.opens("query"):
        raise WireError(
            "28000",
            f'the token of "{login}" is not for queries',
            hint="mesh token create --scope query",
            fatal=True,
        )


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise WireError("08P01", "the SCRAM message is malformed", fatal=True) from error
