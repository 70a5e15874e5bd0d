#!/usr/bin/env python3
"""A web server that misbehaves on request, for tests.

Listens on loopback on two ports and, with --tls CERT KEY, on a third one.
Prints "ready PORT PORT [PORT]" and serves until its input ends.
"""
import gzip
import itertools
import socket
import ssl
import sys
import threading
import time
from urllib.parse import parse_qs, urlsplit

connections = itertools.count(1)
deserted = []


class Request:
    def __init__(self, stream):
        line = stream.readline().decode("latin-1").split()
        if len(line) < 3:
            raise EOFError
        self.method, self.target = line[0], line[1]
        parts = urlsplit(self.target)
        self.path = parts.path
        self.query = {k: v[0] for k, v in parse_qs(parts.query).items()}
        self.headers = []
        while True:
            header = stream.readline().decode("latin-1").rstrip("\r\n")
            if not header:
                break
            self.headers.append(header)
        length = 0
        for header in self.headers:
            name, _, value = header.partition(":")
            if name.lower() == "content-length":
                length = int(value)
        self.body = stream.read(length) if length else b""


def reply(send, status, body=b"", headers=()):
    lines = [f"HTTP/1.1 {status} Reason", f"Content-Length: {len(body)}"]
    lines += list(headers)
    send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def echo(request, send, number):
    text = f"{request.method} {request.target}\n"
    text += "".join(h + "\n" for h in request.headers)
    reply(send, 200, text.encode() + b"\n" + request.body,
          [f"X-Connection: {number}"])


def chunked(request, send, number):
    send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
         b"5\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: y\r\n\r\n")


def no_content(request, send, number):
    send(b"HTTP/1.1 204 No Content\r\n\r\n")


def interim(request, send, number):
    send(b"HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\n")
    reply(send, 200, b"after", ["X-Late: 2"])


def huge(request, send, number):
    count = int(request.query["bytes"])
    send(f"HTTP/1.1 200 OK\r\nContent-Length: {count}\r\n\r\n".encode())
    chunk = b"x" * 65536
    while count > 0:
        send(chunk[:min(count, len(chunk))])
        count -= len(chunk)


def bomb(request, send, number):
    body = gzip.compress(b"x" * int(request.query["bytes"]))
    reply(send, 200, body, ["Content-Encoding: gzip"])


def hang(request, send, number):
    time.sleep(30)


def stall(request, send, number):
    send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
    time.sleep(30)


def drip(request, send, number):
    send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        send(b".")
        time.sleep(0.02)


def close_early(request, send, number):
    send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
    raise EOFError


def garbage(request, send, number):
    send(b"what is this?\r\n\r\n")
    raise EOFError


def flood(request, send, number):
    send(b"HTTP/1.1 200 OK\r\n")
    for i in range(20000):
        send(b"X-Filler: " + b"x" * 100 + b"\r\n")
    send(b"\r\n")


def redirect(request, send, number):
    reply(send, int(request.query.get("status", "302")), b"moved",
          ["Location: " + request.query["to"]])


def loop(request, send, number):
    reply(send, 302, b"", ["Location: /loop"])


def status(request, send, number):
    headers = []
    if "retry_after" in request.query:
        headers = ["Retry-After: " + request.query["retry_after"]]
    reply(send, int(request.query["code"]), b"body of it", headers)


def slow(request, send, number):
    time.sleep(float(request.query["s"]))
    reply(send, 200, b"slept")


def desert(request, send, number):
    """Gone without an answer, having taken the request."""
    deserted.append(number)
    raise EOFError


def count_deserted(request, send, number):
    reply(send, 200, str(len(deserted)).encode())


PAGES = {
    "/bomb": bomb, "/chunked": chunked, "/close": close_early, "/desert": desert,
    "/deserted": count_deserted, "/drip": drip,
    "/echo": echo, "/flood": flood, "/garbage": garbage, "/hang": hang,
    "/huge": huge, "/interim": interim, "/loop": loop, "/none": no_content,
    "/redirect": redirect, "/slow": slow, "/stall": stall, "/status": status,
}


def converse(connection, context):
    number = next(connections)
    try:
        if context:
            connection = context.wrap_socket(connection, server_side=True)
        stream = connection.makefile("rb")
        while True:
            request = Request(stream)
            page = PAGES.get(request.path)
            if page:
                page(request, connection.sendall, number)
            else:
                reply(connection.sendall, 404)
    except (EOFError, OSError, ValueError):
        pass
    finally:
        connection.close()


def listen(context=None):
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=converse, args=(connection, context),
                             daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def main():
    ports = [listen(), listen()]
    if sys.argv[1:2] == ["--tls"]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        ports.append(listen(context))
    print("ready", *ports, flush=True)
    sys.stdin.read()


main()
