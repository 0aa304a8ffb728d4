"""Pipelines, ends in the middle, HEAD, HTTP/1.0, upgrades, and other protocols (RFC 9112, section 9)."""

from cases import (CHUNKED, END, GET, GOOD_GET, POST, REFUSED, RESET, SILENT, SIZED, TAKEN, Answers, answered, case,
                   ended)

GOOD_HEAD = b"HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
OLD_GET = b"GET /healthz HTTP/1.0\r\n"
GOOD_POST = SIZED + b"\r\n@body"


def byte_by_byte(data):
    return [data[at:at + 1] for at in range(len(data))]


def upgrade(protocol):
    return b"Connection: Upgrade\r\nUpgrade: " + protocol + b"\r\n"


PIPELINES = [
    case("two requests", b"@request@request", answered(200, 200, written=2)),
    case("a quick one behind a slow one", b"@request" + GOOD_GET, answered(200, 200, written=1)),
    case("16 requests", b"@request" * 16, answered(*[200] * 16, written=16)),
    case("17 requests", b"@request" * 17, answered(*[200] * 17, written=17)),
    case("40 requests", b"@request" * 40, answered(*[200] * 40, written=40)),
    case("500 quick requests", GOOD_GET * 500, answered(*[200] * 500)),
    case("404 in the middle", b"@request" + GET.replace(b"healthz", b"none") + b"\r\n@request",
         answered(200, 404, 200, written=2)),
    case("405 in the middle", b"@requestPUT @path HTTP/1.1\r\nHost: a\r\n\r\n@request", answered(200, 405, 200, written=2)),
    case("415 in the middle",
         b"@requestPOST @path HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}@request", answered(200, 415, 200, written=2)),
    case("422 in the middle", b"@request" + POST + b"Content-Length: 2\r\n\r\n{}@request",
         answered(200, 422, 200, written=2)),
    case("400 in the middle", b"@requestGET /healthz HTTP/1.1\r\n\r\n@smuggled", ended(200, 400, written=1)),
    case("nonsense in the middle", b"@requestnonsense\r\n\r\n@smuggled", ended(200, 400, written=1)),
    case("413 in the middle", b"@request" + POST + b"Content-Length: 70000\r\n\r\n@smuggled", ended(200, 413, written=1)),
    case("417 in the middle", b"@request" + GET + b"Expect: x\r\n\r\n@smuggled", ended(200, 417, written=1)),
    case("431 in the middle", b"@request" + GET + b"X: y\r\n" * 64 + b"\r\n@smuggled", ended(200, 431, written=1)),
    case("501 in the middle", b"@requestBREW / HTTP/1.1\r\nHost: a\r\n\r\n@smuggled", ended(200, 501, written=1)),
    case("505 in the middle", b"@requestGET / HTTP/2.0\r\nHost: a\r\n\r\n@smuggled", ended(200, 505, written=1)),
    case("malformed chunks in the middle", b"@request" + CHUNKED + b"x\r\n@smuggled", ended(200, 400, written=1)),
    case("400 behind 17 requests", b"@request" * 17 + b"\n@smuggled", ended(*[200] * 17, 400, written=17)),
    case("HEAD in the middle", b"@request" + GOOD_HEAD + b"@request", answered(200, 200, 200, written=2), heads=(1,)),
    case("1.0 in the middle", b"@request" + OLD_GET + b"\r\n@smuggled", ended(200, 200, written=1)),
    case("close in the middle", b"@request" + GET + b"Connection: close\r\n\r\n@smuggled", ended(200, 200, written=1)),
    case("chunks in the middle", b"@request" + CHUNKED + b"@chunks@request", answered(200, 200, 200, written=3)),
    case("end behind two requests", [b"@request@request", END], ended(200, 200, written=2)),
    case("end behind 40 requests", [b"@request" * 40, END], ended(*[200] * 40, written=40)),
    case("cut request behind a good one", [b"@request" + POST, END], ended(200, written=1)),
    case("requests one after the other", [b"@request", Answers(1), b"@request", Answers(2), GOOD_GET],
         answered(200, 200, 200, written=2)),
    case("two requests, the second one cut in two", [b"@request" + SIZED, Answers(1), b"\r\n@body"],
         answered(200, 200, written=2)),
]

