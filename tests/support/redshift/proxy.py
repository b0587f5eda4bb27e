"""Lets redshift_connector talk to PostgreSQL: leaves out the startup parameters that only Redshift
knows, says a version that the driver can read, and rewrites what PostgreSQL's parser refuses.

`python proxy.py LISTEN_PORT POSTGRES_PORT`; prints READY.
"""

from __future__ import annotations

import asyncio
import re
import struct
import sys
from asyncio import StreamReader, StreamWriter
from contextlib import suppress

# Redshift's syntax → the nearest thing that PostgreSQL takes.
REWRITES = [
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in [
        (rb"\bapproximate\s+(?=count\s*\()", b""),
        (rb"\bdiststyle\s+(even|all|auto|key)\b", b""),
        (rb"\bdistkey\s*\([^)]*\)", b""),
        (rb"\b(compound|interleaved)?\s*sortkey\s*(auto|\([^)]*\))", b""),
        (rb"\bbackup\s+(yes|no)\b", b""),
        (rb"\bwith\s+no\s+schema\s+binding\b", b""),
        (rb"\bvarchar\s*\(\s*max\s*\)", b"varchar(65535)"),
        (rb"\bencode\s+(raw|az64|zstd|lzo|bytedict|auto)\b", b""),
        (rb"\bjson_serialize\(array\(", b"json_serialize(rs_array("),
        (
            rb",\s*unpivot\s+([\w.]+)\s+as\s+(\w+)\s+at\s+(\w+)",
            rb" cross join lateral jsonb_each("
            rb"case when jsonb_typeof(\1) = 'object' then \1 end) as u(\3, \2)",
        ),
        (
            rb"\bdatediff\s*\(\s*(year|quarter|month|week|day|hour|minute|second)\s*,",
            rb"datediff('\1',",
        ),
        (
            rb"\blistagg\s*\(\s*distinct\s+([^(),]+),\s*('[^']*')\s*\)"
            rb"\s*within\s+group\s*\(\s*order\s+by\s+[^)]*\)",
            rb"string_agg(distinct (\1)::text, \2 order by (\1)::text)",
        ),
        (
            rb"\blistagg\s*\(([^(),]+),\s*('[^']*')\s*\)"
            rb"\s*within\s+group\s*\(\s*(order\s+by\s+[^)]*)\)",
            rb"string_agg((\1)::text, \2 \3)",
        ),
    ]
]
KEPT = {b"user", b"database", b"application_name", b"client_encoding", b"options", b"replication"}
SSL_REQUEST, GSS_REQUEST, PROTOCOL_3 = 80877103, 80877104, 196608
LISTEN, POSTGRES = int(sys.argv[1]), int(sys.argv[2])
ENDS = (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError)


def rewritten(sql: bytes) -> bytes:
    for pattern, replacement in REWRITES:
        sql = pattern.sub(replacement, sql)
    return sql


async def message(reader: StreamReader) -> tuple[bytes, bytes]:
    """A message's type and its body."""
    head = await reader.readexactly(5)
    return head[:1], await reader.readexactly(struct.unpack("!i", head[1:])[0] - 4)


async def send(writer: StreamWriter, kind: bytes, body: bytes) -> None:
    writer.write(kind + struct.pack("!i", len(body) + 4) + body)
    await writer.drain()


async def upwards(reader: StreamReader, writer: StreamWriter) -> None:
    """What the client says, its SQL rewritten: of a simple query, and of a parse message."""
    try:
        while True:
            kind, body = await message(reader)
            if kind == b"Q":
                body = rewritten(body[:-1]) + b"\0"
            elif kind == b"P":
                name, rest = body.split(b"\0", 1)
                sql, tail = rest.split(b"\0", 1)
                body = name + b"\0" + rewritten(sql) + b"\0" + tail
            await send(writer, kind, body)
    except ENDS:
        pass
    finally:
        writer.close()


async def downwards(reader: StreamReader, writer: StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ENDS:
        pass
    finally:
        with suppress(Exception):
            writer.close()


async def startup(reader: StreamReader, writer: StreamWriter) -> bytes:
    """The client's startup message, without what only Redshift knows."""
    while True:
        length, code = struct.unpack("!ii", await reader.readexactly(8))
        body = await reader.readexactly(length - 8)
        if code not in (SSL_REQUEST, GSS_REQUEST):
            break
        writer.write(b"N")
        await writer.drain()
    if code == PROTOCOL_3:
        parts = body.split(b"\0")
        pairs = zip(parts[0::2], parts[1::2], strict=False)
        kept = (name + b"\0" + value + b"\0" for name, value in pairs if name in KEPT)
        body = b"".join(kept) + b"\0"
    return struct.pack("!ii", len(body) + 8, code) + body


async def client(reader: StreamReader, writer: StreamWriter) -> None:
    try:
        first = await startup(reader, writer)
        server, to_server = await asyncio.open_connection("127.0.0.1", POSTGRES)
        to_server.write(first)
        await to_server.drain()
        up = asyncio.create_task(upwards(reader, to_server))
        # Up to the first ReadyForQuery: PostgreSQL's version is none that the driver can parse.
        while True:
            kind, body = await message(server)
            if kind == b"S" and body.startswith(b"server_version\0"):
                body = b"server_version\x008.0.2\0"
            await send(writer, kind, body)
            if kind in (b"Z", b"E"):
                break
        await asyncio.gather(up, downwards(server, writer))
    except ENDS:
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(client, "127.0.0.1", LISTEN)
    print("READY", flush=True)
    await server.serve_forever()


asyncio.run(main())
