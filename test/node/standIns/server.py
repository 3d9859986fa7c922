"""Stands in for the login proxy and the runners, whose images no registry has here: ready, and no more."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()


for port in (4180, 9252):
    server = ThreadingHTTPServer(("", port), Answer)
    threading.Thread(target=server.serve_forever).start()
