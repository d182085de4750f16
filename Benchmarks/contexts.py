#!/usr/bin/env python3
"""Measures `shapca contexts` against a server that takes 200 ms for an answer: 2,000 pictures, 16 at a time.

    Benchmarks/contexts.py --binary .build/release/shapca [--pictures 2000] [--concurrency 16] [--delay 0.2]

The ideal time is pictures x delay / concurrency; the line printed gives the ratio to it and the peak of resident memory.
Server and program share the machine. The pictures are one photograph with differing comments, so that each is read, decoded,
scaled and encoded anew.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

PHOTOGRAPH = Path(__file__).resolve().parents[1] / "Tests/VisionTests/Fixtures/cat.jpg"
ANSWER = json.dumps({
    "model": "slow", "usage": {"prompt_tokens": 600, "completion_tokens": 60},
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "A cat. " * 20}}],
}).encode()
RESPONSE = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)


class Server:
    """Reads each request whole, waits, answers; counts requests and those at work."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.requests = self.busy = self.most_busy = 0
        self.port = 0
        self.ready = threading.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n")
                              if line.startswith(b"content-length:"))
                await reader.readexactly(length)
                self.requests += 1
                self.busy += 1
                self.most_busy = max(self.most_busy, self.busy)
                await asyncio.sleep(self.delay)
                self.busy -= 1
                writer.write(RESPONSE)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionResetError):
            writer.close()

    def run(self) -> None:
        async def listen() -> None:
            server = await asyncio.start_server(self.serve, "127.0.0.1", 0, limit=1 << 20)
            self.port = server.sockets[0].getsockname()[1]
            self.ready.set()
            await server.serve_forever()

        asyncio.run(listen())


def write_pictures(folder: Path, count: int) -> None:
    photograph = PHOTOGRAPH.read_bytes()
    for number in range(count):
        comment = b"picture %06d" % number
        segment = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment
        (folder / f"{number:06d}.jpg").write_bytes(photograph[:2] + segment + photograph[2:])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--pictures", type=int, default=2000)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--delay", type=float, default=0.2)
    options = parser.parse_args()
    server = Server(options.delay)
    threading.Thread(target=server.run, daemon=True).start()
    server.ready.wait()
    with tempfile.TemporaryDirectory() as place:
        pictures = Path(place) / "pictures"
        pictures.mkdir()
        write_pictures(pictures, options.pictures)
        command = [
            options.binary, "contexts", "--images", str(pictures), "--generator", "openai", "--endpoint",
            f"http://127.0.0.1:{server.port}/v1", "--model", "slow", "--concurrency", str(options.concurrency),
            "--cache", f"{place}/contexts.sqlite", "--output", f"{place}/contexts.jsonl",
        ]
        start = time.monotonic()
        result = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        seconds = time.monotonic() - start
        lines = Path(f"{place}/contexts.jsonl").read_bytes().count(b"\n") if result.returncode == 0 else 0
    ideal = options.pictures * options.delay / options.concurrency
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps({
        "pictures": options.pictures, "requests": server.requests, "lines": lines, "mostAtOnce": server.most_busy,
        "seconds": round(seconds, 2), "idealSeconds": ideal, "ratio": round(seconds / ideal, 4),
        "processorSeconds": round(usage.ru_utime + usage.ru_stime, 2), "peakMegabytes": round(usage.ru_maxrss / 1024, 1)}))
    return result.returncode


if __name__ == "__main__":
    sys.exit(main())
