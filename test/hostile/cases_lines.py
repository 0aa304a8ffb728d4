"""Line ends, methods and versions (RFC 9112, sections 2 and 3)."""

from cases import GET, GOOD_GET, REFUSED, SIZED, answered, case, ended


def first_line(line):
    return line + b"\r\nHost: a\r\n\r\n"


def method(name):
    return first_line(name + b" @path HTTP/1.1")


def version(text):
    return first_line(b"GET /healthz " + text)


GOOD_POST = SIZED + b"\r\n@body"
UNKNOWN_METHOD = ended(501)
UNKNOWN_VERSION = ended(505)

LINE_ENDS = [
    case("LF behind the request line", b"GET /healthz HTTP/1.1\nHost: a\r\n\r\n", REFUSED),
    case("LF behind a header", b"GET /healthz HTTP/1.1\r\nHost: a\n\r\n", REFUSED),
    case("LF behind every line", b"GET /healthz HTTP/1.1\nHost: a\n\n", REFUSED),
    case("LF at the end of the head", GET + b"\n", REFUSED),
    case("LF LF at the end of the head", b"GET /healthz HTTP/1.1\r\nHost: a\n\n", REFUSED),
    case("LF at the end of the head of a POST", SIZED + b"\n@body", REFUSED),
    case("CR behind the request line", b"GET /healthz HTTP/1.1\rHost: a\r\n\r\n", REFUSED),
    case("CR behind a header", b"GET /healthz HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", REFUSED),
    case("CR at the end of the head", GET + b"\rX", REFUSED),
    case("CR CR at the end of the head", GET + b"\r\r", REFUSED),
    case("CR CR LF behind a header", GET + b"X: y\r\r\n\r\n", REFUSED),
    case("CR CR LF behind the request line", b"GET /healthz HTTP/1.1\r\r\nHost: a\r\n\r\n", REFUSED),
    case("LF CR behind a header", GET + b"X: y\n\r\r\n", REFUSED),
    case("CR before a name", GET + b"\rX: y\r\n\r\n", REFUSED),
    case("CR before a value", GET + b"X:\ry\r\n\r\n", REFUSED),
    case("CR in a value", GET + b"X: y\rz\r\n\r\n", REFUSED),
    case("LF in a value", GET + b"X: y\nz\r\n\r\n", REFUSED),
    case("CR in a name", GET + b"X\rY: z\r\n\r\n", REFUSED),
    case("CR in a method", b"GE\rT /healthz HTTP/1.1\r\nHost: a\r\n\r\n", REFUSED),
    case("CR in a target", b"GET /heal\rthz HTTP/1.1\r\nHost: a\r\n\r\n", REFUSED),
    case("LF in a target", b"GET /heal\nthz HTTP/1.1\r\nHost: a\r\n\r\n", REFUSED),
    case("CR in a version", b"GET /healthz HTTP/1.\r1\r\nHost: a\r\n\r\n", REFUSED),
    case("empty line before the request", b"\r\n" + GOOD_GET, answered(200)),
    case("eight empty lines before the request", b"\r\n" * 8 + GOOD_GET, answered(200)),
    case("nine empty lines before the request", b"\r\n" * 9 + GOOD_GET, REFUSED),
    case("empty lines without an end", b"\r\n" * 50_000, REFUSED),
    case("LF before the request", b"\n" + GOOD_GET, REFUSED),
    case("CR before the request", b"\r" + GOOD_GET, REFUSED),
    case("blank before the request", b" " + GOOD_GET, REFUSED),
    case("empty line behind a body", GOOD_POST + b"\r\n" + GOOD_GET, answered(200, 200, written=1)),
    case("LF behind a body", GOOD_POST + b"\n" + GOOD_GET, ended(200, 400, written=1)),
    case("unicode line end", GET + "X: y\u2028Z: z\r\n\r\n".encode(), answered(200)),
    case("vertical tab as a line end", GET + b"X: y\x0bZ: z\r\n\r\n", REFUSED),
]

