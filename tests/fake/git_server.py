#!/usr/bin/env python3
"""git over http for tests: `git http-backend` behind a small web server.

Usage: git_server.py ROOT [LOG]. Serves the bare repositories below ROOT on two
loopback ports as /MODE/NAME.git, prints "ready PORT PORT", ends with its input.
Modes:
  plain   as it is              v0      the client's wish for version 2 is lost
  auth    asks for credentials  moved   info/refs leads to /plain, else 404
  away    info/refs leads to /auth on the second port
  html    a web page            error   status 500
  busy    status 429            hang    no reply
  drip    a reply that never ends
  cut     the reply breaks off after 300 bytes
  late    a push is taken two seconds later
Each request is a line in LOG: port, method, path, its credentials.
"""
import base64
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

USER, PASSWORD = "x-access-token", "the-right-token"
GOOD = [
    "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode(),
    "Basic " + base64.b64encode(f"ada:{PASSWORD}".encode()).decode(),
    "Bearer " + PASSWORD,
]
servers = []
log_lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def simple(self, status, text="", headers=()):
        body = text.encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def note(self):
        if len(sys.argv) > 2:
            with log_lock, open(sys.argv[2], "a", encoding="utf-8") as log:
                print(self.server.server_address[1], self.command, self.path,
                      self.headers.get("Authorization", "-"), file=log)

    def handle_any(self):
        length = int(self.headers.get("Content-Length", "0"))
        self.body = self.rfile.read(length)
        self.note()
        _, mode, rest = self.path.split("/", 2)
        special = getattr(self, "mode_" + mode, None)
        if special:
            special(rest)
        else:
            self.backend(rest)

    do_GET = do_POST = handle_any

    def mode_html(self, _):
        self.simple(200, "<html>log in</html>", [("Content-Type", "text/html")])

    def mode_error(self, _):
        self.simple(500, "broken")

    def mode_busy(self, _):
        self.simple(429, "", [("Retry-After", "42")])

    def mode_hang(self, _):
        time.sleep(30)

    def mode_drip(self, _):
        self.send_response(200)
        self.send_header("Content-Type",
                         "application/x-git-upload-pack-result")
        self.end_headers()
        for _ in range(1000):
            self.wfile.write(b"1")
            time.sleep(0.05)

    def mode_cut(self, rest):
        self.backend(rest, 300)

    def mode_late(self, rest):
        if self.command == "POST" and "git-receive-pack" in rest:
            time.sleep(2)
        self.backend(rest)

    def mode_auth(self, rest):
        if self.headers.get("Authorization") not in GOOD:
            self.simple(401, "", [("WWW-Authenticate", "Basic realm=x")])
        else:
            self.backend(rest)

    def mode_moved(self, rest):
        if "info/refs" in rest:
            self.simple(301, "", [("Location", "/plain/" + rest)])
        else:
            self.simple(404)

    def mode_away(self, rest):
        if "info/refs" in rest:
            port = servers[1].server_address[1]
            self.simple(302, "", [("Location",
                                   f"http://127.0.0.1:{port}/auth/{rest}")])
        else:
            self.simple(404)

    def environment(self, rest):
        path, _, query = rest.partition("?")
        env = {
            "PATH": os.environ["PATH"], "HOME": "/nonexistent",
            "GIT_PROJECT_ROOT": sys.argv[1], "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
            "REQUEST_METHOD": self.command, "PATH_INFO": "/" + path,
            "QUERY_STRING": query, "REMOTE_USER": "tester",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(self.body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
        }
        if not self.path.startswith("/v0/"):
            env["GIT_PROTOCOL"] = self.headers.get("Git-Protocol", "")
        return env

    def backend(self, rest, most=None):
        process = subprocess.Popen(["git", "http-backend"],
                                   env=self.environment(rest),
                                   stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        feeder = threading.Thread(target=self.feed, args=(process,))
        feeder.start()
        status, headers = 200, []
        for line in process.stdout:
            name, _, value = line.decode().rstrip("\r\n").partition(": ")
            if not name:
                break
            if name == "Status":
                status = int(value.split()[0])
            else:
                headers.append((name, value))
        self.copy(process.stdout, status, headers, most)
        process.stdout.close()
        process.kill()
        process.wait()
        feeder.join()

    def feed(self, process):
        try:
            process.stdin.write(self.body)
            process.stdin.close()
        except OSError:
            pass

    def copy(self, stream, status, headers, most):
        start = stream.read(1 << 20 if most is None else most)
        rest = stream.read(1)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if not rest:
            self.send_header("Content-Length", str(len(start)))
            self.end_headers()
            self.wfile.write(start)
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.chunk(start + rest)
        if most is not None:
            self.close_connection = True
            return
        while True:
            part = stream.read(1 << 16)
            if not part:
                break
            self.chunk(part)
        self.chunk(b"")

    def chunk(self, part):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))


def main():
    for _ in range(2):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", *(s.server_address[1] for s in servers), flush=True)
    sys.stdin.read()


main()
