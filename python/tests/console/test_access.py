"""Who gets in, who sees what, and what no text of others can do to a page."""

import json
import re
import secrets
import socket
from collections.abc import Iterator

import pytest

from tests.console.console import Running, console
from tests.console.fakes import World
from tests.console.test_pages import JOBS, PIPELINE, Store, month

PAGES = ("/", "/use-cases/bank-churn", "/lineage", "/lineage?q=2", "/audit")


@pytest.fixture
def running() -> Iterator[Running]:
    """A console of two use cases, of which Ana sees one."""
    world = World(
        use_cases=["bank-churn", "salaries"],
        pipelines={"1": [dict(PIPELINE)], "2": [{**PIPELINE, "id": 9}]},
        jobs=[dict(job) for job in JOBS],
    )
    with console(world, Store(month() | month("salaries"))) as found:
        yield found


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_told_how_to_log_in_and_nothing_else(running: Running, path: str) -> None:
    for cookies in ({}, {"ecluse_session": "made-up"}, {"ecluse_session": "", "ecluse_forge": "ana-forge"}):
        running.cookies = cookies
        answer = running.ask(path)
        text = answer.data.decode()
        assert answer.status == 401 and "npx ecluse open dev" in text
        assert "bank-churn" not in text and "version 2" not in text


def test_a_person_sees_only_the_use_cases_of_the_tracking_servers_answer(running: Running) -> None:
    assert "salaries" not in running.page("/") + running.page("/lineage")
    answer = running.ask("/use-cases/salaries")
    assert answer.status == 404
    assert answer.data == running.ask("/use-cases/nothing").data.replace(b"nothing", b"salaries")
    assert not any("salaries" in path for _, path, _ in running.world.asked)
    assert not any("/projects/2/" in path for _, path, _ in running.world.asked)


def test_what_one_person_saw_is_not_shown_to_the_next(running: Running) -> None:
    running.page("/")
    running.world.sees["ben-session"] = ["salaries"]
    running.cookies = {"ecluse_session": "ben-session", "ecluse_forge": "ana-forge"}
    assert "bank-churn" not in running.page("/")


def test_without_a_token_for_the_forge_its_parts_say_so(running: Running) -> None:
    running.cookies = {"ecluse_session": "ana-session"}
    text = running.page("/use-cases/bank-churn")
    assert "log in again" in text and "Raise the floor" not in text and "0.84" in text


def test_a_link_lets_in_once_and_leaves_its_code_nowhere(running: Running) -> None:
    running.world.codes["code-1"] = ("ana-forge", "login-1")
    running.world.logins["login-1"] = "ana-session"
    running.cookies = {}
    answer = running.ask("/?login=code-1")
    cookies = answer.headers.getlist("set-cookie")
    assert answer.status == 200 and "code-1" not in answer.data.decode()
    assert len(cookies) == 2
    for cookie in cookies:
        assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Domain" not in cookie
    again = running.ask("/?login=code-1")
    assert again.status == 401 and "set-cookie" not in again.headers


def test_a_person_without_a_role_is_not_let_in(running: Running) -> None:
    running.world.codes["code-2"] = ("eve-forge", "login-of-eve")
    answer = running.ask("/?login=code-2")
    assert answer.status == 403 and "you have no role" in answer.data.decode()
    assert "set-cookie" not in answer.headers


def form_token(page: str) -> str:
    """What the form of a page carries."""
    found = re.search(r'name="form_token" value="([0-9a-f]+)"', page)
    assert found
    return found[1]


def test_logging_out_takes_a_form_of_ones_own_page(running: Running) -> None:
    token, own = form_token(running.page("/")), f"http://127.0.0.1:{running.port}"
    others = form_token(_as(running, "ben-session"))
    for body, origin in (
        (f"form_token={token}", ""),
        (f"form_token={token}", "http://evil.test"),
        (f"form_token={token}", "null"),
        ("", own),
        ("form_token=" + "0" * 64, own),
        (f"form_token={others}", own),
        ("form_token=" + "a" * 9000, own),
    ):
        answer = running.ask("/logout", "POST", body, **({"Origin": origin} if origin else {}))
        assert answer.status == 403 and "set-cookie" not in answer.headers
    answer = running.ask("/logout", "POST", f"form_token={token}", Origin=own)
    assert answer.status == 303
    assert all("Max-Age=0" in each for each in answer.headers.getlist("set-cookie"))
    assert running.ask("/logout", Origin=own).status == 405