ENDS = [
    case("end at once", [END], SILENT),
    case("end behind an empty line", [b"\r\n", END], SILENT),
    case("end in the method", [b"GE", END], SILENT),
    case("end in the target", [b"GET /heal", END], SILENT),
    case("end behind the request line", [b"GET /healthz HTTP/1.1\r\n", END], SILENT),
    case("end in a name", [GET + b"X", END], SILENT),
    case("end in a value", [GET + b"X: y", END], SILENT),
    case("end behind the last header", [GET, END], SILENT),
    case("end in the last line end", [GET + b"\r", END], SILENT),
    case("end behind the head of a POST", [SIZED + b"\r\n", END], SILENT),
    case("end in a body", [SIZED + b'\r\n{"', END], SILENT),
    case("end one byte before the end of a body", [POST + b"Content-Length: 1@size\r\n\r\n@body", END], SILENT),
    case("end in a chunk size", [CHUNKED + b"3", END], SILENT),
    case("end in a chunk", [CHUNKED + b"@hex\r\n{", END], SILENT),
    case("end behind an expectation", [SIZED + b"Expect: 100-continue\r\n\r\n", Answers(1), END], ended(100)),
    case("end behind a whole request", [b"@request", END], ended(200, written=1)),
    case("end behind a refused one", [b"GET / HTTP/1.1\r\n\r\n", END], REFUSED),
    case("reset at once", [RESET], SILENT),
    case("reset in a head", [POST, RESET], SILENT),
    case("reset in a body", [SIZED + b'\r\n{"', RESET], SILENT),
    case("reset in a chunk", [CHUNKED + b"ff\r\n{", RESET], SILENT),
    case("reset behind a refused request", [b"nonsense\r\n\r\n", Answers(1), RESET], REFUSED),
    case("reset behind an expectation", [SIZED + b"Expect: 100-continue\r\n\r\n", Answers(1), RESET], ended(100)),
]

