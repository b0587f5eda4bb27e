"""Let redshift_connector talk to PostgreSQL: drop the Redshift-only startup parameters, splice the rest. Usage: rs_proxy.py LISTEN_PORT PG_PORT"""

import asyncio, re, struct, sys

# Redshift-only syntax that PostgreSQL's parser refuses -> the nearest thing it takes
REWRITES = [
    (re.compile(p, re.I), r)
    for p, r in [
        (rb"\bapproximate\s+(?=count\s*\()", b""),
        (rb"\bdiststyle\s+(even|all|auto|key)\b", b""),
        (rb"\bdistkey\s*\([^)]*\)", b""),
        (rb"\b(compound|interleaved)?\s*sortkey\s*(auto|\([^)]*\))", b""),
        (rb"\bbackup\s+(yes|no)\b", b""),
        (rb"\bwith\s+no\s+schema\s+binding\b", b""),
        (rb"\bvarchar\s*\(\s*max\s*\)", b"varchar(65535)"),
        (rb"\bjson_serialize\(array\(", b"json_serialize(rs_array("),
        (
            rb",\s*unpivot\s+([\w.]+)\s+as\s+(\w+)\s+at\s+(\w+)",
            rb" cross join lateral jsonb_each(case when jsonb_typeof(\1) = 'object' then \1 end) as u(\3, \2)",
        ),
        (rb"\bencode\s+(raw|az64|zstd|lzo|bytedict|auto)\b", b""),
        (
            rb"\blistagg\s*\(([^(),]+),\s*('[^']*')\s*\)\s*within\s+group\s*\(\s*(order\s+by\s+[^)]*)\)",
            rb"string_agg((\1)::text, \2 \3)",
        ),
    ]
]


def rewrite(q):
    for p, r in REWRITES:
        q = p.sub(r, q)
    return q


async def pump_sql(r, w):
    try:
        while True:
            head = await r.readexactly(5)
            m = await r.readexactly(struct.unpack("!i", head[1:])[0] - 4)
            if head[:1] == b"Q":
                m = rewrite(m[:-1]) + b"\0"
            elif head[:1] == b"P":
                name, rest = m.split(b"\0", 1)
                q, tail = rest.split(b"\0", 1)
                m = name + b"\0" + rewrite(q) + b"\0" + tail
            w.write(head[:1] + struct.pack("!i", len(m) + 4) + m)
            await w.drain()
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
        pass
    finally:
        w.close()


KEEP = {b"user", b"database", b"application_name", b"client_encoding", b"options", b"replication"}
LISTEN, PG = int(sys.argv[1]), int(sys.argv[2])


async def pump(r, w):
    try:
        while data := await r.read(65536):
            w.write(data)
            await w.drain()
    except (ConnectionError, asyncio.CancelledError):
        pass
    finally:
        try:
            w.close()
        except Exception:
            pass


async def client(r, w):
    try:
        while True:
            n, code = struct.unpack("!ii", await r.readexactly(8))
            body = await r.readexactly(n - 8)
            if code in (80877103, 80877104):
                w.write(b"N")
                await w.drain()
                continue  # SSL / GSS request
            break
        sr, sw = await asyncio.open_connection("127.0.0.1", PG)
        if code == 196608:
            p = body.split(b"\0")
            kv = dict(zip(p[0::2], p[1::2]))
            body = b"".join(k + b"\0" + v + b"\0" for k, v in kv.items() if k in KEEP) + b"\0"
        sw.write(struct.pack("!ii", len(body) + 8, code) + body)
        await sw.drain()
        up = asyncio.create_task(pump_sql(r, sw))
        while True:  # until the first ReadyForQuery: PostgreSQL's version text is not one redshift_connector can parse
            head = await sr.readexactly(5)
            m = await sr.readexactly(struct.unpack("!i", head[1:])[0] - 4)
            if head[:1] == b"S" and m.startswith(b"server_version\0"):
                m = b"server_version\x008.0.2\0"
                head = b"S" + struct.pack("!i", len(m) + 4)
            w.write(head + m)
            await w.drain()
            if head[:1] in (b"Z", b"E"):
                break
        await asyncio.gather(up, pump(sr, w))
    except (asyncio.IncompleteReadError, ConnectionError):
        w.close()


async def main():
    s = await asyncio.start_server(client, "127.0.0.1", LISTEN)
    print("READY", flush=True)
    await s.serve_forever()


asyncio.run(main())
