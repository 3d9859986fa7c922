"""Webhook and e-mail, by real servers with TLS: signed, refused where they must be, never lost or doubled."""

import base64
import hashlib
import hmac
import ipaddress
import json
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from ecluse_monitor.__main__ import main
from ecluse_monitor.baseline import Baseline
from ecluse_monitor.errors import MonitorError
from ecluse_monitor.judged import Place, is_allowed
from ecluse_monitor.mail import Mail
from ecluse_monitor.webhook import Webhook
from tests.identity.tls import Certificates
from tests.monitor.conftest import Platform, draw
from tests.monitor.receiver import LOOPBACK, Receiver, context_of
from tests.monitor.test_commands import log

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
Check = Callable[[], tuple[int, dict[str, Any]]]


def test_an_alert_is_signed_over_id_time_and_body(receiver: Receiver, trusted: None) -> None:
    before = int(time.time())
    Webhook(Place("webhook", receiver.url, LOOPBACK), SECRET).send("run-1-0", {"text": "Übel"})
    ((headers, body),) = receiver.got
    stamp = headers["webhook-timestamp"]
    assert before <= int(stamp) <= time.time() and json.loads(body) == {"text": "Übel"}
    digest = hmac.digest(
        b"0123456789abcdef0123456789abcdef", f"run-1-0.{stamp}.".encode() + body, hashlib.sha256
    )
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert (headers["webhook-id"], SECRET in str(headers)) == ("run-1-0", False)


@pytest.mark.parametrize(
    ("statuses", "message", "attempts"),
    [
        ([503, 429, 200], "", 3),
        ([503], "HTTP 503", 3),
        ([401], "HTTP 401", 1),
        ([302], "no redirect is followed", 1),
        ([307], "no redirect is followed", 1),
    ],
)
def test_it_is_tried_again_within_bounds_and_follows_no_redirect(
    receiver: Receiver, trusted: None, statuses: list[int], message: str, attempts: int
) -> None:
    receiver.statuses = statuses
    hook = Webhook(Place("webhook", receiver.url, LOOPBACK), SECRET)
    if message:
        with pytest.raises(MonitorError, match=message):
            hook.send("1", {})
    else:
        hook.send("1", {})
    assert len(receiver.got) == attempts
    assert {headers["webhook-id"] for headers, _ in receiver.got} == {"1"}


def test_no_certificate_but_one_of_the_hosts_name_will_do(
    receiver: Receiver, trusted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(MonitorError, match="unable to get local issuer certificate"):
        Webhook(Place("webhook", receiver.url, LOOPBACK), SECRET).send("1", {})
    assert receiver.got == []


def test_a_name_is_resolved_once_and_reached_as_it_was_judged(
    receiver: Receiver, trusted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: str, *args: Any, **more: Any) -> Any:
        asked.append(host)
        return real(
            "127.0.0.1" if host == "localhost" and asked.count("localhost") == 1 else host, *args, **more
        )

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    Webhook(Place("webhook", receiver.url, LOOPBACK), SECRET).send("1", {})
    assert asked == ["localhost", "127.0.0.1"]
    with pytest.raises(MonitorError, match=r"localhost is .*, which is no public address; name its network"):
        Webhook(Place("webhook", receiver.url, ()), SECRET).send("2", {})
    assert len(receiver.got) == 1


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        *(
            (each, False)
            for each in ("127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254")
        ),
        *((each, False) for each in ("0.0.0.0", "100.64.0.1", "224.0.0.1", "::1", "fe80::1%eth0", "fd00::1")),
        *((each, False) for each in ("::ffff:10.1.2.3", "::ffff:169.254.169.254", "::")),
        *((each, False) for each in ("64:ff9b::a01:203", "2002:a01:203::1")),
    ],
)
def test_private_addresses_are_refused_unless_their_network_is_named(address: str, allowed: bool) -> None:
    assert is_allowed(address, ()) is allowed
    assert is_allowed(address, (ipaddress.ip_network("10.2.0.0/16"),)) is allowed
    assert is_allowed(address, tuple(ipaddress.ip_network(each) for each in ("0.0.0.0/0", "::/0")))


@dataclass
class Post:
    """A mail server of one user: what it took, and whether it offers TLS."""

    port: int = 0
    has_tls: bool = True
    letters: list[bytes] = field(default_factory=list[bytes])
    heard: list[bytes] = field(default_factory=list[bytes])


