"""Header lines (RFC 9112, section 5), their number and size, and Expect (RFC 9110, section 10.1.1)."""

from cases import GET, GOOD_GET, POST, REFUSED, SIZED, TAKEN, Answers, answered, case, ended

FOUND = answered(200)
TOO_LARGE = ended(431)
# Of a GET with this line, its line end and the end of the head.
BARE_SIZE = len(GET + b"X: \r\n\r\n")
HEAD_SIZE_MAX = 16 * 1024


def line(text):
    return GET + text + b"\r\n\r\n"


def filled(size):
    """A GET with a head of that size."""
    return line(b"X: " + b"y" * (size - BARE_SIZE))


SYNTAX = [
    case("header without a name", line(b": y"), REFUSED),
    case("header without a name first", b"GET /healthz HTTP/1.1\r\n: y\r\nHost: a\r\n\r\n", REFUSED),
    case("header of a colon", line(b":"), REFUSED),
    case("header without a colon", line(b"nonsense"), REFUSED),
    case("header without a colon last", GET + b"X: y\r\nnonsense\r\n\r\n", REFUSED),
    case("blank before the colon", line(b"X : y"), REFUSED),
    case("tab before the colon", line(b"X\t: y"), REFUSED),
    case("blank in a name", line(b"X Y: z"), REFUSED),
    case("folded line", line(b"X: y\r\n z"), REFUSED),
    case("folded line with a tab", line(b"X: y\r\n\tz"), REFUSED),
    case("folded line of blanks", line(b"X: y\r\n   "), REFUSED),
    case("folded first line", b"GET /healthz HTTP/1.1\r\n X: y\r\nHost: a\r\n\r\n", REFUSED),
    case("line of one blank first", b"GET /healthz HTTP/1.1\r\n \r\nHost: a\r\n\r\n", REFUSED),
    case("empty value", line(b"X:"), FOUND),
    case("value of blanks", line(b"X: \t "), FOUND),
    case("value without a blank before", line(b"X:y"), FOUND),
    case("colons in a value", line(b"X: :y:"), FOUND),
    case("tab in a value", line(b"X: y\tz"), FOUND),
    case("name of all marks", line(b"!#$%&'*+-.^_`|~0: y"), FOUND),
    case("the same header many times", GET + b"X: y\r\n" * 50 + b"\r\n", FOUND),
]

NAME_BYTES = [
    case(f"byte {byte:02x} in a name", line(b"X%cY: z" % byte), REFUSED)
    for byte in b'\0\x01\x08\x0b\x0c\x1f\x7f\x80\xff"(),/;<=>?@[\\]{}'
]

VALUE_BYTES = [
    case(f"byte {byte:02x} in a value", line(b"X: y%cz" % byte), REFUSED)
    for byte in b"\0\x01\x07\x08\x0b\x0c\x0e\x1b\x1f\x7f"
] + [
    case(f"byte {byte:02x} in a value is let pass", line(b"X: y%cz" % byte), FOUND) for byte in b"\x80\xa0\xe9\xff"
] + [
    case("UTF-8 in a value", line("X: grün".encode()), FOUND),
    case("UTF-8 in a name", line("Größe: 5".encode()), REFUSED),
    case("byte order mark before the request", b"\xef\xbb\xbf" + GOOD_GET, REFUSED),
]

SIZES = [
    case("64 headers", GET + b"X: y\r\n" * 63 + b"\r\n", FOUND),
    case("65 headers", GET + b"X: y\r\n" * 64 + b"\r\n", TOO_LARGE),
    case("65 headers of a POST", SIZED + b"X: y\r\n" * 64 + b"\r\n@body", TOO_LARGE),
    case("5000 headers", GET + b"X: y\r\n" * 5000 + b"\r\n", TOO_LARGE),
    case("headers without an end", GET + b"X: y\r\n" * 100_000, TOO_LARGE),
    case("head of 16 KiB", filled(HEAD_SIZE_MAX), FOUND),
    case("head of 16 KiB and one byte", filled(HEAD_SIZE_MAX + 1), TOO_LARGE),
    case("head of 16 KiB and one byte, then a request", filled(HEAD_SIZE_MAX + 1) + b"@smuggled", TOO_LARGE),
    case("value without an end", GET + b"X: " + b"y" * 500_000, TOO_LARGE),
    case("name of 8000 bytes", line(b"X" * 8000 + b": y"), FOUND),
    case("name without an end", GET + b"X" * 500_000, TOO_LARGE),
    case("header without a colon, 20000 bytes", line(b"x" * 20_000), TOO_LARGE),
]

EXPECTATION = SIZED + b"Expect: 100-continue\r\n\r\n"

