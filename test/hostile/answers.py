"""A strict reader of HTTP/1.1 answers: what a service sends must be what RFC 9110, RFC 9112 and docs/api.md say."""

import dataclasses
import json
import re

STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5]\d\d) [\x21-\x7e][\x20-\x7e]*")
FIELD_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)")
DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}"
                  r" \d\d:\d\d:\d\d GMT")
LENGTH = re.compile(r"0|[1-9]\d{0,8}")


class Malformed(AssertionError):
    """No answer that a client must understand."""


@dataclasses.dataclass(frozen=True)
class Answer:
    code: int
    headers: dict  # names in lower case
    body: bytes

    @property
    def is_interim(self):
        return self.code < 200

    @property
    def ends_connection(self):
        return self.headers.get("connection") == "close"

    def json(self):
        return json.loads(self.body, object_pairs_hook=_object_without_repetition)


def _demand(is_so, what, shown):
    if not is_so:
        raise Malformed(f"{what}: {shown!r}")


def _object_without_repetition(pairs):
    _demand(len({name for name, _ in pairs}) == len(pairs), "a key stands twice", pairs)
    return dict(pairs)


def _read_head(head):
    first, *lines = head.split(b"\r\n")
    status = STATUS_LINE.fullmatch(first)
    _demand(status, "malformed status line", first)
    headers = {}
    for line in lines:
        field = FIELD_LINE.fullmatch(line)
        _demand(field, "malformed header line", line)
        name = field.group(1).decode().lower()
        _demand(name not in headers, "a header stands twice", line)
        headers[name] = field.group(2).decode()
    return int(status.group(1)), headers


def _body_size(code, headers, is_to_head):
    _demand("transfer-encoding" not in headers, "a Transfer-Encoding", headers)
    if code < 200 or code in (204, 304):
        _demand("content-length" not in headers, f"a length with {code}", headers)
        return 0
    _demand(LENGTH.fullmatch(headers.get("content-length", "")), "no good Content-Length", headers)
    return 0 if is_to_head else int(headers["content-length"])


def _check_meaning(answer, is_to_head):
    headers = answer.headers
    _demand(DATE.fullmatch(headers.get("date", "")), "no good Date", headers)
    _demand(headers.get("connection", "close") in ("close", "keep-alive"), "unknown Connection", headers)
    if answer.code == 200 and headers.get("content-type") == "text/html; charset=utf-8":
        return  # the page at /
    _demand(headers.get("content-type") == "application/json", "not JSON", headers)
    _demand(answer.code != 405 or "allow" in headers, "405 without Allow", headers)
    _demand(answer.code != 503 or "retry-after" in headers, "503 without Retry-After", headers)
    if is_to_head:
        return
    try:
        body = answer.json()
    except ValueError as reason:
        raise Malformed(f"the body is no JSON ({reason}): {answer.body!r}") from reason
    _demand(isinstance(body, dict), "the body is no object", body)
    _demand(answer.code < 400 or body.get("detail"), "an error without detail", body)


def take_answer(received, is_to_head):
    """Takes the first answer off the bytearray `received`; None where it has not come whole.

    is_to_head: it answers HEAD, so it has no body."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    code, headers = _read_head(bytes(received[:end]))
    size = _body_size(code, headers, is_to_head)
    start = end + 4
    if len(received) < start + size:
        return None
    answer = Answer(code, headers, bytes(received[start:start + size]))
    del received[:start + size]
    if not answer.is_interim:
        _check_meaning(answer, is_to_head)
    return answer