def _post_handler(post: Post, context: ssl.SSLContext) -> type[socketserver.BaseRequestHandler]:
    login = base64.b64encode(b"\0monitor\0pass-word")

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.line, self.file = self.request, self.request.makefile("rb")
            self.line.sendall(b"220 post\r\n")
            while command := self.file.readline():
                post.heard.append(command)
                self.answer(command.split()[0].upper(), command)

        def answer(self, verb: bytes, command: bytes) -> None:
            if verb == b"STARTTLS":
                self.line.sendall(b"220 go\r\n")
                self.line = context.wrap_socket(self.line, server_side=True)
                self.file = self.line.makefile("rb")
                return
            if verb == b"DATA":
                self.line.sendall(b"354 go\r\n")
                lines = list(iter(self.file.readline, b".\r\n"))
                post.letters.append(b"".join(lines))
            offered = b"250-STARTTLS\r\n" if post.has_tls else b""
            good = command.split()[-1] == login
            replies = {
                b"EHLO": b"250-post\r\n" + offered + b"250 AUTH PLAIN\r\n",
                b"AUTH": b"235 ok\r\n" if good else b"535 no\r\n",
            }
            self.line.sendall(replies.get(verb, b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n"))

    return Handler


@pytest.fixture
def post(tls: Certificates) -> Iterator[Post]:
    post = Post()
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _post_handler(post, context_of(tls)))
    server.daemon_threads = True
    post.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield post
    server.shutdown()
    server.server_close()


def mail_to(post: Post, password: str = "pass-word") -> Mail:
    to = ("ana@example.com", "team@example.com")
    return Mail("localhost", post.port, "monitor", password, "ecluse@example.com", to)


def test_an_alert_goes_by_mail_after_tls_and_login(post: Post, trusted: None) -> None:
    mail_to(post).send("run-1-0", "Monitor: churn in prod", "**critical**: Übel")
    (letter,) = post.letters
    assert b"Message-ID: <run-1-0@ecluse-monitor>" in letter and b"To: ana@example.com, team" in letter
    verbs = [line.split()[0].upper() for line in post.heard]
    assert verbs.index(b"STARTTLS") < verbs.index(b"AUTH") < verbs.index(b"DATA")


def test_mail_is_refused_without_tls_and_with_a_wrong_password(post: Post, trusted: None) -> None:
    with pytest.raises(MonitorError, match="the login is refused") as refused:
        mail_to(post, "wrong-word").send("1", "s", "t")
    assert "wrong-word" not in f"{refused.value}"
    post.has_tls = False
    post.heard.clear()
    with pytest.raises(MonitorError, match="offers no STARTTLS"):
        mail_to(post).send("1", "s", "t")
    assert not any(line.upper().startswith((b"AUTH", b"MAIL", b"DATA")) for line in post.heard)
    assert post.letters == []


@pytest.fixture
def check(
    environment: dict[str, str],
    baseline: Baseline,
    platform: Platform,
    receiver: Receiver,
    post: Post,
    trusted: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Check:
    """Judges a day of drift; every place is asked for."""
    alert = {"bad_days": 1, "sinks": ["gitlab", "webhook", "mail"]}
    platform.baseline = {**baseline, "settings": {"alert": alert}}
    networks = [f"{network}" for network in LOOPBACK]
    hook = {"url": receiver.url, "networks": networks}
    letter = {
        "host": "localhost",
        "port": post.port,
        "user": "monitor",
        "sender": "e@x.org",
        "to": ["a@x.org"],
    }
    monkeypatch.setenv("ECLUSE_WEBHOOK", json.dumps(hook))
    monkeypatch.setenv("ECLUSE_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("ECLUSE_MAIL", json.dumps(letter))
    monkeypatch.setenv("ECLUSE_MAIL_PASSWORD", "pass-word")
    log(environment, "2026-11-01", draw(2000, 1, shift=0.5))

    def run() -> tuple[int, dict[str, Any]]:
        code = main(["check", "--as-of", "2026-11-01", "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_an_alert_reaches_every_place_once_and_waits_for_the_one_that_was_away(
    check: Check, platform: Platform, receiver: Receiver, post: Post
) -> None:
    receiver.statuses = [500]
    code, document = check()
    assert (code, "webhook: localhost: HTTP 500" in document["reason"]) == (70, True)
    assert (len(platform.notes), len(post.letters)) == (1, 1)
    # What was judged is seen all the same, with what waits.
    assert json.loads(platform.tags["r1"])["status"] == "critical"
    waiting = {"monitor/unsent/gitlab": 0, "monitor/unsent/mail": 0, "monitor/unsent/webhook": 1}
    assert waiting.items() <= platform.metrics.items()
    receiver.statuses, asked = [204], len(receiver.got)
    for _ in range(2):
        code, document = check()
        assert (code, document["not_run"][:1]) == (
            20,
            ["performance (the training logged no labels: train again)"],
        )
    assert (len(platform.notes), len(post.letters), len(receiver.got) - asked) == (1, 1, 1)
    assert platform.metrics["monitor/unsent/webhook"] == 0
    event = json.loads(receiver.got[-1][1])
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert (event["type"], event["data"]["alerts"][0]["cause"]) == ("monitor.alert", "drift")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("ECLUSE_WEBHOOK_SECRET", "short", "ECLUSE_WEBHOOK_SECRET must have 24 characters or more"),
        ("ECLUSE_WEBHOOK", '{"url": "http://a.example"}', "must be https://<host>"),
        ("ECLUSE_WEBHOOK", '{"url": "https://u:p@a.example"}', "without a login"),
        ("ECLUSE_MAIL_PASSWORD", "", "ECLUSE_MAIL_PASSWORD is not set"),
    ],
)
def test_settings_that_are_not_safe_are_faults(
    check: Check, monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)
    code, document = check()
    assert (code, message in document["reason"]) == (70, True)


def test_a_place_that_the_stack_has_not_is_in_the_report(
    check: Check, monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    monkeypatch.delenv("ECLUSE_WEBHOOK")
    code, document = check()
    assert (code, receiver.got) == (20, [])
    assert "alert.sinks.webhook (ECLUSE_WEBHOOK or its secret is not set)" in document["not_run"]
