# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether this host reaches a list of endpoints (H11, H12, H14), private to the collection.

All of them at once, each in a thread with its own timeout, which also covers the resolver and a server that sends a
byte now and then. Certificates are always verified. No password and no part of a URL with one gets into an answer.
Python 3.6 syntax and the standard library only.
"""

import base64
import functools
import json
import re
import socket
import ssl
import threading
import time
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urljoin, urlsplit
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req

_BODY_BYTES = 256 * 1024
_REASON_CHARS = 160
_AGENT = "dvp-host-check"
# Endpoints that are asked at the same time.
_WIDTH = 32
_context_guard = threading.Lock()

REACHED, REFUSED, FILTERED, FAILED = "reached", "refused", "filtered", "failed"
# Of an endpoint that nobody named, and of one that could not be asked.
OFF, UNKNOWN = "off", "unknown"


class Refusal(Exception):
    """The endpoint answered, and its answer is no; the text says what it said."""


def redacted(text):
    """A text without the user and password of URLs in it."""
    return re.sub(r"(?<=://)[^/@\s]+@", "", str(text))


def _short(text):
    """What a stranger says, on one line and no longer than a line."""
    line = " ".join(redacted(text).split())
    return line if len(line) <= _REASON_CHARS else line[: _REASON_CHARS - 3] + "..."


@functools.lru_cache(maxsize=None)
def _made_context(ca):
    context = ssl.create_default_context()
    # Python 3.13 refuses certificates that the container runtime accepts; every host asks alike, whatever its Python.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if ca:
        context.load_verify_locations(**({"cafile": ca} if ca.startswith("/") else {"cadata": ca}))
    return context


def tls_context(ca):
    """Verification against the system's certificates and those in a PEM text or file; "" for the system's alone.

    Reading the system's takes longer than most of the check: the threads share what one of them has read.
    """
    with _context_guard:
        return _made_context(ca)


def describe(exc):
    """(state, reason) of an exception on the way to an endpoint."""
    if isinstance(exc, URLError) and not isinstance(exc, HTTPError) and isinstance(exc.reason, Exception):
        exc = exc.reason
    if isinstance(exc, (socket.timeout, TimeoutError)):
        return FILTERED, "no answer in time"
    if isinstance(exc, ConnectionRefusedError):
        return REFUSED, "connection refused"
    if isinstance(exc, HTTPError):
        return FAILED, "HTTP status %s" % exc.code
    if isinstance(exc, ssl.SSLError):
        return FAILED, "TLS: %s" % (getattr(exc, "verify_message", "") or exc.reason or exc)
    if isinstance(exc, socket.gaierror):
        return FAILED, "the name does not resolve"
    if isinstance(exc, Refusal):
        return FAILED, str(exc)
    return FAILED, redacted(getattr(exc, "strerror", None) or exc) or type(exc).__name__


class _Web:
    """HTTP for one endpoint: its certificates, its proxy, its timeout."""

    def __init__(self, endpoint):
        self.timeout_s = endpoint["timeout_s"]
        proxy = endpoint["proxy"]
        # None: as the environment says, no_proxy included. "": none.
        proxies = None if proxy is None else {"http": proxy, "https": proxy} if proxy else {}
        self.opener = build_opener(ProxyHandler(proxies), HTTPSHandler(context=tls_context(endpoint["ca"])))

    def get(self, url, authorization=""):
        """(status, headers, text) of an answer, also of one that says 401."""
        request = Request(url, headers={"User-Agent": _AGENT})
        if authorization:
            # Not sent on to where a redirect leads.
            request.add_unredirected_header("Authorization", authorization)
        try:
            answer = self.opener.open(request, timeout=self.timeout_s)
        except HTTPError as exc:
            if exc.code != 401:
                raise
            answer = exc
        try:
            return answer.getcode(), answer.headers, answer.read(_BODY_BYTES).decode("utf-8", "replace")
        finally:
            answer.close()


def _basic(username, password):
    pair = "%s:%s" % (username, password)
    return "Basic " + base64.b64encode(pair.encode("utf-8")).decode("ascii")


def parse_challenge(header):
    """(scheme in lower case, {parameter: value}) of a WWW-Authenticate header."""
    scheme, dummy, rest = (header or "").strip().partition(" ")
    return scheme.lower(), dict(re.findall(r'(\w+)="([^"]*)"', rest))


def ask_tcp(endpoint):
    """A connection."""
    socket.create_connection((endpoint["host"], endpoint["port"]), endpoint["timeout_s"]).close()
    return "connected"


def ask_tls(endpoint):
    """A connection with a verified certificate."""
    context = tls_context(endpoint["ca"])
    plain = socket.create_connection((endpoint["host"], endpoint["port"]), endpoint["timeout_s"])
    try:
        with context.wrap_socket(plain, server_hostname=endpoint["host"]) as secured:
            return secured.version()
    finally:
        plain.close()


def ask_http(endpoint):
    """The first of several URLs that answers. `mirrored`: they are lists of mirrors, and one mirror has to answer."""
    # A URL that says nothing leaves time for the next.
    web = _Web(dict(endpoint, timeout_s=endpoint["timeout_s"] / max(1.0, len(endpoint["urls"]))))
    login = _basic(endpoint["username"], endpoint["password"]) if endpoint["password"] else ""
    last = Refusal("no URL")
    for url in endpoint["urls"]:
        if "$" in url:
            raise Refusal("its URL holds a variable of an unknown value")
        try:
            status, dummy, text = web.get(url, login)
            if status == 401:
                raise Refusal("asks for a login")
            if not endpoint["mirrored"]:
                return "answers"
            for mirror in mirrors(text)[:3]:
                if web.get(mirror)[0] == 200:
                    return "answers through a mirror"
            raise Refusal("none of its first mirrors answers")
        except (OSError, Refusal) as exc:
            last = exc
    raise last


def mirrors(text):
    """URLs of repomd.xml in a metalink, or made from the base URLs of a mirror list."""
    direct = re.findall(r">\s*(https?://[^<\s]+/repomd\.xml)\s*<", text)
    if direct:
        return direct
    bases = re.findall(r"^\s*(https?://\S+)\s*$", text, re.MULTILINE)
    return [urljoin(base.rstrip("/") + "/", "repodata/repomd.xml") for base in bases]


def ask_registry(endpoint):
    """GET /v2/ of a registry, with the login that it asks for: Basic, or a token to pull from the repository."""
    web = _Web(endpoint)
    root = "https://%s/v2/" % endpoint["host"]
    login = _basic(endpoint["username"], endpoint["password"]) if endpoint["password"] else ""
    status, headers, dummy = web.get(root)
    if status == 200:
        return "answers without a login"
    scheme, fields = parse_challenge(headers.get("WWW-Authenticate"))
    if scheme == "basic":
        if not login:
            raise Refusal("asks for a login, and none is given")
        if web.get(root, login)[0] != 200:
            raise Refusal("refuses the login")
        return "accepts the login"
    if scheme != "bearer" or not fields.get("realm"):
        raise Refusal("asks for a login of an unknown kind")
    if urlsplit(fields["realm"]).scheme != "https":
        raise Refusal("asks to send the login in the clear")
    query = {"service": fields.get("service", ""), "scope": "repository:%s:pull" % endpoint["repository"]}
    status, dummy, text = web.get(fields["realm"] + "?" + urlencode(query), login)
    if status != 200:
        raise Refusal("refuses the login" if login else "asks for a login, and none is given")
    try:
        answer = json.loads(text)
        token = str(answer.get("token") or answer["access_token"])
    except (ValueError, KeyError, AttributeError):
        raise Refusal("gives no token")
    # /v2/ takes any token; whether this one may pull is asked of the repository itself.
    tags = "%s%s/tags/list?n=1" % (root, quote(endpoint["repository"]))
    try:
        allowed = web.get(tags, "Bearer " + token)[0] == 200
    except HTTPError as exc:
        # Some registries list no tags to anybody; then the token has to do.
        allowed = exc.code in (404, 405)
    if not allowed:
        raise Refusal("refuses the login")
    return "accepts the login" if login else "answers without a login"


def ask_tunnel(endpoint):
    """The port of older installers (H14): nobody needs to wait there yet, only nothing may be in the way."""
    try:
        return ask_tcp(dict(endpoint, port=req.INSTALLER_PORT))
    except ConnectionRefusedError:
        return "closed, and not filtered"


_ASK = {"tunnel": ask_tunnel, "tcp": ask_tcp, "tls": ask_tls, "http": ask_http, "registry": ask_registry}
_DEFAULTS = {
    "host": "",
    "port": 443,
    "urls": (),
    "mirrored": False,
    "repository": "",
    "ca": "",
    "proxy": None,
    "username": "",
    "password": "",
    "timeout_s": 10,
}


# Argument spec of the option `endpoints`; doc_fragments/endpoints.py documents it.
ENDPOINTS = {
    "type": "list",
    "elements": "dict",
    "default": [],
    "options": {
        "name": {"type": "str", "required": True},
        "type": {"type": "str", "choices": ["tcp", "tls", "http", "tunnel"], "default": "tcp"},
        "host": {"type": "str"},
        "port": {"type": "int", "default": 443},
        "urls": {"type": "list", "elements": "str"},
        "ca": {"type": "str"},
        "proxy": {"type": "str", "no_log": True},
        "username": {"type": "str"},
        "password": {"type": "str", "no_log": True},
        "timeout_s": {"type": "float", "default": 10},
    },
    "required_if": [
        ("type", "tcp", ["host"]),
        ("type", "tls", ["host"]),
        ("type", "tunnel", ["host"]),
        ("type", "http", ["urls"]),
    ],
}


def registry_endpoint(images_repo, **fields):
    """The endpoint of a registry path host[:port]/path. fields: username, password, ca, proxy, timeout_s."""
    host, dummy, repository = images_repo.partition("/")
    return dict(fields, name=images_repo, type="registry", host=host, repository=repository)


def complete(endpoint):
    """An endpoint with all fields: name, type, and those of _DEFAULTS."""
    given = {key: value for key, value in endpoint.items() if value is not None}
    return dict(_DEFAULTS, **given)


def _ask(endpoint, answers, index):
    start = time.monotonic()
    try:
        state, reason = REACHED, _ASK[endpoint["type"]](endpoint)
    except Exception as exc:  # whatever a library raises for what a stranger sends; it is the answer
        state, reason = describe(exc)
    answers[index] = (state, reason, time.monotonic() - start)


def ask_endpoints(endpoints):
    """What came of a list of endpoints: [{name, type, state, reason, seconds}], in its order.

    endpoints: dicts with name, type (tcp, tls, http, tunnel, registry) and the fields of _DEFAULTS that differ. state:
    "reached", "refused" (somebody said no at once), "filtered" (nobody said anything) or "failed".
    """
    answers, rows = {}, [complete(endpoint) for endpoint in endpoints]
    for first in range(0, len(rows), _WIDTH):
        start, threads = time.monotonic(), []
        for index, row in list(enumerate(rows))[first : first + _WIDTH]:
            thread = threading.Thread(target=_ask, args=(row, answers, index))
            thread.daemon = True  # one that hangs in the resolver must not hold the answer
            thread.start()
            threads.append((thread, start + row["timeout_s"]))
        for thread, end in threads:
            thread.join(max(0, end - time.monotonic()))
    results = []
    known = dict(answers)
    for index, row in enumerate(rows):
        state, reason, seconds = known.get(index, (FILTERED, "no answer in time", row["timeout_s"]))
        results.append(
            {
                "name": redacted(row["name"]),
                "type": row["type"],
                "state": state,
                "reason": _short(reason),
                "seconds": round(seconds, 2),
            }
        )
    return results
