"""Endpoints, against real sockets of this machine: TCP, TLS with a CA, HTTP and its proxy, a registry with a login."""

from __future__ import annotations

import base64
import http.server
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils import _endpoints as endpoints
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req

LOGIN = ("robot", "s3cret-value")
BASIC = "Basic " + base64.b64encode(":".join(LOGIN).encode()).decode()


class Handler(http.server.BaseHTTPRequestHandler):
    """Repository, mirror list, proxy, and a registry with the kind of login that its path begins with."""

    seen: list[tuple[str, str]]
    login = "basic"

    def answer(self, status: int, text: str = "", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def do_GET(self) -> None:
        authorization = self.headers.get("Authorization", "")
        self.seen.append((self.path, authorization))
        root = f"https://127.0.0.1:{self.server.server_address[1]}"
        if self.path.startswith("/v2/") and self.login == "basic":
            self.answer(200 if authorization == BASIC else 401, WWW_Authenticate='Basic realm="x"')
        elif self.path.startswith("/v2/") and self.login == "strange":
            self.answer(401, WWW_Authenticate="Negotiate")
        elif self.path.startswith("/v2/") and self.login in ("bearer", "clear"):
            realm = f"{root}/token" if self.login == "bearer" else "http://127.0.0.1:1/token"
            challenge = f'Bearer realm="{realm}",service="x"'
            self.answer(200 if authorization == "Bearer good" else 401, WWW_Authenticate=challenge)
        elif self.path.startswith("/v2/"):
            self.answer(200)
        elif self.path.startswith("/token"):
            self.answer(200 if authorization == BASIC else 401, json.dumps({"token": "good"}))
        elif self.path.startswith("/list"):
            self.answer(200, f"# mirrors\nhttp://127.0.0.1:{self.server.server_address[1]}/mirror/\n")
        elif self.path.startswith("/empty"):
            self.answer(200, "# nothing\n")
        elif self.path.startswith("/away"):
            self.answer(302, Location="/found")
        elif self.path.startswith("/closed"):
            self.answer(200 if authorization == BASIC else 401)
        elif self.path.startswith("/slow"):
            time.sleep(3)
        else:
            self.answer(404 if "missing" in self.path else 200, "text")

    def log_message(self, *arguments: Any) -> None:
        """Nothing on the terminal."""


@contextmanager
def serving(context: ssl.SSLContext | None = None, login: str = "basic") -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """A server in a thread: its port, and (path, authorization) of each request."""
    seen: list[tuple[str, str]] = []
    handler = type("OneHandler", (Handler,), {"seen": seen, "login": login})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1], seen
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, str]:
    """A server's side of TLS for 127.0.0.1, and the PEM text that trusts it."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=test",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(folder / "key"), "-out", str(folder / "cert")],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(str(folder / "cert"), str(folder / "key"))
    return context, (folder / "cert").read_text()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy of this machine is not the subject."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def ask(**endpoint: Any) -> tuple[str, str]:
    """(state, reason) of one endpoint."""
    (row,) = endpoints.ask_endpoints([{"name": "x", "timeout_s": 5, **endpoint}])
    assert set(row) == {"name", "type", "state", "reason", "seconds"}
    return row["state"], row["reason"]


def free_port() -> int:
    """A port on which nobody waits."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_tcp() -> None:
    """Open, closed, and a name that is none."""
    with serving() as (port, _seen):
        assert ask(type="tcp", host="127.0.0.1", port=port) == ("reached", "connected")
    assert ask(type="tcp", host="127.0.0.1", port=free_port()) == ("refused", "connection refused")
    assert ask(type="tcp", host="no-such-name.invalid", port=1)[0] in ("failed", "filtered")


def test_filtered_port() -> None:
    """Nobody says anything: a full backlog answers no handshake, as a firewall that drops does."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        held = [socket.create_connection(("127.0.0.1", port)) for dummy in range(1)]
        assert ask(type="tcp", host="127.0.0.1", port=port, timeout_s=0.3) == ("filtered", "no answer in time")
        for connection in held:
            connection.close()


def test_tunnel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Open and closed are both fine; silence is not."""
    with serving() as (port, _seen):
        monkeypatch.setattr(req, "INSTALLER_PORT", port)
        assert ask(type="tunnel", host="127.0.0.1") == ("reached", "connected")
    monkeypatch.setattr(req, "INSTALLER_PORT", free_port())
    assert ask(type="tunnel", host="127.0.0.1") == ("reached", "closed, and not filtered")


