#!/usr/bin/env python3
"""An upstream that knows nothing of Online Contact's signatures. It listens on 127.0.0.1:8080."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Lookup(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        print("verified with key", self.headers["x-oc-key-label"], query)
        body = json.dumps({"data": {"userName": "test", "callNum": query["callNum"]}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", 8080), Lookup).serve_forever()