EXPECTATIONS = [
    case("expectation that is met", [EXPECTATION, Answers(1), b"@body"], answered(100, 200, written=1)),
    case("expectation, and the body at once", EXPECTATION + b"@body", TAKEN),
    case("expectation in capitals", [SIZED + b"Expect: 100-CONTINUE\r\n\r\n", Answers(1), b"@body"],
         answered(100, 200, written=1)),
    case("expectation of chunks",
         [POST + b"Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n", Answers(1), b"@chunks"],
         answered(100, 200, written=1)),
    case("expectation of a body that is refused for what it says",
         [POST + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n", Answers(1), b"{}"], answered(100, 422)),
    case("expectation of a body that is too large", POST + b"Content-Length: 70000\r\nExpect: 100-continue\r\n\r\n",
         ended(413)),
    case("expectation of a body of unknown size",
         POST + b"Content-Length: x\r\nExpect: 100-continue\r\n\r\n@smuggled", REFUSED),
    case("expectation behind a request", [b"@request" + EXPECTATION, Answers(2), b"@body"],
         answered(200, 100, 200, written=2)),
    case("expectation of an empty body", POST + b"Content-Length: 0\r\nExpect: 100-continue\r\n\r\n", answered(422)),
    case("expectation without a body", GET + b"Expect: 100-continue\r\n\r\n", FOUND),
    case("expectation on 1.0",
         b"POST @path/ HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: @size\r\n"
         b"Expect: 100-continue\r\n\r\n@body", ended(200, written=1)),
    case("another expectation on 1.0", b"GET /healthz HTTP/1.0\r\nExpect: miracles\r\n\r\n", ended(200)),
    case("another expectation", SIZED + b"Expect: miracles\r\n\r\n@body", ended(417)),
    case("another expectation of a GET", GET + b"Expect: 200-ok\r\n\r\n", ended(417)),
    case("expectation and another", SIZED + b"Expect: 100-continue, miracles\r\n\r\n@body", ended(417)),
    case("two expectations", SIZED + b"Expect: 100-continue\r\nExpect: 100-continue\r\n\r\n@body", ended(417)),
    case("expectation with a parameter", SIZED + b"Expect: 100-continue;q=1\r\n\r\n@body", ended(417)),
    case("empty expectation", SIZED + b"Expect:\r\n\r\n@body", ended(417)),
]

TYPES = [
    case("no content type", b"POST @path HTTP/1.1\r\nHost: a\r\nContent-Length: @size\r\n\r\n@body", answered(415)),
    case("two content types", SIZED + b"Content-Type: application/json\r\n\r\n@body", answered(415)),
    case("two other content types", SIZED + b"Content-Type: text/plain\r\n\r\n@body", answered(415)),
    case("list of content types", SIZED.replace(b"json", b"json, text/plain") + b"\r\n@body", answered(415)),
    case("content type of a form", SIZED.replace(b"application/json", b"application/x-www-form-urlencoded") + b"\r\n@body",
         answered(415)),
    case("empty content type", SIZED.replace(b"application/json", b"") + b"\r\n@body", answered(415)),
    case("content type with a blank inside", SIZED.replace(b"/json", b"/ json") + b"\r\n@body", answered(415)),
    case("content type with a parameter", SIZED.replace(b"json", b"json ; charset=utf-8") + b"\r\n@body", TAKEN),
    case("content type with a broken parameter", SIZED.replace(b"json", b"json;;=\"") + b"\r\n@body", TAKEN),
    case("content type in capitals", SIZED.replace(b"application/json", b"APPLICATION/JSON") + b"\r\n@body", TAKEN),
    case("two keys", SIZED + b"Idempotency-Key: k\r\nIdempotency-Key: l\r\n\r\n@body", answered(400)),
    case("key with a blank", SIZED + b"Idempotency-Key: k l\r\n\r\n@body", answered(400)),
    case("key beyond ASCII", SIZED + "Idempotency-Key: Schlüssel\r\n\r\n@body".encode(), answered(400)),
    case("key of 256 bytes", SIZED + b"Idempotency-Key: " + b"k" * 256 + b"\r\n\r\n@body", answered(400)),
    case("empty key", SIZED + b"Idempotency-Key:\r\n\r\n@body", answered(400)),
    case("key of two quotes", SIZED + b'Idempotency-Key: ""\r\n\r\n@body', answered(400)),
    case("key of one quote", SIZED + b'Idempotency-Key: "\r\n\r\n@body', answered(400)),
    case("malformed trace", SIZED + b"traceparent: 00-zz\r\n\r\n@body", TAKEN),
    case("two traces", SIZED + b"traceparent: 00\r\ntraceparent: 01\r\n\r\n@body", TAKEN),
]

CASES = SYNTAX + NAME_BYTES + VALUE_BYTES + SIZES + EXPECTATIONS + TYPES
