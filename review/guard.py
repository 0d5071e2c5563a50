"""Who may see the review page: whoever has the address that was printed, from this computer, and nobody else."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from iki.messages import written

HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""Headers of every answer: nothing is loaded from elsewhere, kept, framed or told on."""
QUIET = {"none", "same-origin"}
"""Values of ``Sec-Fetch-Site`` of a request that no other site has sent: typed, or from the page itself."""


LONGEST_BODY = 65536
"""Bytes of the longest form that is taken."""


class Guard:
    """ASGI middleware: answers nobody who did not come by the printed address.

    The address carries a random token, once: it is exchanged for a cookie (``SameSite=Strict``, ``HttpOnly``, named by
    the port, so that two folders may be open) and goes from the address. A request under another host name (DNS
    rebinding), from another site (``Sec-Fetch-Site``, ``Origin``), without the cookie, or with another method than GET,
    HEAD and POST is refused, and so is a POST that does not say that the page itself sends it (``Origin``), or sends
    more than ``LONGEST_BODY``.
    """

    def __init__(self, app: ASGIApp, port: int, token: str) -> None:
        self._app, self._token, self._cookie = app, token, f"iki_{port}"
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await (self._refusal(scope) or self._app)(scope, receive, sealed)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        entering = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if scope["method"] not in {"GET", "HEAD", "POST"}:
            return PlainTextResponse("", 405, {"allow": "GET, HEAD, POST"})
        sends = scope["method"] == "POST"
        foreign = (sends or origin is not None) and origin != f"http://{host}"
        if host not in self._hosts or foreign or (headers.get("sec-fetch-site", "none") not in QUIET and not entering):
            return PlainTextResponse(written("review_stranger"), 403)
        if sends and not _is_short(headers.get("content-length", "")):
            return PlainTextResponse(written("review_too_long"), 413)
        if entering and self._is(entering):
            answer = RedirectResponse("/", 303)
            answer.set_cookie(self._cookie, self._token, httponly=True, samesite="strict")
            return answer
        if not self._is(self._brought(headers.get("cookie", ""))):
            return PlainTextResponse(written("review_stranger"), 403)
        return None

    def _is(self, token: str) -> bool:
        return secrets.compare_digest(token.encode(), self._token.encode())

    def _brought(self, cookies: str) -> str:
        try:
            found = SimpleCookie(cookies).get(self._cookie)
        except CookieError:
            return ""
        return found.value if found is not None else ""


def _is_short(length: str) -> bool:
    return length.isascii() and length.isdecimal() and len(length) < len("1000000") and int(length) <= LONGEST_BODY
