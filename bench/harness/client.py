"""A small HTTP client for preparing a run, and the raw requests that the generator replays."""

import http.client
import json
import threading
from concurrent.futures import ThreadPoolExecutor

_local = threading.local()


class Answer:
    """Status, headers and body of one response."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        """The body as JSON."""
        return json.loads(self.body)

    def cookie(self):
        """What a browser would send back: all cookies set by this response."""
        pairs = [line.split(";")[0] for line in self.headers.get_all("set-cookie") or []]
        return "; ".join(pair for pair in pairs if not pair.endswith("="))


def call(port, method, path, body=None, headers=None):
    """One request on this thread's kept-alive connection to the loopback port."""
    connections = _local.__dict__.setdefault("connections", {})
    payload = None if body is None else json.dumps(body)
    fields = dict(headers or {})
    fields.setdefault("origin", f"http://127.0.0.1:{port}")
    if payload is not None:
        fields["content-type"] = "application/json"
    for attempt in (1, 2):
        connection = connections.get(port)
        if connection is None:
            connection = connections[port] = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request(method, path, payload, fields)
            return Answer(connection.getresponse())
        except (http.client.HTTPException, OSError):
            connection.close()
            connections.pop(port, None)
            if attempt == 2:
                raise


def many(function, items, threads=8):
    """`function` over `items` on several connections, results in order."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(function, items))


def raw(port, method, path, body=None, headers=None):
    """The bytes of one HTTP/1.1 request."""
    payload = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
    fields = {"Host": f"127.0.0.1:{port}", "Origin": f"http://127.0.0.1:{port}", **(headers or {})}
    if body is not None:
        fields["Content-Type"] = "application/json"
        fields["Content-Length"] = str(len(payload))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + payload
