#!/usr/bin/env python3
"""Strict stand-ins for AI services, for tests, on loopback.

Usage: ai_server.py SPIED [CERTIFICATE KEY]. Prints "ready PORT [TLS-PORT]" and
serves until its input ends; what another host got is in SPIED. What a request asks for is
in its prompt: the word after "play:" (see PLAYS); without one it is answered.
Unknown members, refused parameters, a missing key or version are errors, as
they are with the real ones.
"""
import json
import re
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "sk-planted-0123456789"
ANSWER = '{"findings":[],"summary":"fine"}'
FINDING = json.dumps({"summary": "One matter.", "findings": [{
    "path": "ios/Session.swift", "line": 6, "severity": "major",
    "quote": "UserDefaults.standard.set(token, forKey: \"access_token\")",
    "category": "security", "title": "Token in a backup",
    "body": "Keep it in the Keychain.", "confidence": 0.9}]})
SPY = 0  # the port of another host
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


def check_schema(schema):
    """As strict modes want it: every member required, nothing else allowed."""
    if schema.get("type") == "array":
        check_schema(schema["items"])
    if schema.get("type") == "object":
        members = schema["properties"]
        if schema.get("additionalProperties") is not False or \
                sorted(schema["required"]) != sorted(members):
            raise Refused("schema: not strict")
        for member in members.values():
            check_schema(member)


def schema_of(body):
    """Of the answer that a request asks for."""
    if "output_config" in body:
        return body["output_config"]["format"]["schema"]
    form = body.get("response_format", {})
    return form.get("json_schema", {}).get("schema")


def agents_of(body):
    """Those that one request asks together; none if it asks for one."""
    members = (schema_of(body) or {}).get("properties", {})
    return [name for name in members
            if members[name].get("type") == "object"]


def check_anthropic(body, headers):
    check_schema(schema_of(body) or {})
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
        if not message["content"]:
            raise Refused("messages must have non-empty content")
        for block in message["content"]:
            only(block, ["type", "text"], ["cache_control"])
            marks += "cache_control" in block
            if not block["text"].strip():
                raise Refused("text content blocks must be non-empty")
    if marks > 4:
        raise Refused("at most 4 blocks with cache_control")
    if body["messages"][-1]["role"] != "user":
        raise Refused("the last message must be the user's")


def check_openai(body, headers):
    check_schema(schema_of(body) or {})
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


def completion(text, model="gpt-6.1-sol", **others):
    return json.dumps({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1,
        "model": model,
        "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None,
                     "message": {"role": "assistant", "content": text,
                                 "refusal": None}}],
        "usage": {"prompt_tokens": 1100, "completion_tokens": 50,
                  "total_tokens": 1150,
                  "prompt_tokens_details": {"cached_tokens": 1000}},
        **others})


