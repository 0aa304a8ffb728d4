"""The framing of chunked bodies (RFC 9112, section 7)."""

from cases import CHUNKED, END, REFUSED, SILENT, TAKEN, answered, case, ended

LAST = b"0\r\n\r\n"


def sized(size_line):
    """A @body as a chunk behind that line, which must end it."""
    return CHUNKED + size_line + b"@body\r\n" + LAST


SIZES = [
    case("one chunk", CHUNKED + b"@chunks", TAKEN),
    case("chunk size in capitals", sized(b"@HEX\r\n"), TAKEN),
    case("chunk size with leading zeros", sized(b"00000@hex\r\n"), TAKEN),
    case("chunk size with 200 leading zeros", sized(b"0" * 200 + b"@hex\r\n"), TAKEN),
    case("last chunk of several zeros", CHUNKED + b"@hex\r\n@body\r\n000\r\n\r\n", TAKEN),
    case("chunk size 0x", sized(b"0x@hex\r\n"), REFUSED),
    case("chunk size with a plus", sized(b"+@hex\r\n"), REFUSED),
    case("chunk size with a minus", sized(b"-@hex\r\n"), REFUSED),
    case("chunk size with an underscore", sized(b"1_0\r\n"), REFUSED),
    case("chunk size with a blank before", sized(b" @hex\r\n"), REFUSED),
    # A blank may stand only before an extension (section 7.1.1).
    case("chunk size with a blank behind", sized(b"@hex \r\n"), REFUSED),
    case("chunk size with a tab behind", sized(b"@hex\t\r\n"), REFUSED),
    case("chunk size with a NUL", sized(b"@hex\0\r\n"), REFUSED),
    case("chunk size of a word", sized(b"size\r\n"), REFUSED),
    case("empty chunk size", sized(b"\r\n"), REFUSED),
    case("chunk size of more than 64 bits", sized(b"1000000000000000000@hex\r\n"), ended(413)),
    case("chunk size that wraps at 64 bits", sized(b"@wraphex\r\n"), ended(413)),
    case("chunk size of 2^64-1", sized(b"ffffffffffffffff\r\n"), ended(413)),
    case("chunk size of 2^63", sized(b"8000000000000000\r\n"), ended(413)),
    case("chunk shorter than its size", [CHUNKED + b"ff\r\n@body\r\n" + LAST, END], SILENT),
    case("chunk longer than its size", CHUNKED + b"5\r\n@body\r\n" + LAST, REFUSED),
]

EXTENSIONS = [
    case("chunk extension", sized(b"@hex;a=b\r\n"), TAKEN),
    case("chunk extension without a value", sized(b"@hex;a\r\n"), TAKEN),
    case("chunk extension in quotes", sized(b'@hex;a="b c"\r\n'), TAKEN),
    case("several chunk extensions", sized(b"@hex;a=b;c=d\r\n"), TAKEN),
    case("several chunk extensions in quotes", sized(b'@hex;a="b";c="d"\r\n'), TAKEN),
    case("chunk extension of the last chunk", CHUNKED + b"@hex\r\n@body\r\n0;a=b\r\n\r\n", TAKEN),
    case("chunk extension without a name", sized(b"@hex;\r\n"), TAKEN),
    case("chunk extension that hides a size", sized(b"@hex;\n5\r\n"), REFUSED),
    case("chunk extension with a lone LF", sized(b"@hex;a\n0\r\n"), REFUSED),
    case("chunk extension with a lone CR", sized(b"@hex;a\rb\r\n"), REFUSED),
    case("chunk extension with an LF in quotes", sized(b'@hex;a="\n"\r\n'), REFUSED),
    case("chunk extension with a NUL", sized(b"@hex;a\0\r\n"), REFUSED),
    case("chunk extension with a control byte", sized(b"@hex;a=\x01\r\n"), REFUSED),
    case("chunk extension with a DEL", sized(b"@hex;a=\x7f\r\n"), REFUSED),
    case("chunk extension of 16 KiB", sized(b"@hex;" + b"a" * 16384 + b"\r\n"), REFUSED),
    case("chunk extension of 1 MB", sized(b"@hex;" + b"a" * 1_000_000 + b"\r\n"), REFUSED),
    case("chunk extension without an end", CHUNKED + b"5;" + b"a" * 20000, REFUSED),
]

