"""A chat server on loopback that describes pictures, always in the same words, and counts what it is asked."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import shutil
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class ChatServer(ThreadingHTTPServer):
    daemon_threads = True
    # Seconds until an answer.
    delay = 0.1

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: Counter[str] = Counter()
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def close(self) -> None:
        self.shutdown()
        self.server_close()

    def describe(self, picture: str) -> str:
        with self.lock:
            self.asked[picture] += 1
        time.sleep(self.delay)
        return f"a picture named {picture}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no error."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ChatServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        picture = re.search(rb"base64,([^\"]+)", body).group(1)
        answer = json.dumps({
            "model": "mock", "usage": {"prompt_tokens": 7, "completion_tokens": 3},
            "choices": [{"index": 0, "finish_reason": "stop", "message": {
                "role": "assistant", "content": self.server.describe(hashlib.sha256(picture).hexdigest()[:16])}}],
        }).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def described(cache: Path, copy: Path) -> set[str]:
    """The server's names of the pictures whose descriptions a cache holds; the cache is examined in a copy."""
    if not cache.exists():
        return set()
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for path in (cache, Path(f"{cache}-wal")):
        if path.exists():
            shutil.copy(path, copy)
    database = sqlite3.connect(copy / cache.name)
    try:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",), f"{cache} is damaged"
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'context'").fetchone():
            return set()
        return {text.split()[-1] for text, in database.execute("SELECT text FROM context")}
    finally:
        database.close()