class Batches:
    """The batch endpoints of both protocols. A batch ends when GET /end/HOW
    says so: all that are there then. HOW is one of the ENDS, or nothing."""

    ENDS = ("", "errored", "missing", "muddle", "garbage", "expire", "fail",
            "gone", "cut", "redirect")

    def __init__(self):
        self.items = {}   # by id: the questions, in the provider's words
        self.files = {}   # by id: name and text
        self.tags = {}
        self.made = {}    # by id, when
        self.state = {}   # by id: None as long as it is under way, or its end
        self.page = 2     # entries of a list, so that lists have pages

    def end(self, how):
        if how not in self.ENDS:
            raise KeyError(how)
        for each in self.state:
            if self.state[each] is None:
                self.state[each] = how

    def add(self, items, tag=None):
        name = f"batch_{len(self.items) + 1:03}"
        ids = [item["custom_id"] for item in items]
        if not items or len(set(ids)) != len(ids):
            raise Refused("custom_id must be unique")
        self.items[name] = items
        self.state[name] = None
        self.tags[name] = tag
        self.made[name] = time.time()
        seen["batches"] = seen.get("batches", 0) + 1
        seen["batched"] = seen.get("batched", 0) + len(items)
        return name

    def add_file(self, name, text):
        file = f"file-{len(self.files) + 1}"
        self.files[file] = (name, text, time.time())
        return {"id": file, "object": "file"}

    def list(self, names, show, after):
        """A page, the newest first."""
        names = list(reversed(list(names)))
        if after:
            names = names[names.index(after) + 1:]
        return {"object": "list", "has_more": len(names) > self.page,
                "data": [show(each) for each in names[:self.page]]}

    @staticmethod
    def text_of(item):
        return FINDING if "play:finds" in json.dumps(item) else ANSWER

    def kept(self, name):
        """Of each question: is there a result, a failure or nothing?"""
        items = list(reversed(self.items[name]))
        how = self.state[name]
        kinds = ["ok"] * len(items)
        if how in ("errored", "missing"):
            kinds[-1] = {"errored": "bad", "missing": None}[how]
        elif how == "expire":
            kinds = ["late"] * len(items)
        elif how == "fail":
            kinds = [None] * len(items)
        return list(zip(items, kinds))

    def muddle(self, name, lines):
        """What is no line of ours, between those that are."""
        how = self.state[name]
        if how == "garbage":
            return "<html>Bad gateway</html>\n"
        if how == "muddle":
            lines = ["no JSON", "", '{"custom_id": "x"}', "[1]", "{}",
                     *lines, *lines, lines[0][:40]]
            return "\r\n".join(lines)
        return "".join(line + "\n" for line in lines)

    def anthropic(self, name):
        count = len(self.items[name])
        over = self.state[name] is not None
        if self.state[name] == "gone":
            raise KeyError(name)
        done = sum(kind == "ok" for _, kind in self.kept(name))
        return {"id": name, "type": "message_batch",
                "created_at": time.strftime("%Y-%m-%dT%H:%M:%SZ",
                                            time.gmtime(self.made[name])),
                "processing_status": "ended" if over else "in_progress",
                "results_url": f"http://127.0.0.1:{SPY}/results",
                "request_counts": {
                    "processing": 0 if over else count,
                    "succeeded": done if over else 0,
                    "errored": count - done if over else 0,
                    "canceled": 0, "expired": 0}}

    def anthropic_results(self, name):
        lines = []
        for item, kind in self.kept(name):
            if not kind:
                continue
            result = {"type": "expired"}
            if kind == "bad":
                result = {"type": "errored", "error": {
                    "type": "error", "error": {
                        "type": "api_error", "message": "sorry"}}}
            elif kind == "ok":
                result = {"type": "succeeded", "message": {
                    "id": "msg_1", "type": "message", "role": "assistant",
                    "model": "claude-opus-5-5", "stop_reason": "end_turn",
                    "content": [{"type": "text", "text": self.text_of(item)}],
                    "usage": {"input_tokens": 1000, "output_tokens": 100,
                              "cache_read_input_tokens": 0,
                              "cache_creation_input_tokens": 0,
                              "service_tier": "batch"}}}
            lines.append(json.dumps({"custom_id": item["custom_id"],
                                     "result": result}))
        return self.muddle(name, lines)

    def openai(self, name):
        how = self.state[name]
        if how == "gone":
            raise KeyError(name)
        kinds = [kind for _, kind in self.kept(name)]
        status = "in_progress" if how is None else {
            "expire": "expired", "fail": "failed"}.get(how, "completed")
        over = how is not None
        return {"id": name, "object": "batch", "status": status,
                "created_at": int(self.made[name]),
                "metadata": {"referee": self.tags[name]},
                "request_counts": {
                    "total": len(kinds), "failed": kinds.count("bad"),
                    "completed": kinds.count("ok") if over else 0},
                "errors": {"data": [{"message": "a line is too long"}]}
                if how == "fail" else None,
                "output_file_id": f"out-{name}"
                if over and "ok" in kinds else None,
                "error_file_id": f"err-{name}"
                if over and {"bad", "late"} & set(kinds) else None}

    def reply(self, item, kind):
        if kind == "bad":
            return {"status_code": 500, "body": {"error": {
                "type": "server_error", "code": None, "param": None,
                "message": "sorry"}}}
        try:
            if "takes:max_tokens" not in json.dumps(item):
                check_openai(item["body"], {})
        except Refused as refused:
            return {"status_code": 400, "body": {"error": {
                "type": "invalid_request_error", "code": None, "param": None,
                "message": str(refused)}}}
        return {"status_code": 200,
                "body": json.loads(completion(self.text_of(item)))}

    def openai_results(self, file):
        wanted, name = file.split("-", 1)
        lines = []
        for item, kind in self.kept(name):
            if (kind == "ok") != (wanted == "out") or not kind:
                continue
            line = {"id": "r", "custom_id": item["custom_id"],
                    "response": None, "error": None}
            if kind == "late":
                line["error"] = {"code": "batch_expired", "message": "late"}
            else:
                line["response"] = {"request_id": "q",
                                    **self.reply(item, kind)}
            lines.append(json.dumps(line))
        return self.muddle(name, lines)


