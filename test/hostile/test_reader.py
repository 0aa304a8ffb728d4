"""The strict reader itself: it takes what a service may send, and complains of everything else."""

import pytest

from answers import Malformed, take_answer

DATE = b"Date: Thu, 26 Nov 2026 22:01:38 GMT\r\n"
TYPE = b"Content-Type: application/json\r\n"
GOOD = b"HTTP/1.1 200 OK\r\n" + DATE + TYPE + b"Content-Length: 2\r\n\r\n{}"
ERROR = b"HTTP/1.1 400 Bad Request\r\n" + DATE + TYPE + b'Content-Length: 14\r\n\r\n{"detail":"x"}'
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\n"

BAD = {
    "another version": GOOD.replace(b"1.1", b"1.0"),
    "no reason": GOOD.replace(b" OK", b""),
    "code of two digits": GOOD.replace(b"200", b"20"),
    "no answer at all": b"nonsense\r\n\r\n",
    "line end without CR": GOOD.replace(b"json\r\n", b"json\n"),
    "folded line": GOOD.replace(b"Content-Type: ", b"Content-Type:\r\n "),
    "blank before the colon": GOOD.replace(b"Date:", b"Date :"),
    "no blank behind the colon": GOOD.replace(b"Date: ", b"Date:"),
    "a header twice": GOOD.replace(TYPE, TYPE + TYPE),
    "no length": GOOD.replace(b"Content-Length: 2\r\n", b""),
    "length with a zero before": GOOD.replace(b": 2\r\n", b": 02\r\n"),
    "a coding": GOOD.replace(TYPE, TYPE + b"Transfer-Encoding: chunked\r\n"),
    "no date": GOOD.replace(DATE, b""),
    "another date": GOOD.replace(b"Thu, 26 Nov 2026", b"2026-11-26"),
    "no type": GOOD.replace(TYPE, b""),
    "unknown Connection": GOOD.replace(TYPE, TYPE + b"Connection: Upgrade\r\n"),
    "no JSON": GOOD.replace(b"{}", b"{]"),
    "no object": GOOD.replace(b"{}", b"[]"),
    "a key twice": GOOD.replace(b"2\r\n\r\n{}", b'13\r\n\r\n{"a":1,"a":1}'),
    "an error without detail": ERROR.replace(b"detail", b"reason"),
    "405 without Allow": ERROR.replace(b"400 Bad Request", b"405 Method Not Allowed"),
    "503 without Retry-After": ERROR.replace(b"400 Bad Request", b"503 Service Unavailable"),
    "an interim answer with a length": INTERIM[:-2] + b"Content-Length: 0\r\n\r\n",
}


def take(received, is_to_head=False):
    rest = bytearray(received)
    return take_answer(rest, is_to_head), bytes(rest)


@pytest.mark.parametrize("code, received", [(200, GOOD), (400, ERROR), (100, INTERIM)])
def test_good_answer_is_taken(code, received):
    answer, rest = take(received + b"HTTP")
    assert (answer.code, rest) == (code, b"HTTP")


@pytest.mark.parametrize("size", range(len(GOOD)))
def test_cut_answer_is_waited_for(size):
    assert take(GOOD[:size]) == (None, GOOD[:size])


def test_answer_to_head_has_no_body():
    answer, rest = take(GOOD, is_to_head=True)
    assert (answer.body, rest) == (b"", b"{}")


@pytest.mark.parametrize("received", BAD.values(), ids=BAD.keys())
def test_bad_answer_is_complained_of(received):
    with pytest.raises(Malformed):
        take(received)
