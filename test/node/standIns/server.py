"""Stands in for the runners, whose image no registry has here: ready, and no more."""

from http.server import BaseHTTPRequestHandler, HTTPServer


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()


HTTPServer(("", 9252), Answer).serve_forever()