batches = Batches()


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

    def answer(self, text=ANSWER, agents=None):
        """`agents`: of those asked together, the ones that answer."""
        agents = agents_of(self.asked) if agents is None else agents
        with lock:
            seen["answered"] = seen.get("answered", 0) + 1
            if agents_of(self.asked):
                seen["together"] = seen.get("together", 0) + 1
                text = json.dumps({name: json.loads(text) for name in agents})
        if self.path != "/v1/messages":
            self.send(200, completion(text))
            return
        self.begin_stream()
        for part in stream(text):
            self.wfile.write(part.encode())

    def do_GET(self):
        """How often each play was asked for, and how much was answered; or
        one of the batches."""
        path, _, query = self.path.partition("?")
        with lock:
            if path.startswith("/end"):
                batches.end(path[len("/end/"):])
            if path.startswith("/v1/"):
                after = dict(part.split("=", 1) for part in query.split("&")
                             if part.startswith("after"))
                return self.get_batch(path.split("/")[2:],
                                      next(iter(after.values()), None))
            self.send(200, json.dumps(seen))

    def key(self):
        return self.headers.get("x-api-key") or self.headers.get(
            "authorization", "").removeprefix("Bearer ")

    def get_batch(self, parts, after):
        if self.key() != KEY:
            return self.fail(401, "authentication_error",
                             f"invalid key: {self.key()}")
        try:
            if parts == ["messages", "batches"]:
                found = batches.list(batches.items, batches.anthropic, after)
            elif parts == ["batches"]:
                found = batches.list(batches.items, batches.openai, after)
            elif parts == ["files"]:
                found = batches.list(batches.files, lambda file: {
                    "id": file, "filename": batches.files[file][0],
                    "created_at": int(batches.files[file][2])}, after)
            elif parts[:2] == ["messages", "batches"] and len(parts) == 3:
                found = batches.anthropic(parts[2])
            elif parts[0] == "batches":
                found = batches.openai(parts[1])
            elif parts[0] == "messages":
                return self.send_results(
                    parts[2], batches.anthropic_results(parts[2]))
            else:
                return self.send_results(parts[1].split("-", 1)[1],
                                         batches.openai_results(parts[1]))
            self.send(200, json.dumps(found))
        except (KeyError, ValueError):
            self.fail(404, "not_found_error", "no such batch")

    def send_results(self, name, text):
        how = batches.state[name]
        if how == "redirect":
            return self.send(307, "", headers=[
                ("location", f"http://127.0.0.1:{SPY}/results")])
        if how != "cut":
            return self.send(200, text)
        self.send_response(200)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text[:-10].encode())
        self.close_connection = True

    def add_batch(self, body):
        with lock:
            if self.path == "/v1/messages/batches":
                items = json.loads(body)["requests"]
                for item in items:
                    only(item, ["custom_id", "params"], [])
                    check_anthropic(item["params"], self.headers)
                return self.send(200, json.dumps(
                    batches.anthropic(batches.add(items))))
            if self.path == "/v1/files":
                text = body.decode()
                part = text.split("\r\n\r\n")[2]
                name = re.search('filename="([^"]*)"', text).group(1)
                return self.send(200, json.dumps(batches.add_file(
                    name, part[:part.rindex("\r\n--")])))
            order = json.loads(body)
            only(order, ["input_file_id", "endpoint", "completion_window"],
                 ["metadata"])
            items = [json.loads(line) for line in
                     batches.files[order["input_file_id"]][1].splitlines()]
            for item in items:
                only(item, ["custom_id", "method", "url", "body"], [])
            name = batches.add(items, order["metadata"]["referee"])
            return self.send(200, json.dumps(batches.openai(name)))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        key = self.key()
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
            if self.path in ("/v1/messages/batches", "/v1/files",
                             "/v1/batches"):
                return self.add_batch(body)
            self.asked = json.loads(body)
            if self.path == "/v1/messages":
                check_anthropic(self.asked, self.headers)
            elif self.path == "/v1/chat/completions":
                check_openai(self.asked, self.headers)
            else:
                return self.fail(404, "not_found_error", "no such path")
            PLAYS[play](self, number)
        except Refused as refused:
            with lock:
                seen["refused"] = seen.get("refused", 0) + 1
            self.fail(400, "invalid_request_error", str(refused))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


