"""The bare limit: what the same machine can do with no framework and no desk.

asyncio with picows and asyncpg, one commit per message, the sender's repeats recognised, fanned out in the process.
It speaks just enough of the desk's frames for the same load to be put on both.
"""

import asyncio
import os
import sys
import uuid
from collections import defaultdict

import asyncpg
import orjson
import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

TABLES = """
create table if not exists talk (id uuid primary key, seq bigint not null default 0);
create table if not exists line (talk uuid not null references talk, seq bigint not null, author uuid not null,
  client uuid not null, body text not null, created_at timestamptz not null default now(),
  primary key (talk, seq), unique (author, client));
"""
STORE = """
with known as (select seq, created_at from line where author = $2 and client = $3),
moved as (update talk set seq = seq + 1 where id = $1 and not exists (select from known) returning seq),
stored as (insert into line (talk, seq, author, client, body) select $1, seq, $2, $3, $4 from moved
  returning seq, created_at)
select seq, created_at, false from stored union all select seq, created_at, true from known
"""


class Server:
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool
        self.members: dict[str, set[WSTransport]] = defaultdict(set)


class Client(WSListener):
    def __init__(self, server: Server) -> None:
        self.server = server
        self.author = uuid.uuid4()
        self.lanes: dict[str, asyncio.Task[None]] = {}

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type != WSMsgType.TEXT:
            return
        message = orjson.loads(frame.get_payload_as_bytes())
        kind = message["type"]
        if kind == "message.post":
            talk = message["conversation"]
            task = asyncio.create_task(self.store(transport, message, self.lanes.get(talk)))
            self.lanes[talk] = task
        elif kind == "hello":
            for item in message["subscriptions"]:
                self.server.members[item["conversation"]].add(transport)
            transport.send(WSMsgType.TEXT, b'{"type":"welcome"}')
        elif kind == "ping":
            transport.send(WSMsgType.TEXT, b'{"type":"pong"}')

    async def store(self, transport: WSTransport, message: dict, before: "asyncio.Task[None] | None") -> None:
        if before is not None and not before.done():
            await before  # the sender's order
        talk, id_, body = message["conversation"], message["id"], message["body"]
        async with self.server.pool.acquire() as database:
            seq, created_at, known = await database.fetchrow(STORE, uuid.UUID(talk), self.author, uuid.UUID(id_), body)
        answer = {"type": "posted", "id": id_, "conversation": talk, "seq": seq, "created_at": created_at}
        transport.send(WSMsgType.TEXT, orjson.dumps(answer))
        if not known:
            entry = {"seq": seq, "id": id_, "body": body, "created_at": created_at, "author": self.author}
            shown = {"type": "entry.posted", "conversation": talk, "seq": seq, "entry": entry}
            encoded = orjson.dumps(shown)
            for member in self.server.members[talk]:
                member.send(WSMsgType.TEXT, encoded)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        for members in self.server.members.values():
            members.discard(transport)


async def main(port: int) -> None:
    pool = await asyncpg.create_pool(os.environ["BARE_DATABASE_URL"], min_size=16, max_size=16)
    server = Server(pool)

    def accept(request: WSUpgradeRequest) -> WSListener:
        return Client(server)

    listening = await ws_create_server(accept, "127.0.0.1", port)
    await listening.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