def _as(running: Running, session: str) -> str:
    running.world.sees[session] = []
    cookies, running.cookies = running.cookies, {"ecluse_session": session}
    page = running.page("/")
    running.cookies = cookies
    return page


@pytest.mark.parametrize(
    "host", ["evil.test", "127.0.0.1", "prod-0123456789abcdef.localhost", "dev-x.localhost", ""]
)
def test_no_other_name_is_answered(running: Running, host: str) -> None:
    running.host = f"{host}:{running.port}" if host != "127.0.0.1" else "127.0.0.1:1"
    assert running.ask("/").status == 421


def test_the_names_of_links_are_answered(running: Running) -> None:
    for host in ("localhost", "dev.localhost", f"dev-{secrets.token_hex(8)}.localhost"):
        running.host = f"{host}:{running.port}"
        assert f"http://{host}:" in running.page("/")


def test_every_answer_keeps_other_sites_off(running: Running) -> None:
    for path in (*PAGES, "/static/console.css", "/nothing"):
        headers = running.ask(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "script-src" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY" and headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    assert running.ask("/").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("session", ["a%0d%0aX-Evil: 1", "a b", "ana-session, x", "ä", "a" * 9000])
def test_a_cookie_puts_no_header_into_a_call(running: Running, session: str) -> None:
    raw = socket.create_connection(("127.0.0.1", running.port))
    cookie = f"ecluse_session={session}".encode("latin-1")
    host = f"127.0.0.1:{running.port}".encode()
    raw.sendall(
        b"GET / HTTP/1.1\r\nHost: " + host + b"\r\nCookie: " + cookie + b"\r\nConnection: close\r\n\r\n"
    )
    answer = raw.makefile("rb").read()
    raw.close()
    assert b" 401 " in answer.split(b"\r\n")[0]
    assert running.world.asked == []


@pytest.mark.parametrize(
    "path", ["/use-cases/..%2f..%2fx", "/use-cases/%0d%0aX-Evil:1", "/lineage?q=%0d%0aX-Evil:%201"]
)
def test_an_address_puts_no_header_into_an_answer(running: Running, path: str) -> None:
    answer = running.ask(path)
    assert answer.status in (200, 404) and "x-evil" not in answer.headers
    assert not any(".." in path for _, path, _ in running.world.asked)


def test_a_number_of_a_pipeline_leads_nowhere_else(running: Running) -> None:
    for number in ("..%2f..%2f2%2fpipelines%2f9", "7%3Fx", "9%2fjobs"):
        running.page(f"/use-cases/bank-churn?pipeline={number}")
    assert {
        path.split("?")[0].split("/")[4] for _, path, _ in running.world.asked if "/projects/" in path
    } == {"1"}


EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"


def test_no_name_of_others_becomes_markup() -> None:
    name = EVIL.replace("/", "")
    reports = json.loads(
        json.dumps(month()).replace('"age', json.dumps(EVIL)[:-1] + "age").replace("bank-churn", "x")
    )
    for report in reports.values():
        report["columns"] = {f"drift of {EVIL}age": [{"label": EVIL, "then": 0.5, "now": 0.5}]}
        for alert in report["alerts"].values():
            alert.update(text=EVIL, owner=EVIL, owned_until=EVIL)
    stored = {key.replace("x/", f"{name}/", 1): value for key, value in reports.items()}
    world = World(
        use_cases=[name],
        sees={"ana-session": [name]},
        pipelines={"1": [{**PIPELINE, "ref": EVIL, "reason": EVIL}]},
        jobs=[{**job, "name": EVIL, "stage": EVIL, "failure_reason": EVIL} for job in JOBS],
        log=EVIL,
        title=EVIL,
        author=EVIL,
        issues=[{"iid": 1, "title": EVIL, "created_at": EVIL}],
    )
    with console(world, Store(stored)) as running:
        pages = [running.page("/"), running.page("/lineage?q=2"), running.page("/lineage?q=bbbbbbb")]
        address = re.search(r'href="(/use-cases/[^"?]*)"', pages[0])
        assert address
        pages.append(running.page(address[1]))
        pages.append(running.page(f"/lineage?q={EVIL.replace('#', '')[:60].replace(' ', '+')}"))
    for page in pages:
        assert "<script" not in page and "<img src=x" not in page and "49&lt;" not in page
        assert "{{ 7*7 }}" in page