def finds(handler, number):
    """One remark on the token of tests/lib/mobile.sh."""
    handler.answer(FINDING)


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


def echo(handler, number):
    """The key, wherever there is room for it."""
    key = handler.key()
    handler.send(200, completion(
        json.dumps({"findings": [], "summary": key}), model=key,
        usage={"prompt_tokens": 10, "completion_tokens": 5, "of": key}),
        headers=[("x-request-id", key)])


def usage(**numbers):
    """An answer of the OpenAI kind with other numbers of tokens."""
    return lambda handler, number: handler.send(
        200, completion(ANSWER, usage=numbers or None))


def dribble(handler, number):
    """A document of which a little comes at a time."""
    handler.send_response(200)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", "1000000")
    handler.end_headers()
    while True:
        handler.wfile.write(b" ")
        time.sleep(0.05)


def joint_lacks(handler, number):
    """Of several agents asked at once, the last one is forgotten."""
    handler.answer(FINDING, agents_of(handler.asked)[:-1])


def joint_mute(handler, number):
    """Several agents asked at once get nothing that can be used."""
    handler.answer(FINDING, [])


def redirect(handler, number):
    handler.send(307, "", headers=[
        ("location", f"http://127.0.0.1:{SPY}/v1/messages")])


def slow(handler, number):
    time.sleep(float(2))
    handler.answer()


PLAYS = {
    "answer": lambda handler, number: handler.answer(),
    "close": close,
    "cut": cut,
    "down": lambda h, n: h.fail(503, "api_error", "no service"),
    "dribble": dribble,
    "drip": drip,
    "echo": echo,
    "endless": endless,
    "finds": finds,
    "hang": hang,
    "huge": huge,
    "joint-lacks": joint_lacks,
    "joint-mute": joint_mute,
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
    "usage-missing": usage(),
    "usage-negative": usage(prompt_tokens=-5, completion_tokens=-5),
    "usage-zero": usage(prompt_tokens=0, completion_tokens=0),
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

    do_GET = do_POST


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 2048


def main():
    server = Server(("127.0.0.1", 0), Handler)
    spy = Server(("127.0.0.1", 0), Spy)
    servers = [server, spy]
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*sys.argv[2:])
        secure = Server(("127.0.0.1", 0), Handler)
        secure.socket = context.wrap_socket(secure.socket, server_side=True)
        servers.append(secure)
    global SPY
    SPY = spy.server_address[1]
    for each in servers:
        threading.Thread(target=each.serve_forever, daemon=True).start()
    print("ready", *(each.server_address[1] for each in servers
                     if each is not spy), flush=True)
    sys.stdin.read()


main()