def test_long_answers_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger's words take one line."""

    def talkative(endpoint: dict[str, Any]) -> str:
        raise endpoints.Refusal("line\n" * 100)

    monkeypatch.setitem(endpoints._ASK, "tcp", talkative)
    reason = ask(type="tcp", host="x")[1]
    assert reason.startswith("line line") and reason.endswith("...") and len(reason) == 160


def test_certificates_are_judged_alike_by_every_python() -> None:
    """Python 3.13 has become stricter than the container runtime that will use the registry."""
    context = endpoints.tls_context("")
    assert not context.verify_flags & ssl.VERIFY_X509_STRICT
    assert context.verify_mode == ssl.CERT_REQUIRED and context.check_hostname


def test_tls(tls: tuple[ssl.SSLContext, str]) -> None:
    """Trusted with the CA only; a server without TLS is told apart."""
    context, ca = tls
    with serving(context) as (port, _seen):
        assert ask(type="tls", host="127.0.0.1", port=port, ca=ca)[0] == "reached"
        state, reason = ask(type="tls", host="127.0.0.1", port=port)
        assert state == "failed" and "self" in reason
        state, reason = ask(type="tls", host="localhost", port=port, ca=ca)
        assert state == "failed" and "ostname" in reason
        assert ask(type="tls", host="127.0.0.1", port=port, ca="no certificate")[0] == "failed"
    with serving() as (port, _seen):
        assert ask(type="tls", host="127.0.0.1", port=port, ca=ca)[0] == "failed"


@pytest.mark.parametrize(
    ("paths", "more", "expected"),
    [
        (["/found"], {}, ("reached", "answers")),
        (["/missing", "/found"], {}, ("reached", "answers")),
        (["/missing", "/missing/too"], {}, ("failed", "HTTP status 404")),
        (["/away"], {}, ("reached", "answers")),
        (["/closed"], {}, ("failed", "asks for a login")),
        (["/closed"], {"username": LOGIN[0], "password": LOGIN[1]}, ("reached", "answers")),
        (["/list"], {"mirrored": True}, ("reached", "answers through a mirror")),
        (["/empty"], {"mirrored": True}, ("failed", "none of its first mirrors answers")),
        (["/$releasever"], {}, ("failed", "its URL holds a variable of an unknown value")),
        ([], {}, ("failed", "no URL")),
    ],
)
def test_http(paths: list[str], more: dict[str, Any], expected: tuple[str, str]) -> None:
    """The first URL that answers, a login, a redirect, a list of mirrors."""
    with serving() as (port, _seen):
        urls = [f"http://127.0.0.1:{port}{path}" for path in paths]
        assert ask(type="http", urls=urls, **more) == expected


def test_mirror_that_is_dead() -> None:
    """Neither a closed nor a silent first mirror hides the second."""
    with serving() as (port, _seen):
        closed = f"http://127.0.0.1:{free_port()}/"
        slow, good = (f"http://127.0.0.1:{port}/{name}" for name in ("slow", "good"))
        assert ask(type="http", urls=[closed, good]) == ("reached", "answers")
        assert ask(type="http", urls=[slow, good], timeout_s=1) == ("reached", "answers")


