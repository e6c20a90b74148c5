"""Agents that speak to a mesh by the official client of the protocol."""

import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import jsonschema_rs
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from tests.serving import Serving

ERAS = ("auto", "legacy")  # without a handshake, and with one


class Agent:
    """One client, and what its tools answered, as values."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._schemas: dict[str, dict[str, Any]] = {}

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Return what a tool answered; it must not have failed, and says no more than its schema."""
        found = await self.client.call_tool(tool, arguments)
        assert not found.is_error, found.content
        shape = _shape(found)
        jsonschema_rs.validate(closed(await self.schema(tool)), shape)
        return shape

    async def schema(self, tool: str) -> dict[str, Any]:
        """Return the schema of a tool's answers."""
        if not self._schemas:
            listed = (await self.client.list_tools()).tools
            self._schemas = {one.name: one.output_schema or {} for one in listed}
        return self._schemas[tool]

    async def refused(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Return how a tool refused."""
        found = await self.client.call_tool(tool, arguments)
        assert found.is_error, found.content
        assert found.structured_content is None  # clients would hold it against the output schema
        shape: dict[str, Any] = json.loads(found.content[0].text)
        assert set(shape["error"]) == {"code", "message", "hint", "kind"}
        return shape

    async def code(self, tool: str, **arguments: Any) -> str:
        """Return the code of a refusal."""
        return str((await self.refused(tool, **arguments))["error"]["code"])


def closed(schema: Any) -> Any:
    """Return a schema that takes no key which it does not name."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    return {"additionalProperties": False, **inner} if "properties" in schema else inner


def _shape(found: Any) -> dict[str, Any]:
    """Return an answer, whose text and structure say the same."""
    assert json.loads(found.content[0].text) == found.structured_content
    shape: dict[str, Any] = found.structured_content
    return shape


Story = Callable[[Agent], Awaitable[Any]]


@asynccontextmanager
async def over_http(server: Serving, token: str = "ada", era: str = "auto") -> AsyncIterator[Agent]:
    headers = {"Authorization": f"Bearer {server.tokens.get(token, token)}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=30, trust_env=False) as http,
        Client(streamable_http_client(f"{server.url}/mcp", http_client=http), mode=era) as client,
    ):
        yield Agent(client)


@asynccontextmanager
async def over_stdio(*words: str | Path, era: str = "auto", **env: str) -> AsyncIterator[Agent]:
    """Start `mesh WORDS mcp`, as an agent's client does."""
    arguments = ["-m", "meshwright.cli.main", *map(str, words), "mcp"]
    started = StdioServerParameters(command=sys.executable, args=arguments, env=env or None)
    async with Client(started, mode=era) as client:
        yield Agent(client)


def told(server: Serving, story: Story, token: str = "ada", era: str = "auto") -> Any:
    """Run a story of one agent over HTTP."""

    async def run() -> Any:
        async with over_http(server, token, era) as agent:
            return await story(agent)

    return anyio.run(run)
