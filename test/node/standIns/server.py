"""Stands in for the login proxy and the runners, whose images no registry has here: ready, and no more."""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# The login proxy has a certificate, and speaks TLS alone.
TLS = Path("/var/run/ecluse/tls")


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()


for port in (4180, 9252):
    server = ThreadingHTTPServer(("", port), Answer)
    if TLS.exists():
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(TLS / "tls.crt", TLS / "tls.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever).start()