METHODS = [
    case("lower case method", method(b"get"), UNKNOWN_METHOD),
    case("mixed case method", method(b"Post"), UNKNOWN_METHOD),
    case("CONNECT", b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", UNKNOWN_METHOD),
    case("CONNECT of a path", method(b"CONNECT"), UNKNOWN_METHOD),
    case("CONNECT, then a hidden request", b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n@smuggled", UNKNOWN_METHOD),
    case("TRACE", method(b"TRACE"), UNKNOWN_METHOD),
    case("TRACE with a body", b"TRACE @path HTTP/1.1\r\nHost: a\r\nContent-Length: @size\r\n\r\n@body", UNKNOWN_METHOD),
    case("PROPFIND", method(b"PROPFIND"), UNKNOWN_METHOD),
    case("M-SEARCH", method(b"M-SEARCH"), UNKNOWN_METHOD),
    case("SOURCE", method(b"SOURCE"), UNKNOWN_METHOD),
    case("method that nobody knows", method(b"BREW"), UNKNOWN_METHOD),
    case("method that begins as a known one", method(b"GETX"), UNKNOWN_METHOD),
    case("method of one letter", method(b"G"), UNKNOWN_METHOD),
    case("method of marks", method(b"!#$%&'*+-.^_`|~"), UNKNOWN_METHOD),
    case("method of 4000 letters", method(b"A" * 4000), UNKNOWN_METHOD),
    case("method of 20000 letters", method(b"A" * 20_000), ended(414)),
    case("no method", method(b""), REFUSED),
    case("method with a bracket", method(b"GE(T"), REFUSED),
    case("method with a NUL", method(b"GE\0T"), REFUSED),
    case("method with a byte beyond ASCII", method(b"GET\xe9"), REFUSED),
    case("method and a tab", b"GET\t/healthz HTTP/1.1\r\nHost: a\r\n\r\n", REFUSED),
    case("PRI, the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 9, UNKNOWN_VERSION),
    case("PRI on 1.1", first_line(b"PRI * HTTP/1.1"), UNKNOWN_METHOD),
    case("PUT", method(b"PUT"), answered(405)),
    case("DELETE", method(b"DELETE"), answered(405)),
    case("PATCH with a body", b"PATCH @path HTTP/1.1\r\nHost: a\r\nContent-Length: @size\r\n\r\n@body", answered(405)),
    case("OPTIONS", method(b"OPTIONS"), answered(405)),
    case("OPTIONS of everything", first_line(b"OPTIONS * HTTP/1.1"), answered(404)),
    case("POST where there is only GET", first_line(b"POST /healthz HTTP/1.1"), answered(405)),
    case("GET where there is only POST", first_line(b"GET @one/void HTTP/1.1"), answered(405), services=("payment",)),
]

VERSIONS = [
    case("no version", b"GET /healthz\r\n\r\n", REFUSED),
    case("no version, and headers", first_line(b"GET /healthz"), REFUSED),
    case("no version, but a blank", first_line(b"GET /healthz "), REFUSED),
    case("version 0.9", version(b"HTTP/0.9"), UNKNOWN_VERSION),
    case("version 1.2", version(b"HTTP/1.2"), UNKNOWN_VERSION),
    case("version 1.9", version(b"HTTP/1.9"), UNKNOWN_VERSION),
    case("version 2.0", version(b"HTTP/2.0"), UNKNOWN_VERSION),
    case("version 3.0", version(b"HTTP/3.0"), UNKNOWN_VERSION),
    case("version 9.9", version(b"HTTP/9.9"), UNKNOWN_VERSION),
    case("version 0.0", version(b"HTTP/0.0"), UNKNOWN_VERSION),
    case("version without a minor one", version(b"HTTP/1"), REFUSED),
    case("version that ends with a dot", version(b"HTTP/1."), REFUSED),
    case("version 1.10", version(b"HTTP/1.10"), REFUSED),
    case("version 01.1", version(b"HTTP/01.1"), REFUSED),
    case("version 11.1", version(b"HTTP/11.1"), REFUSED),
    case("version -1.1", version(b"HTTP/-1.1"), REFUSED),
    case("version +1.1", version(b"HTTP/+1.1"), REFUSED),
    case("version with a comma", version(b"HTTP/1,1"), REFUSED),
    case("version with a letter", version(b"HTTP/1.x"), REFUSED),
    case("version in lower case", version(b"http/1.1"), REFUSED),
    case("version with a blank inside", version(b"HTTP/ 1.1"), REFUSED),
    case("version with a blank behind", version(b"HTTP/1.1 "), REFUSED),
    case("version with a blank before", version(b" HTTP/1.1"), REFUSED),
    case("version with a tab before", b"GET /healthz\tHTTP/1.1\r\nHost: a\r\n\r\n", REFUSED),
    case("version and a word", version(b"HTTP/1.1 GET"), REFUSED),
    case("two versions", version(b"HTTP/1.1 HTTP/1.1"), REFUSED),
    case("version of HTTPS", version(b"HTTPS/1.1"), REFUSED),
    case("version of RTSP", version(b"RTSP/1.0"), REFUSED),
    case("version of ICE", version(b"ICE/1.0"), REFUSED),
    case("version with a NUL", version(b"HTTP/1.1\0"), REFUSED),
    case("version 1.0 closes", version(b"HTTP/1.0"), ended(200)),
    case("whole request line twice", b"GET /healthz HTTP/1.1\r\n" + GOOD_GET, REFUSED),
]

CASES = LINE_ENDS + METHODS + VERSIONS
