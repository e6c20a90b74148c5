"""The tools, by what they are about; `TOOLS` is all of them."""

from collections.abc import Mapping

from meshwright.serve.mcp.tool import Tool
from meshwright.serve.mcp.tools import asking, finding, knowing, tracing, values

TOOLS: Mapping[str, Tool] = {
    tool.name: tool for part in (finding, knowing, tracing, values, asking) for tool in part.TOOLS
}
