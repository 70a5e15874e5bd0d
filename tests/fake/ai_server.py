#!/usr/bin/env python3
"""Strict stand-ins for AI services, for tests, on loopback.

Prints "ready PORT" and serves until its input ends. What a request asks for is
in its prompt: the word after "play:" (see PLAYS); without one it is answered.
Unknown members, refused parameters, a missing key or version are errors, as
they are with the real ones.
"""
import json
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "sk-planted-0123456789"
ANSWER = '{"findings":[],"summary":"fine"}'
seen = {}
lock = threading.Lock()


class Refused(Exception):
    pass


def only(body, required, optional):
    for name in required:
        if name not in body:
            raise Refused(f"{name}: field required")
    for name in body:
        if name not in required + optional:
            raise Refused(f"{name}: extra inputs are not permitted")


def check_anthropic(body, headers):
    if headers.get("anthropic-version") != "2026-10-21":
        raise Refused("anthropic-version: header is required")
    for name in ("temperature", "top_p", "top_k"):
        if name in body:
            raise Refused(f"{name}: not supported in this version")
    only(body, ["model", "max_tokens", "messages"],
         ["system", "stream", "output_config"])
    marks = 0
    for block in body.get("system", []):
        only(block, ["type", "text"], ["cache_control"])
    for message in body["messages"]:
        only(message, ["role", "content"], [])
        for block in message["content"]:
            only(block, ["type", "text"], ["cache_control"])
            marks += "cache_control" in block
            if not block["text"]:
                raise Refused("text content blocks must be non-empty")
    if marks > 4:
        raise Refused("at most 4 blocks with cache_control")
    if body["messages"][-1]["role"] != "user":
        raise Refused("the last message must be the user's")


def check_openai(body, headers):
    only(body, ["model", "messages"],
         ["max_completion_tokens", "response_format"])
    for message in body["messages"]:
        only(message, ["role", "content"], [])


def event(kind, **members):
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **members})}\n\n"


def stream(text, stop="end_turn"):
    usage = {"input_tokens": 100, "cache_read_input_tokens": 1000,
             "cache_creation_input_tokens": 0, "output_tokens": 1}
    message = {"id": "msg_1", "type": "message", "role": "assistant",
               "model": "claude-opus-5-5", "content": [],
               "stop_reason": None, "usage": usage}
    yield event("message_start", message=message)
    yield event("content_block_start", index=0,
                content_block={"type": "text", "text": ""})
    for at in range(0, len(text), 7):
        yield event("content_block_delta", index=0,
                    delta={"type": "text_delta", "text": text[at:at + 7]})
    yield event("content_block_stop", index=0)
    yield event("message_delta", delta={"stop_reason": stop},
                usage={"output_tokens": 50})
    yield event("message_stop")


def completion(text):
    return json.dumps({
        "id": "chatcmpl-1", "object": "chat.completion",
        "model": "gpt-6.1-sol",
        "choices": [{"index": 0, "finish_reason": "stop",
                     "message": {"role": "assistant", "content": text,
                                 "refusal": None}}],
        "usage": {"prompt_tokens": 1100, "completion_tokens": 50,
                  "total_tokens": 1150,
                  "prompt_tokens_details": {"cached_tokens": 1000}}})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.connection.setsockopt(6, 1, 1)  # no delay

    def log_message(self, *args):
        pass

    def send(self, status, text, kind="application/json", headers=()):
        data = text.encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def fail(self, status, kind, message, headers=()):
        if self.path == "/v1/messages":
            body = {"type": "error",
                    "error": {"type": kind, "message": message}}
        else:
            body = {"error": {"type": kind, "code": kind, "param": None,
                              "message": message}}
        self.send(status, json.dumps(body), headers=headers)

    def begin_stream(self, length=None):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.close_connection = True
        self.end_headers()

    def answer(self, text=ANSWER):
        with lock:
            seen["answered"] = seen.get("answered", 0) + 1
        if self.path != "/v1/messages":
            self.send(200, completion(text))
            return
        self.begin_stream()
        for part in stream(text):
            self.wfile.write(part.encode())

    def do_GET(self):
        """How often each play was asked for, and how much was answered."""
        self.send(200, json.dumps(seen))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        key = self.headers.get("x-api-key") or self.headers.get(
            "authorization", "").removeprefix("Bearer ")
        text = body.decode("utf-8", "replace")
        play = re.search(r"play:([a-z-]+)", text)
        play = play.group(1) if play else "answer"
        with lock:
            seen[play] = seen.get(play, 0) + 1
            number = seen[play]
        try:
            if key != KEY:
                return self.fail(401, "authentication_error",
                                 f"invalid key: {key}")
            if self.path == "/v1/messages":
                check_anthropic(json.loads(body), self.headers)
            elif self.path == "/v1/chat/completions":
                check_openai(json.loads(body), self.headers)
            else:
                return self.fail(404, "not_found_error", "no such path")
            PLAYS[play](self, number)
        except Refused as refused:
            self.fail(400, "invalid_request_error", str(refused))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


