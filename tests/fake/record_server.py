#!/usr/bin/env python3
"""Keeps what it is asked and refuses it, for tests.

Usage: record_server.py REQUESTS. Serves any path on a loopback port, prints
"ready PORT", ends with its input. Each request is a JSON line in REQUESTS:
method, path, headers, body.
"""
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def refuse(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with lock, open(sys.argv[1], "a", encoding="utf-8") as file:
            file.write(json.dumps({
                "method": self.command, "path": self.path,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": body.decode()}) + "\n")
        text = b'{"error": {"message": "refused"}}'
        self.send_response(400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_DELETE = refuse


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print("ready", server.server_port, flush=True)
sys.stdin.read()
