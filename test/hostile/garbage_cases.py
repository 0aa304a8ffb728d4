"""Answers that no payment service gives. Each but the honest ones must be as if no answer had come."""

from garbage import CLOSE, DRIP, HOLD, KEEP, REPEAT, RESET, VERBS, Framed, Garbage

TYPE = b"Content-Type: application/json\r\n"
OK = b"HTTP/1.1 @code\r\n" + TYPE
SIZED = OK + b"Content-Length: @size\r\n"
GOOD = SIZED + b"\r\n@json"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
CHUNKS = b"@hex\r\n@json\r\n0\r\n\r\n"
ROW = b'"order_id":@id,"amount":@amount,"id":1,"status":"@status"'


def first_line(name, line, then=KEEP):
    return Garbage(name, line + b"\r\n" + GOOD.split(b"\r\n", 1)[1], then)


def head(name, lines, then=KEEP):
    """Between the good lines."""
    return Garbage(name, OK + lines + b"Content-Length: @size\r\n\r\n@json", then)


def length(name, value, then=KEEP):
    return Garbage(name, OK + b"Content-Length: " + value + b"\r\n\r\n@json", then)


def body(name, text, then=KEEP):
    return Garbage(name, Framed(text), then)


def code(text):
    """A code that proves nothing, whatever the body says."""
    return Garbage(f"code {text.decode()}", Framed(b"@json", text))


def row(name, code_line, status, verbs=VERBS):
    amount = b"null" if status == b"VOIDED" else b"@amount"
    text = b'{"order_id":@id,"amount":%b,"id":1,"status":"%b"}' % (amount, status)
    return Garbage(name, Framed(text, code_line), verbs=verbs)


def honest(name, answer, then=KEEP):
    return Garbage(name, answer, then, is_honest=True)