LINES = [
    case("LF behind the chunk size", sized(b"@hex\n"), REFUSED),
    case("CR behind the chunk size", sized(b"@hex\r"), REFUSED),
    case("CR CR LF behind the chunk size", sized(b"@hex\r\r\n"), REFUSED),
    case("LF behind the chunk", CHUNKED + b"@hex\r\n@body\n" + LAST, REFUSED),
    case("CR behind the chunk", CHUNKED + b"@hex\r\n@body\r" + LAST, REFUSED),
    case("nothing behind the chunk", CHUNKED + b"@hex\r\n@body" + LAST, REFUSED),
    case("XX behind the chunk", CHUNKED + b"@hex\r\n@bodyXX" + LAST, REFUSED),
    case("LF behind the last chunk", CHUNKED + b"@hex\r\n@body\r\n0\n\r\n", REFUSED),
    case("LF at the end of the body", CHUNKED + b"@hex\r\n@body\r\n0\r\n\n", REFUSED),
    case("CR X at the end of the body", CHUNKED + b"@hex\r\n@body\r\n0\r\n\rX", REFUSED),
    case("no empty line behind the last chunk", CHUNKED + b"@hex\r\n@body\r\n0\r\n@smuggled", REFUSED),
    case("body that ends behind the last chunk", [CHUNKED + b"@hex\r\n@body\r\n0\r\n", END], SILENT),
    case("body that ends before the last chunk", [CHUNKED + b"@hex\r\n@body\r\n", END], SILENT),
]

TRAILERS = [
    case("trailer", CHUNKED + b"@hex\r\n@body\r\n0\r\nX: y\r\n\r\n", REFUSED),
    case("trailer with a length", CHUNKED + b"@hex\r\n@body\r\n0\r\nContent-Length: 5\r\n\r\n", REFUSED),
    case("trailer with a coding", CHUNKED + b"@hex\r\n@body\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n", REFUSED),
    case("trailer with a host", CHUNKED + b"@hex\r\n@body\r\n0\r\nHost: b\r\n\r\n", REFUSED),
    case("trailer with a key", CHUNKED + b"@hex\r\n@body\r\n0\r\nIdempotency-Key: k\r\n\r\n", REFUSED),
    case("trailer without a name", CHUNKED + b"@hex\r\n@body\r\n0\r\n: y\r\n\r\n", REFUSED),
    case("trailer of 1 MB", CHUNKED + b"@hex\r\n@body\r\n0\r\nX: " + b"y" * 1_000_000 + b"\r\n\r\n", REFUSED),
]

SUMS = [
    case("chunks of one byte each", CHUNKED + b"@pieces", TAKEN),
    case("chunks of 64 KiB and one in all", CHUNKED + (b"1000\r\n" + b" " * 4096 + b"\r\n") * 16 + b"1\r\n \r\n" + LAST,
         ended(413)),
    case("one chunk of 64 KiB and one", CHUNKED + b"10001\r\n" + b" " * 65537 + b"\r\n" + LAST, ended(413)),
    case("chunks of 64 KiB in all", CHUNKED + b"ff00\r\n" + b" " * 0xff00 + b"\r\n@chunks", TAKEN),
    case("more framing than 16 KiB", CHUNKED + b"1\r\n \r\n" * 4000 + LAST, REFUSED),
    case("chunks without an end", CHUNKED + b"1\r\n \r\n" * 100_000, REFUSED),
    case("no chunk but the last", CHUNKED + LAST, answered(422)),
]

CASES = SIZES + EXTENSIONS + LINES + TRAILERS + SUMS
