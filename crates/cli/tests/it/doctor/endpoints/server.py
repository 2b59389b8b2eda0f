#!/usr/bin/env python3
"""An endpoint of Online Contact in the standard library: right, or with one fault.

server.py FAULT prints its port and serves. The names of the faults are the strings in this file."""

import base64
import hashlib
import hmac
import json
import re
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FAULT = sys.argv[1]
SAMPLE_KEY = b"bf7769e5321448de88838cdb"
KEY = b"0cc175b9c0f1b6a831c399e2" if FAULT == "sample_key_too" else SAMPLE_KEY
LIMIT = {"honest_100k": 100 << 10, "honest_2m": 2 << 20}.get(FAULT, 1 << 20)
WINDOW = 600_000 if FAULT == "window_10min" else 300_000
DEADLINE = 10
JSON = "application/json; charset=utf-8"

lock = threading.Lock()
seen = {}  # what some faults remember of earlier requests


class TooLarge(Exception):
    pass


class Unreadable(Exception):
    pass


class Slow(Exception):
    pass


def mac(message, key=KEY):
    return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0" if FAULT == "honest_http10" else "HTTP/1.1"
    timeout = 60
    trusted = False

    def log_message(self, *arguments):
        pass

    # Responses.

    def respond(self, status, value, content_type=JSON, headers=()):
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        if FAULT == "leaks_escaped":
            body = body.replace("/", "\\/").replace("=", "\\u003d")
        self.respond_text(status, body, content_type, headers)

    def respond_text(self, status, text, content_type, headers=()):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        # A rejection may leave a part of the request unread.
        if status >= 400 and FAULT != "not_drained":
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def reject(self, status, code, reason, message=None, headers=()):
        if FAULT == "status_200_errors":
            status = 200
        if FAULT == "honest_all_403" and code.startswith("4000"):
            status = 403
        if FAULT == "honest_plain":
            code, reason, message = "911", None, "rejected"
        if FAULT == "drops_bad":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if FAULT == "html_errors":
            self.respond_text(status, "<html><h1>%d</h1></html>" % status, "text/html")
            return
        error = {"code": code, "message": message or reason, "detail": reason}
        self.respond(status, {"error": error}, headers=headers)

    # Reading.

    def read(self, length, end):
        body = b""
        while len(body) < length:
            left = end - time.monotonic()
            if left <= 0:
                raise Slow()
            self.connection.settimeout(left)
            try:
                chunk = self.rfile.read1(min(65536, length - len(body)))
            except TimeoutError:
                raise Slow()
            if not chunk:
                raise Unreadable()
            body += chunk
        return body

    def read_line(self, end):
        line = b""
        while not line.endswith(b"\n"):
            line += self.read(1, end)
            if len(line) > 200:
                raise Unreadable()
        return line.strip()

    def body(self):
        end = time.monotonic() + DEADLINE
        if "chunked" in (self.headers.get("Transfer-Encoding") or "").lower():
            if FAULT == "no_chunked":
                return b""
            body = b""
            while True:
                length = int(self.read_line(end).split(b";")[0], 16)
                if length == 0:
                    while self.read_line(end):
                        pass
                    return body
                if len(body) + length > LIMIT:
                    raise TooLarge()
                body += self.read(length, end)
                self.read_line(end)
        length = int(self.headers.get("Content-Length") or 0)
        if length > LIMIT:
            raise TooLarge()
        return self.read(length, end)

    # Routes.

    def no_route(self):
        self.reject(404, "40401", "no_such_route")

    def do_other(self):
        skipped = {"put_unverified": "PUT", "get_unverified": "GET", "delete_unverified": "DELETE"}
        if skipped.get(FAULT) == self.command and self.path == "/customer":
            return self.lookup(self.body())
        self.no_route()

    do_GET = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_other

    def do_POST(self):
        path = self.path.split("?")[0]
        content_type = self.headers.get("Content-Type") or ""
        if FAULT == "path_bypass" and path.rstrip("/").lower() == "/customer" and self.path != "/customer":
            return self.lookup(self.body())
        if FAULT == "slash_bypass" and path == "/customer/":
            return self.lookup(self.body())
        if path != "/customer":
            return self.no_route()
        if FAULT == "text_unverified" and content_type.startswith("text/plain"):
            return self.lookup(self.body())
        if FAULT == "form_unverified" and "form" in content_type:
            return self.lookup(self.body())
        if FAULT == "method_override" and self.headers.get("X-HTTP-Method-Override"):
            return self.lookup(self.body())
        if FAULT == "host_unverified" and self.headers.get("Host") == "localhost":
            return self.lookup(self.body())
        if FAULT == "connection_trusted" and self.trusted:
            return self.lookup(self.body())
        self.verify(
            self.headers.get_all("X-TC-Timestamp") or [],
            self.headers.get_all("Authorization") or [],
        )

    # Verification.

    def verify(self, times, tokens):
        if FAULT == "only_if_header" and not tokens and not times:
            return self.lookup(self.body())
        if FAULT == "only_if_auth" and not tokens:
            return self.lookup(self.body())
        if FAULT == "honest_equal_doubles":
            times, tokens = sorted(set(times)), sorted(set(tokens))
        if len(times) > 1 or len(tokens) > 1:
            if FAULT == "last_wins":
                times, tokens = times[-1:], tokens[-1:]
            elif FAULT == "honest_first_wins":
                times, tokens = times[:1], tokens[:1]
            else:
                return self.reject(400, "40005", "header_duplicated")
        if not times:
            return self.reject(400, "40001", "timestamp_missing")
        if not re.fullmatch(r"0|[1-9][0-9]{0,18}", times[0], re.ASCII):
            return self.reject(400, "40002", "timestamp_not_numeric")
        age = int(time.time() * 1000) - int(times[0])
        if age > WINDOW:
            return self.reject(400, "40003", "timestamp_expired")
        if age < -WINDOW or (FAULT == "only_past" and age < 0):
            return self.reject(400, "40004", "timestamp_in_future")
        if not tokens:
            return self.reject(403, "40301", "authorization_missing")
        token = tokens[0]
        if FAULT == "hex_too" and re.fullmatch("[0-9a-f]{64}", token):
            token = base64.b64encode(bytes.fromhex(token)).decode()
        if FAULT == "url_safe_too":
            token = token.replace("-", "+").replace("_", "/")
        canonical = re.fullmatch(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=", token)
        if FAULT != "nocase" and not canonical:
            return self.reject(403, "40302", "authorization_malformed")
        if FAULT == "ip_allow" and self.headers.get("X-Forwarded-For", "").startswith("10."):
            return self.lookup(self.body())
        if FAULT == "ip_allow_local" and self.headers.get("X-Real-IP") == "127.0.0.1":
            return self.lookup(self.body())
        try:
            body = self.body()
        except TooLarge:
            return self.reject(400, "40006", "body_too_large")
        except Slow:
            return self.reject(400, "40007", "body_timeout")
        except (Unreadable, ValueError):
            return self.reject(400, "40008", "body_unreadable")
        if FAULT == "fails_on_non_ascii" and not body.isascii():
            return self.reject(500, "50099", "internal")
        self.check_signature(body, times[0], token)

    def check_signature(self, body, timestamp, token):
        time_bytes = timestamp.encode()
        expected = mac(self.signed(body) + time_bytes)
        if FAULT == "nocase":
            good = expected.lower() == token.lower()
        elif FAULT == "prefix_compare":
            good = expected[:16] == token[:16]
        elif FAULT == "suffix_compare":
            good = expected[-16:] == token[-16:]
        else:
            good = hmac.compare_digest(expected, token)
        if FAULT == "time_tells":
            same = next((i for i in range(44) if expected[i] != token[i]), 44)
            time.sleep(same * 0.01)
        also = {
            "sample_key_too": lambda: mac(body + time_bytes, SAMPLE_KEY),
            "empty_key_too": lambda: mac(body + time_bytes, b""),
            "both_schemes": lambda: mac(self.path.encode() + body + time_bytes),
            "time_only_too": lambda: mac(time_bytes),
            "body_only_too": lambda: mac(body),
            "time_first_too": lambda: mac(time_bytes + body),
            "hash_too": lambda: base64.b64encode(hashlib.sha256(body + time_bytes).digest()).decode(),
        }.get(FAULT)
        good = good or (also is not None and also() == token)
        good = good or (FAULT == "empty_body_skips" and not body)
        with lock:
            good = self.remembered(token, timestamp, body, good)
        if FAULT == "honest_guard" and good:
            with lock:
                if token in seen:
                    return self.reject(403, "40304", "replayed")
                seen[token] = True
        if good:
            self.trusted = True
            return self.lookup(body)
        if FAULT == "hangs":
            time.sleep(3600)
        if FAULT == "slow_tell":
            time.sleep(3)
        message, headers = None, ()
        if FAULT in ("leaks", "leaks_escaped"):
            message = "signature mismatch: expected " + expected + " got " + token
        if FAULT == "leaks_hex":
            message = "expected " + base64.b64decode(expected).hex()
        if FAULT == "leaks_beginning":
            message = "expected " + expected[:20] + "..."
        if FAULT == "leaks_header":
            headers = [("X-Expected-Signature", expected)]
        self.reject(403, "40303", "signature_mismatch", message, headers)

    def signed(self, body):
        if FAULT == "trims":
            return body.strip()
        if FAULT == "lossy":
            return body.decode("utf-8", "replace").encode()
        if FAULT == "reparse":
            try:
                return json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode()
            except ValueError:
                return body
        if FAULT == "prefix_1k":
            return body[:1024]
        if FAULT == "prefix_64k":
            return body[:65536]
        return body

    def remembered(self, token, timestamp, body, good):
        """The verdict, with what some faults remember of earlier requests."""
        if FAULT == "second_try":
            seen[token] = seen.get(token, 0) + 1
            return good or seen[token] >= 3
        memory = {
            "cached_by_signature": token,
            "cached_by_request": (timestamp, body),
        }.get(FAULT)
        if memory is not None:
            return seen.setdefault(memory, good) or good
        if FAULT == "rejections_cached":
            return seen.setdefault(token, good)
        if FAULT == "guard_by_time" and good:
            fresh = timestamp not in seen
            seen[timestamp] = True
            return fresh
        return good

    # The application.

    def lookup(self, body):
        try:
            query = json.loads(body)
        except ValueError:
            return self.reject(400, "40020", "bad_json")
        if not isinstance(query, dict):
            return self.reject(400, "40020", "bad_json")
        if query.get("callNum") != "1":
            status = 200 if FAULT == "ok_200_none" else 400
            error = {"code": 911, "message": "Not existing user.", "detail": None}
            return self.respond(status, {"error": error})
        data = {"userName": "test", "id": "testId"}
        if FAULT == "number_value":
            data["cash"] = 7
        self.respond(200, {"data": data}, "text/html" if FAULT == "text_html" else JSON)


class Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
