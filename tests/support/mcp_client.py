"""Run in an environment with the MCP SDK: a session with `cartridge mcp`, its answers as JSON.

    python mcp_client.py CARTRIDGE PROJECT_DIR [--write] < CALLS

CALLS: a JSON list of [tool, arguments]. Printed: the names of the tools and a text for each call.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def session(command: str, arguments: list[str], calls: list[Any]) -> dict[str, Any]:
    server = StdioServerParameters(command=command, args=arguments)
    async with stdio_client(server) as (read, write), ClientSession(read, write) as client:
        await client.initialize()
        tools = [tool.name for tool in (await client.list_tools()).tools]
        texts = []
        for name, given in calls:
            result = await client.call_tool(name, given)
            texts.append("".join(getattr(part, "text", "") for part in result.content))
        return {"tools": tools, "texts": texts}


if __name__ == "__main__":
    program, folder, *more = sys.argv[1:]
    options = ["mcp", "--project-dir", folder, *more]
    print(json.dumps(asyncio.run(session(program, options, json.load(sys.stdin)))))