def finds(handler, number):
    """One remark on the token of tests/lib/mobile.sh."""
    handler.answer(json.dumps({"summary": "One matter.", "findings": [{
        "path": "ios/Session.swift", "line": 6, "severity": "major",
        "quote": "UserDefaults.standard.set(token, forKey: \"access_token\")",
        "category": "security", "title": "Token in a backup",
        "body": "Keep it in the Keychain.", "confidence": 0.9}]}))


def hang(handler, number):
    time.sleep(30)


def drip(handler, number):
    handler.begin_stream()
    for letter in "".join(stream(ANSWER)) * 100:
        handler.wfile.write(letter.encode())
        time.sleep(0.05)


def stall(handler, number):
    """The first bytes, then nothing any more."""
    handler.begin_stream()
    handler.wfile.write(event("ping").encode())
    time.sleep(30)


def endless(handler, number):
    handler.begin_stream()
    part = event("ping").encode() * 20000
    while True:
        handler.wfile.write(part)


def huge(handler, number):
    handler.send(200, '"' + "x" * 40_000_000 + '"')


def cut(handler, number):
    handler.begin_stream()
    handler.wfile.write("".join(stream(ANSWER))[:500].encode())


def close(handler, number):
    handler.close_connection = True


def overloaded(handler, number):
    handler.begin_stream()
    handler.wfile.write(event("error", error={
        "type": "overloaded_error", "message": "Overloaded"}).encode())


def overloaded_once(handler, number):
    if number == 1:
        return overloaded(handler, number)
    handler.answer()


def prose_once(handler, number):
    """What is no JSON, until that is complained of."""
    if number > 1:
        return handler.answer()
    handler.begin_stream()
    handler.wfile.write("".join(stream("I looked at it.")).encode())


def redirect(handler, number):
    handler.send(307, "", headers=[
        ("location", f"http://127.0.0.1:{handler.server.other}/v1/messages")])


def slow(handler, number):
    time.sleep(float(2))
    handler.answer()


PLAYS = {
    "answer": lambda handler, number: handler.answer(),
    "close": close,
    "cut": cut,
    "drip": drip,
    "endless": endless,
    "finds": finds,
    "hang": hang,
    "huge": huge,
    "overloaded": overloaded,
    "overloaded-once": overloaded_once,
    "prose-once": prose_once,
    "quota": lambda h, n: h.fail(429, "insufficient_quota", "no money"),
    "rate": lambda h, n: h.fail(429, "rate_limit_error", "slow down",
                                [("retry-after", "1")])
    if n == 1 else h.answer(),
    "redirect": redirect,
    "slow": slow,
    "stall": stall,
    "teapot": lambda h, n: h.send(418, "<html>I am a teapot</html>",
                                  "text/html"),
}


class Spy(BaseHTTPRequestHandler):
    """Another host: must never see a key."""

    def log_message(self, *args):
        pass

    def do_POST(self):
        with open(sys.argv[1], "a") as out:
            out.write(str(self.headers))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 2048


def main():
    server = Server(("127.0.0.1", 0), Handler)
    spy = Server(("127.0.0.1", 0), Spy)
    server.other = spy.server_address[1]
    for each in (server, spy):
        threading.Thread(target=each.serve_forever, daemon=True).start()
    print("ready", server.server_address[1], flush=True)
    sys.stdin.read()


main()
