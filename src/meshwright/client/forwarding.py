"""`mesh --server URL mcp`: what an agent says on stdin is sent to the server's `/mcp`, by one's own token.

What must stay true: each line is one message, and each request has one answer, an error of the protocol where
the server cannot be reached; nothing else is written to stdout. Messages are sent in the order they come;
a request does not wait for the answers of those before it.
"""

import json
import sys
from base64 import b64encode
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any, TextIO

import httpx

from meshwright.client.connecting import trusted_client

PATH = "/mcp"
AT_ONCE = 8
_VERSION = "io.modelcontextprotocol/protocolVersion"
_NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
_UNREACHABLE = -32000


class Forwarding:
    """Sends messages to a server and writes its answers."""

    def __init__(self, client: httpx.Client, out: TextIO) -> None:
        self._client = client
        self._out = out
        self._lock = Lock()
        self._version = ""

    def send(self, line: str) -> None:
        """Send one message; write its answer, where it has one."""
        try:
            message = json.loads(line)
        except ValueError:
            return self._fail(None, -32700, "this is no JSON")
        if not isinstance(message, dict):
            return self._fail(None, -32600, "this is no request")
        try:
            response = self._client.post(
                PATH, content=line.encode(), headers=self._headers(message)
            )
        except httpx.TransportError:
            return self._fail(message.get("id"), _UNREACHABLE, "the server cannot be reached")
        if "id" not in message:
            return None
        return self._answer(message["id"], response)

    def _headers(self, message: Mapping[str, Any]) -> dict[str, str]:
        """Return the headers that the protocol wants beside a message."""
        method, params = str(message.get("method", "")), message.get("params")
        said = params if isinstance(params, dict) else {}
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
        }
        meta = said.get("_meta")
        version = str(meta.get(_VERSION, "")) if isinstance(meta, dict) else ""
        if version:
            headers |= {"Mcp-Method": method}
            if method in _NAMED:
                headers["Mcp-Name"] = _header(str(said.get(_NAMED[method], "")))
        if version or self._version:
            headers["MCP-Protocol-Version"] = version or self._version
        return headers

    def _answer(self, number: Any, response: httpx.Response) -> None:
        try:
            body = response.json()
        except ValueError:
            return self._fail(number, _UNREACHABLE, f"the server answered {response.status_code}")
        if isinstance(body, dict) and "jsonrpc" in body:
            self._note_version(body)
            return self._write(body)
        error = body.get("error") if isinstance(body, dict) else None
        said = error if isinstance(error, dict) else {}
        hint = f" ({said['hint']})" if said.get("hint") else ""
        message = f"{said.get('message', f'the server answered {response.status_code}')}{hint}"
        return self._fail(number, _UNREACHABLE, message, said or None)

    def _note_version(self, body: Mapping[str, Any]) -> None:
        """Keep which version a handshake ended with: later requests name it in a header."""
        result = body.get("result")
        if isinstance(result, dict) and isinstance(result.get("protocolVersion"), str):
            self._version = result["protocolVersion"]

    def _fail(self, number: Any, code: int, message: str, data: object = None) -> None:
        error = {"code": code, "message": message, **({"data": data} if data else {})}
        self._write({"jsonrpc": "2.0", "id": number, "error": error})

    def _write(self, body: Mapping[str, Any]) -> None:
        with self._lock:
            self._out.write(json.dumps(body, ensure_ascii=False) + "\n")
            self._out.flush()


def forward(url: str, token: str = "") -> None:
    """Forward stdin to a server until it ends."""
    with trusted_client(url, token) as client, ThreadPoolExecutor(AT_ONCE) as threads:
        forwarding = Forwarding(client, sys.stdout)
        for line in sys.stdin:
            if not line.strip():
                continue
            if '"initialize"' in line:
                forwarding.send(line)  # what follows depends on it
            else:
                threads.submit(forwarding.send, line)


def _header(text: str) -> str:
    """Return a text as a header holds it; what is not plain ASCII, as the protocol encodes it."""
    if text.isascii() and text.isprintable() and text == text.strip():
        return text
    return f"=?base64?{b64encode(text.encode()).decode()}?="