PIECES = [
    case("GET byte by byte", byte_by_byte(GOOD_GET), answered(200)),
    case("POST byte by byte", byte_by_byte(SIZED.replace(b"@path", b"/none").replace(b"@size", b"5") + b"\r\n12345"),
         answered(404)),
    case("chunks byte by byte",
         byte_by_byte(CHUNKED.replace(b"@path", b"/none") + b"5;a=b\r\nhello\r\n3\r\nabc\r\n0\r\n\r\n"), answered(404)),
    case("two requests byte by byte", byte_by_byte(GOOD_GET * 2), answered(200, 200)),
    case("lone LF byte by byte", byte_by_byte(GET + b"X: y\nZ: z\r\n\r\n"), REFUSED),
    case("folded line byte by byte", byte_by_byte(GET + b"X: y\r\n z\r\n\r\n"), REFUSED),
    case("CR X behind the head byte by byte", byte_by_byte(GET + b"\r\n\rX"), ended(200, 400)),
    case("length and coding byte by byte",
         byte_by_byte(POST.replace(b"@path", b"/none") + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
         REFUSED),
    case("head in two pieces", [POST, b"Content-Length: @size\r\n\r\n@body"], TAKEN),
    case("head, then the body", [SIZED + b"\r\n", b"@body"], TAKEN),
    case("every line for itself", [line + b"\r\n" for line in (GET + b"A: b\r\nC: d\r\n").split(b"\r\n")], answered(200)),
]

HEADS = [
    case("HEAD", GOOD_HEAD, answered(200), heads=(0,)),
    case("two HEADs", GOOD_HEAD * 2, answered(200, 200), heads=(0, 1)),
    case("HEAD of a list", GOOD_HEAD.replace(b"/healthz", b"@path"), answered(200), heads=(0,)),
    case("HEAD of nothing", GOOD_HEAD.replace(b"/healthz", b"@one"), answered(404), heads=(0,)),
    case("HEAD of no path", GOOD_HEAD.replace(b"/healthz", b"/none"), answered(404), heads=(0,)),
    case("HEAD where there is only POST", GOOD_HEAD.replace(b"/healthz", b"@one/void"), answered(405), heads=(0,),
         services=("payment",)),
    case("HEAD of a bad query", GOOD_HEAD.replace(b"/healthz", b"@path?x=y"), answered(422), heads=(0,)),
    case("HEAD that closes", b"HEAD /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", ended(200), heads=(0,)),
    case("HEAD on 1.0", b"HEAD /healthz HTTP/1.0\r\n\r\n", ended(200), heads=(0,)),
    case("HEAD without a host", b"HEAD /healthz HTTP/1.1\r\n\r\n", REFUSED, heads=(0,)),
    case("HEAD with two lengths", GOOD_HEAD[:-2] + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n", REFUSED, heads=(0,)),
    case("HEAD with 65 headers", GOOD_HEAD[:-2] + b"X: y\r\n" * 64 + b"\r\n", ended(431), heads=(0,)),
    case("HEAD with malformed chunks", GOOD_HEAD[:-2] + b"Transfer-Encoding: chunked\r\n\r\nx", REFUSED, heads=(0,)),
]

KEPT_OR_NOT = [
    case("1.0 that stays open", OLD_GET + b"Connection: keep-alive\r\n\r\n", answered(200)),
    case("1.0 that stays open, with a body",
         b"POST @path/ HTTP/1.0\r\nContent-Type: application/json\r\nConnection: keep-alive\r\n"
         b"Content-Length: @size\r\n\r\n@body", TAKEN),
    case("1.0 that stays open, twice", (OLD_GET + b"Connection: keep-alive\r\n\r\n") * 2, answered(200, 200)),
    case("1.0 that says close", OLD_GET + b"Connection: close\r\n\r\n", ended(200)),
    case("1.0 with a request behind", OLD_GET + b"\r\n@smuggled", ended(200)),
    case("1.0 with a body and no length", b"POST @path HTTP/1.0\r\nContent-Type: application/json\r\n\r\n@body", ended(422)),
    case("1.1 that says close", GET + b"Connection: close\r\n\r\n", ended(200)),
    case("1.1 that says Close", GET + b"Connection: Close\r\n\r\n", ended(200)),
    case("1.1 that says close, with a body", SIZED + b"Connection: close\r\n\r\n@body@smuggled", ended(200, written=1)),
    case("1.1 that says keep-alive", GET + b"Connection: keep-alive\r\n\r\n", answered(200)),
    case("close in a list", GET + b"Connection: keep-alive, close\r\n\r\n", ended(200)),
    case("close first in a list", GET + b"Connection: close, keep-alive\r\n\r\n", ended(200)),
    case("close in a second header", GET + b"Connection: keep-alive\r\nConnection: close\r\n\r\n", ended(200)),
    case("close in a list with blanks", GET + b"Connection: x ,  close ,\r\n\r\n", ended(200)),
    case("closed is another word", GET + b"Connection: closed\r\n\r\n", answered(200)),
    case("unknown Connection", GET + b"Connection: nonsense\r\n\r\n", answered(200)),
    case("empty Connection", GET + b"Connection:\r\n\r\n", answered(200)),
    # Another header.
    case("Proxy-Connection that says close", GET + b"Proxy-Connection: close\r\n\r\n", answered(200)),
]

UPGRADES = [
    case("upgrade to h2c", GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
         answered(200)),
    case("upgrade to a web socket", GET + upgrade(b"websocket") + b"Sec-WebSocket-Version: 13\r\n"
         b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", answered(200)),
    case("upgrade of a POST", SIZED + upgrade(b"h2c") + b"\r\n@body", TAKEN),
    case("upgrade of a POST in chunks", POST + upgrade(b"h2c") + b"Transfer-Encoding: chunked\r\n\r\n@chunks", TAKEN),
    case("upgrade, and a request behind", GET + upgrade(b"h2c") + b"\r\n@request", answered(200, 200, written=1)),
    case("upgrade without Connection", GET + b"Upgrade: h2c\r\n\r\n", answered(200)),
    case("Connection: Upgrade without one", GET + b"Connection: Upgrade\r\n\r\n", answered(200)),
    case("upgrade to nothing", GET + upgrade(b"") + b"\r\n", answered(200)),
    case("upgrade, and the preface of HTTP/2 behind", GET + upgrade(b"h2c") + b"\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
         ended(200, 505)),
    case("upgrade, and frames behind", GET + upgrade(b"websocket") + b"\r\n\x81\x05hello", ended(200, 400)),
]

PROTOCOLS = [
    case("TLS", b"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03" + bytes(range(200)), REFUSED),
    case("SSH", b"SSH-2.0-client\r\n\0\0\1\2", REFUSED),
    case("SMTP", b"EHLO a\r\nMAIL FROM:<a@b>\r\n\r\n", REFUSED),
    case("the PROXY protocol", b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n" + GOOD_GET, REFUSED),
    case("the PROXY protocol in bytes", b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + b"\0" * 12 + GOOD_GET, REFUSED),
    case("an answer", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", REFUSED),
    case("PostgreSQL", b"\0\0\0\x08\x04\xd2\x16\x2f", REFUSED),
    case("Redis", b"*1\r\n$4\r\nPING\r\n\r\n", REFUSED),
    case("JSON alone", b"@body\r\n\r\n", REFUSED),
    case("zeros", b"\0" * 1000, REFUSED),
    case("all bytes", bytes(range(256)), REFUSED),
    case("all bytes, backwards", bytes(range(255, -1, -1)), REFUSED),
]

CASES = PIPELINES + ENDS + PIECES + HEADS + KEPT_OR_NOT + UPGRADES + PROTOCOLS