def test_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A given proxy, the one of the environment, and none although the environment has one."""
    with serving() as (port, seen):
        proxy = f"http://127.0.0.1:{port}"
        url = "http://repository.invalid/dists"
        assert ask(type="http", urls=[url], proxy=proxy)[0] == "reached"
        monkeypatch.setenv("http_proxy", proxy)
        assert ask(type="http", urls=[url])[0] == "reached"
        assert [path for path, dummy in seen] == [url, url]
        assert ask(type="http", urls=[url], proxy="")[0] != "reached"
        monkeypatch.setenv("no_proxy", "repository.invalid")
        assert ask(type="http", urls=[url])[0] != "reached"


@pytest.mark.parametrize(
    ("kind", "password", "expected"),
    [
        ("open", "", ("reached", "answers without a login")),
        ("basic", LOGIN[1], ("reached", "accepts the login")),
        ("basic", "wrong", ("failed", "refuses the login")),
        ("basic", "", ("failed", "asks for a login, and none is given")),
        ("bearer", LOGIN[1], ("reached", "accepts the login")),
        ("bearer", "wrong", ("failed", "refuses the login")),
        ("bearer", "", ("failed", "asks for a login, and none is given")),
        ("strange", LOGIN[1], ("failed", "asks for a login of an unknown kind")),
        ("clear", LOGIN[1], ("failed", "asks to send the login in the clear")),
    ],
)
def test_registry(tls: tuple[ssl.SSLContext, str], kind: str, password: str, expected: tuple[str, str]) -> None:
    """Basic and token logins, right and wrong; never a login in the clear, never a password in an answer."""
    context, ca = tls
    with serving(context, kind) as (port, seen):
        endpoint = endpoints.registry_endpoint(
            f"127.0.0.1:{port}/deckhouse/ee", username=LOGIN[0], password=password, ca=ca, proxy=None, timeout_s=5
        )
        (row,) = endpoints.ask_endpoints([endpoint])
        assert (row["state"], row["reason"]) == expected
        assert not password or password not in json.dumps(row)
        if kind == "bearer" and password == LOGIN[1]:
            assert "scope=repository%3Adeckhouse%2Fee%3Apull" in seen[1][0]
            assert seen[2] == ("/v2/deckhouse/ee/tags/list?n=1", "Bearer good")


def test_login_does_not_follow_a_redirect() -> None:
    """What a server sends away gets no password on the way."""
    with serving() as (port, seen):
        ask(type="http", urls=[f"http://127.0.0.1:{port}/away"], username=LOGIN[0], password=LOGIN[1])
        assert [(path, bool(login)) for path, login in seen] == [("/away", True), ("/found", False)]


def test_certificates_of_the_system_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading them takes longer than asking; all threads share what one of them has read."""
    made = []

    def make() -> ssl.SSLContext:
        made.append(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        return made[-1]

    monkeypatch.setattr(endpoints.ssl, "create_default_context", make)
    endpoints._made_context.cache_clear()
    url = f"http://127.0.0.1:{free_port()}/"
    rows = endpoints.ask_endpoints([{"name": str(number), "type": "http", "urls": [url]} for number in range(8)])
    endpoints._made_context.cache_clear()
    assert {row["state"] for row in rows} == {"refused"}
    assert len(made) == 1


def test_all_at_once() -> None:
    """Many slow endpoints cost one timeout, and the others have their answers."""
    with serving() as (port, _seen):
        slow = {"name": "slow", "type": "http", "urls": [f"http://127.0.0.1:{port}/slow"], "timeout_s": 0.5}
        quick = {"name": "quick", "type": "http", "urls": [f"http://127.0.0.1:{port}/"], "timeout_s": 5}
        start = time.monotonic()
        rows = endpoints.ask_endpoints([slow] * 10 + [quick])
        assert time.monotonic() - start < 2.5
    assert [row["state"] for row in rows] == ["filtered"] * 10 + ["reached"]
    assert [row["name"] for row in rows] == ["slow"] * 10 + ["quick"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://user:pa55@host/x", "http://host/x"),
        ("see https://a:b@h and http://c@i", "see https://h and http://i"),
        ("http://host/a@b", "http://host/a@b"),
    ],
)
def test_redacted(text: str, expected: str) -> None:
    """User and password of a URL are nobody's business."""
    assert endpoints.redacted(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://m/8/\nftp://n/8\n# http://o\n", ["http://m/8/repodata/repomd.xml"]),
        ('<url protocol="https">https://m/r/repodata/repomd.xml</url>', ["https://m/r/repodata/repomd.xml"]),
        ("", []),
    ],
)
def test_mirrors(text: str, expected: list[str]) -> None:
    """A list of base URLs, or a metalink."""
    assert endpoints.mirrors(text) == expected
