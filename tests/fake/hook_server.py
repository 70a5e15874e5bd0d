#!/usr/bin/env python3
"""Slack's incoming webhook, and somebody else's, for tests.

Usage: hook_server.py MESSAGES. Serves POST /slack and /hook on a loopback port,
prints "ready PORT", ends with its input. What comes in is a JSON line in
MESSAGES: path, headers, body, time, status. /slack refuses what Slack would:
blocks beyond 50, texts beyond its limits, what is no JSON. The test tells at
POST /_/next {path, status, headers, hang, cut, times} how the next ones end.
"""
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LIMITS = {"header": 150, "section": 3000}
lock = threading.Lock()
coming = []


def wrong_with(message):
    """Why Slack would refuse it; "" if it would not."""
    blocks = message.get("blocks", [])
    if not message.get("text"):
        return "no_text"
    if len(blocks) > 50:
        return "invalid_blocks"
    for block in blocks:
        text = block.get("text", {}).get("text")
        if block["type"] in LIMITS and text is not None and \
                not 0 < len(text) <= LIMITS[block["type"]]:
            return "invalid_blocks"
        for field in block.get("fields", []):
            if not 0 < len(field["text"]) <= 2000:
                return "invalid_blocks"
        if block["type"] == "context" and \
                not 0 < len(block["elements"]) <= 10:
            return "invalid_blocks"
    return ""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def respond(self, status, text, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def take(self):
        for rule in coming:
            if rule["path"] == self.path and rule.get("times", 1) > 0:
                rule["times"] = rule.get("times", 1) - 1
                return rule
        return {}

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path == "/_/next":
            with lock:
                coming.append(json.loads(raw))
            self.respond(200, "")
            return
        with lock:
            rule = self.take()
            reply = "ok"
            status = rule.get("status", 200)
            try:
                body = json.loads(raw)
                if self.path == "/slack" and status == 200:
                    reply = wrong_with(body) or "ok"
            except ValueError:
                body, reply = raw.decode("latin-1"), "invalid_payload"
            if reply != "ok":
                status = 400
            with open(sys.argv[1], "a", encoding="utf-8") as file:
                print(json.dumps({
                    "path": self.path, "status": status, "body": body,
                    "raw": raw.decode("utf-8", "replace"),
                    "headers": {k.lower(): v for k, v in
                                self.headers.items()},
                    "time": time.time()}), file=file)
        if rule.get("hang"):
            time.sleep(rule["hang"])
        if rule.get("hang") or rule.get("cut"):
            self.close_connection = True
            return
        self.respond(status, reply, list(rule.get("headers", {}).items()))


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", server.server_address[1], flush=True)
    sys.stdin.read()


main()