FIRST_LINES = [
    Garbage("nothing, then the end", b"", CLOSE),
    Garbage("nothing, then a reset", b"", RESET),
    Garbage("nothing at all", b"", HOLD),
    Garbage("a word", b"nonsense\r\n\r\n"),
    Garbage("zeros", b"\0" * 4096),
    Garbage("all bytes", bytes(range(256)) * 16),
    Garbage("the body alone", b"@json", CLOSE),
    Garbage("a request", b"POST /payments/ HTTP/1.1\r\nHost: a\r\nContent-Length: @size\r\n\r\n@json"),
    Garbage("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    Garbage("frames of HTTP/2", b"\0\0\x12\4\0\0\0\0\0" + b"\0\3\0\0\0\x80\0\4\0\1\0\0\0\5\0\xff\xff\xff" + GOOD),
    Garbage("a TLS alert", b"\x15\x03\x03\0\2\2\x28", CLOSE),
    Garbage("a greeting of SMTP", b"220 a ESMTP\r\n\r\n"),
    Garbage("empty line before the answer", b"\r\n" + GOOD),
    Garbage("LF before the answer", b"\n" + GOOD),
    Garbage("blank before the answer", b" " + GOOD),
    Garbage("byte order mark before the answer", b"\xef\xbb\xbf" + GOOD),
    first_line("version 2.0", b"HTTP/2.0 @code"),
    first_line("version 2", b"HTTP/2 @code"),
    first_line("version 1.2", b"HTTP/1.2 @code"),
    first_line("version 0.9", b"HTTP/0.9 @code"),
    first_line("version in lower case", b"http/1.1 @code"),
    first_line("version of ICY", b"ICY @code"),
    first_line("no version", b"@code"),
    first_line("no code", b"HTTP/1.1 OK"),
    first_line("no blank before the code", b"HTTP/1.1@code"),
    first_line("two blanks before the code", b"HTTP/1.1  @code"),
    first_line("tab before the code", b"HTTP/1.1\t@code"),
    first_line("code of two digits", b"HTTP/1.1 20 OK"),
    first_line("code of four digits", b"HTTP/1.1 2000 OK"),
    first_line("code with a zero before", b"HTTP/1.1 0200 OK"),
    first_line("code below 0", b"HTTP/1.1 -200 OK"),
    first_line("code in letters", b"HTTP/1.1 abc OK"),
    first_line("code 0", b"HTTP/1.1 000 OK"),
    first_line("code 600", b"HTTP/1.1 600 OK"),
    first_line("code 999", b"HTTP/1.1 999 OK"),
    Garbage("LF behind the first line", b"HTTP/1.1 @code\n" + TYPE + b"Content-Length: @size\r\n\r\n@json"),
    Garbage("CR behind the first line", b"HTTP/1.1 @code\r" + TYPE + b"Content-Length: @size\r\n\r\n@json"),
    Garbage("CR CR behind the first line", b"HTTP/1.1 @code\r\r" + TYPE + b"Content-Length: @size\r\n\r\n@json"),
    Garbage("first line without an end", b"HTTP/1.1 200 " + b"O" * 100_000),
]

HEADS = [
    head("folded line", b"X: y\r\n z\r\n"),
    head("folded line before the length", b"X: y\r\n\t"),
    head("LF behind a header", b"X: y\n"),
    head("CR in a header", b"X: y\rz\r\n"),
    head("NUL in a header", b"X: y\0z\r\n"),
    head("control byte in a header", b"X: \x01\r\n"),
    head("header without a name", b": y\r\n"),
    head("blank before the colon", b"X : y\r\n"),
    head("header without a colon", b"nonsense\r\n"),
    head("65 headers", b"X: y\r\n" * 63),
    head("head of 20 KB", b"X: " + b"y" * 20_000 + b"\r\n"),
    Garbage("headers without an end", b"X: y\r\n" * 1000, REPEAT),
    Garbage("LF at the end of the head", SIZED + b"\n@json"),
    Garbage("head that ends in the middle", OK + b"Content-Le", CLOSE),
    Garbage("head without an end", SIZED, HOLD),
]

LENGTHS = [
    length("length with a plus", b"+@size"),
    length("length below 0", b"-@size"),
    length("length of 1 0", b"1 0"),
    length("hexadecimal length", b"0x@hex"),
    length("length of a word", b"all"),
    length("empty length", b""),
    length("list of lengths", b"@size, @size"),
    length("length of 2^64", b"18446744073709551616"),
    length("length of 64 KiB and one", b"65537"),
    length("length 0", b"0"),
    length("length one too small", b"1"),
    length("length too great, then the end", b"1@size", CLOSE),
    length("length too great, then a reset", b"1@size", RESET),
    length("length too great, then nothing", b"1@size", HOLD),
    length("length too great, then an answer", b"1@size"),
    head("two equal lengths", b"Content-Length: @size\r\n"),
    head("two other lengths", b"Content-Length: 2\r\n"),
    head("length and coding", b"Transfer-Encoding: chunked\r\n"),
    head("length and coding identity", b"Transfer-Encoding: identity\r\n"),
    Garbage("body without a length, cut", OK + b'\r\n{"order_id":@id,"amount":@amount,"status":"@status"', CLOSE),
    Garbage("body without a length, reset", OK + b'\r\n{"order_id":@id,"amount":@amount,"status":"@status"', RESET),
    Garbage("body without a length that goes on", OK + b"\r\n@json", HOLD),
    Garbage("body without a length or an end", OK + b"\r\n" + b" " * 10_000, REPEAT),
    Garbage("body of 1 MB", OK + b"Content-Length: 1000000\r\n\r\n" + b" " * 1_000_000),
    Garbage("body byte by byte", OK + b"Content-Length: 60000\r\n\r\n" + b" " * 60_000, DRIP),
]

CODINGS = [
    Garbage("coding xchunked", OK + b"Transfer-Encoding: xchunked\r\n\r\n" + CHUNKS, CLOSE),
    Garbage("coding gzip, chunked", OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + CHUNKS),
    Garbage("coding chunked, gzip", OK + b"Transfer-Encoding: chunked, gzip\r\n\r\n" + CHUNKS, CLOSE),
    Garbage("coding twice", OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS),
    Garbage("coding on 1.0", b"HTTP/1.0 @code\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS),
    Garbage("chunk size of a word", CHUNKED + b"size\r\n@json\r\n0\r\n\r\n"),
    Garbage("chunk size that wraps", CHUNKED + b"10000000000000002\r\n@json\r\n0\r\n\r\n"),
    Garbage("chunk size of 2^64-1", CHUNKED + b"ffffffffffffffff\r\n@json\r\n0\r\n\r\n"),
    Garbage("LF behind the chunk size", CHUNKED + b"@hex\n@json\r\n0\r\n\r\n"),
    Garbage("nothing behind the chunk", CHUNKED + b"@hex\r\n@json0\r\n\r\n"),
    Garbage("trailer", CHUNKED + b"@hex\r\n@json\r\n0\r\nX: y\r\n\r\n"),
    Garbage("chunk that is cut", CHUNKED + b"ff\r\n@json", CLOSE),
    Garbage("no last chunk", CHUNKED + b"@hex\r\n@json\r\n", CLOSE),
    Garbage("no last chunk, then nothing", CHUNKED + b"@hex\r\n@json\r\n", HOLD),
    Garbage("chunk extensions without an end", CHUNKED + b"1;" + b"a" * 50_000, REPEAT),
    Garbage("more chunks than 64 KiB", CHUNKED + (b"1000\r\n" + b" " * 4096 + b"\r\n") * 17),
]

CODES = [code(text) for text in (
    b"201 Created", b"202 Accepted", b"203 Other", b"206 Partial Content", b"300 Choices", b"301 Moved", b"302 Found",
    b"307 Temporary", b"308 Permanent", b"400 Bad Request", b"401 Unauthorized", b"403 Forbidden", b"404 Not Found",
    b"405 Method Not Allowed", b"408 Timeout", b"410 Gone", b"413 Too Large", b"418 Teapot", b"422 Unprocessable",
    b"429 Too Many", b"451 Legal", b"499 Closed", b"501 Not Implemented", b"502 Bad Gateway", b"503 Unavailable",
    b"504 Timeout", b"505 Version", b"507 Storage", b"599 Unknown")] + [
    Garbage("code 204 with a body", b"HTTP/1.1 204 No Content\r\n\r\n@json"),
    Garbage("code 304 with a body", b"HTTP/1.1 304 Not Modified\r\nContent-Length: @size\r\n\r\n@json"),
    Garbage("code 101", b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n" + GOOD),
    Garbage("code 100, then the end", b"HTTP/1.1 100 Continue\r\n\r\n", CLOSE),
    Garbage("code 103, then nothing", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", HOLD),
    Garbage("codes 100 without an end", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, REPEAT),
    Garbage("code 100 with a body", b"HTTP/1.1 100 Continue\r\nContent-Length: @size\r\n\r\n@json\r\n\r\n"),
    # As no call is answered, though each half is.
    row("200 with FAILED", b"200 OK", b"FAILED", ("charge", "refund")),
    row("200 with VOIDED", b"200 OK", b"VOIDED", ("charge", "refund")),
    row("200 with REFUNDED", b"200 OK", b"REFUNDED", ("charge",)),
    row("200 with MISMATCH", b"200 OK", b"MISMATCH"),
    row("402 with PAID", b"402 Payment Required", b"PAID"),
    row("402 with VOIDED", b"402 Payment Required", b"VOIDED"),
    row("409 with PAID", b"409 Conflict", b"PAID"),
    row("409 with FAILED", b"409 Conflict", b"FAILED", ("charge", "void")),
    row("500 with PAID to what is no charge", b"500 Error", b"PAID", ("void", "refund")),
]

BODIES = [
    body("no body", b""),
    body("empty object", b"{}"),
    body("array", b"[@json]"),
    body("empty array", b"[]"),
    body("text", b'"@status"'),
    body("number", b"200"),
    body("null", b"null"),
    body("word", b"@status"),
    body("page of a proxy", b"<html><body>@status</body></html>"),
    body("row in another object", b'{"payment":@json}'),
    body("row that is cut", b'{"order_id":@id,"amount":@amount,"status":"@status"'),
    body("row and a word", b"@json x"),
    body("row twice", b"@json@json"),
    body("row and a NUL", b"@json\0"),
    body("byte order mark", b"\xef\xbb\xbf@json"),
    body("UTF-16", '{"status":"PAID"}'.encode("utf-16")),
    body("single quotes", b"{'order_id':@id,'amount':@amount,'status':'@status'}"),
    body("comma behind the last field", b"{" + ROW + b",}"),
    body("status twice", b'{"status":"NONE",' + ROW + b"}"),
    body("order twice", b'{"order_id":1,' + ROW + b"}"),
    body("no status", b'{"order_id":@id,"amount":@amount,"id":1}'),
    body("status in lower case", b'{"order_id":@id,"amount":@amount,"status":"paid"}'),
    body("status with a blank", b'{"order_id":@id,"amount":@amount,"status":"@status "}'),
    body("status with a NUL", b'{"order_id":@id,"amount":@amount,"status":"@status\\u0000"}'),
    body("status with byte FF", b'{"order_id":@id,"amount":@amount,"status":"@status\xff"}'),
    body("unknown status", b'{"order_id":@id,"amount":@amount,"status":"SETTLED"}'),
    body("status NONE", b'{"order_id":@id,"amount":@amount,"status":"NONE"}'),
    body("empty status", b'{"order_id":@id,"amount":@amount,"status":""}'),
    body("status true", b'{"order_id":@id,"amount":@amount,"status":true}'),
    body("status null", b'{"order_id":@id,"amount":@amount,"status":null}'),
    body("status in an array", b'{"order_id":@id,"amount":@amount,"status":["@status"]}'),
    body("status as a key", b'{"order_id":@id,"amount":@amount,"@status":"status"}'),
    body("another order", b'{"order_id":@next,"amount":@amount,"status":"@status"}'),
    body("no order", b'{"amount":@amount,"status":"@status"}'),
    body("order in quotes", b'{"order_id":"@id","amount":@amount,"status":"@status"}'),
    body("order with a fraction", b'{"order_id":@id.0,"amount":@amount,"status":"@status"}'),
    body("order with an exponent", b'{"order_id":@ide0,"amount":@amount,"status":"@status"}'),
    body("order below 0", b'{"order_id":-@id,"amount":@amount,"status":"@status"}'),
    body("order of many digits", b'{"order_id":1180591620717411303@id,"amount":@amount,"status":"@status"}'),
    body("order null", b'{"order_id":null,"amount":@amount,"status":"@status"}'),
    body("another amount", b'{"order_id":@id,"amount":1@amount,"status":"@status"}'),
    body("amount in quotes", b'{"order_id":@id,"amount":"@amount","status":"@status"}'),
    body("amount with a fraction", b'{"order_id":@id,"amount":@amount.0,"status":"@status"}'),
    body("30000 levels", b'{"order_id":@id,"amount":@amount,"status":"@status","x":' + b"[" * 30_000),
    body("60000 blanks", b" " * 60_000),
]

HONEST = [
    honest("version 1.0", b"HTTP/1.0 @code\r\nContent-Length: @size\r\n\r\n@json", CLOSE),
    honest("version 1.0 that stays open", b"HTTP/1.0 @code\r\nConnection: keep-alive\r\nContent-Length: @size\r\n\r\n@json"),
    honest("version 1.0 that stays open without a word", b"HTTP/1.0 @code\r\nContent-Length: @size\r\n\r\n@json", HOLD),
    honest("body to the end", OK + b"\r\n@json", CLOSE),
    honest("chunks", CHUNKED + CHUNKS),
    honest("chunks with extensions", CHUNKED + b'@hex;a="b"\r\n@json\r\n0;c\r\n\r\n'),
    honest("close that is kept", OK + b"Connection: close\r\nContent-Length: @size\r\n\r\n@json", CLOSE),
    honest("close that is not kept", OK + b"Connection: close\r\nContent-Length: @size\r\n\r\n@json", HOLD),
    honest("keep-alive that is closed", OK + b"Connection: keep-alive\r\nContent-Length: @size\r\n\r\n@json", CLOSE),
    honest("keep-alive that is reset", OK + b"Keep-Alive: timeout=999\r\nContent-Length: @size\r\n\r\n@json", RESET),
    honest("a hundred codes 100 before", b"HTTP/1.1 100 Continue\r\n\r\n" * 100 + GOOD),
    honest("code 103 before", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + GOOD),
    honest("no reason", b"HTTP/1.1 200 \r\nContent-Length: @size\r\n\r\n@json"),
    honest("64 headers", OK + b"X: y\r\n" * 62 + b"Content-Length: @size\r\n\r\n@json"),
    honest("unknown fields", Framed(b'{"x":[{}],' + ROW + b',"y":1.5e300}')),
    honest("blanks around", Framed(b"\r\n\t @json \r\n")),
    honest("length with zeros before", OK + b"Content-Length: 000@size\r\n\r\n@json"),
    honest("empty line behind", GOOD + b"\r\n"),
    honest("a word behind", GOOD + b"nonsense"),
    honest("the same answer twice", GOOD + GOOD),
    honest("a lie about the next order behind",
           GOOD + b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"order_id":@next,"amount":100,"status":"PAID"}' + b" " * 60),
    honest("a code 500 behind", GOOD + b"HTTP/1.1 500 Error\r\nContent-Length: 0\r\n\r\n"),
]

GARBAGE = FIRST_LINES + HEADS + LENGTHS + CODINGS + CODES + BODIES
CASES = GARBAGE + HONEST
# In which more is unusual than the code and the body of a good answer; without those that cost the time of waiting.
WIRE_CASES = [case for case in FIRST_LINES + HEADS + LENGTHS + CODINGS + HONEST if case.then not in (HOLD, DRIP)]
