"""Where does the body end? Requests that two programs in a row could read in two ways (RFC 9112, sections 6 and 11.2)."""

from cases import CHUNKED, GET, POST, REFUSED, SIZED, TAKEN, answered, case, ended

# A body in chunks that ends at once, and what a server that went by Content-Length would take for the body.
HIDDEN = b"0\r\n\r\n@smuggled"
# What is left of a body whose size nobody has told is no request.
NO_LENGTH = ended(422, 400)


def length(value):
    return POST + b"Content-Length: " + value + b"\r\n\r\n@body"


def coding(value):
    return POST + b"Transfer-Encoding: " + value + b"\r\n\r\n@chunks"


BOTH = [
    case("length, then coding", POST + b"Content-Length: @size\r\nTransfer-Encoding: chunked\r\n\r\n@chunks", REFUSED),
    case("coding, then length", POST + b"Transfer-Encoding: chunked\r\nContent-Length: @size\r\n\r\n@body", REFUSED),
    case("CL.TE with a hidden request", POST + b"Content-Length: 400\r\nTransfer-Encoding: chunked\r\n\r\n" + HIDDEN, REFUSED),
    case("TE.CL with a hidden request",
         POST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\nff\r\n@smuggled\r\n0\r\n\r\n", REFUSED),
    case("CL.TE that says close",
         POST + b"Connection: close\r\nContent-Length: 400\r\nTransfer-Encoding: chunked\r\n\r\n" + HIDDEN, REFUSED),
    case("length 0 and coding", POST + b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n@chunks", REFUSED),
    case("length and coding xchunked", SIZED + b"Transfer-Encoding: xchunked\r\n\r\n@body", REFUSED),
    case("length and an empty coding", SIZED + b"Transfer-Encoding:\r\n\r\n@body", REFUSED),
    case("length and coding identity", SIZED + b"Transfer-Encoding: identity\r\n\r\n@body", REFUSED),
    case("two lengths and a coding", SIZED + SIZED[len(POST):] + b"Transfer-Encoding: chunked\r\n\r\n@chunks", REFUSED),
    case("length and coding of a GET", GET + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + HIDDEN, REFUSED),
    case("length and coding on 1.0",
         b"POST @path/ HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: @size\r\n"
         b"Transfer-Encoding: chunked\r\n\r\n@chunks", REFUSED),
]

LENGTHS = [
    case("two equal lengths", SIZED + b"Content-Length: @size\r\n\r\n@body", REFUSED),
    case("two other lengths", SIZED + b"Content-Length: 0\r\n\r\n@body@smuggled", REFUSED),
    case("two lengths, the right one behind", POST + b"Content-Length: 0\r\nContent-Length: @size\r\n\r\n@body", REFUSED),
    case("two lengths in other case", SIZED + b"content-LENGTH: 0\r\n\r\n@body", REFUSED),
    case("two lengths of a GET", GET + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n", REFUSED),
    case("list of two equal lengths", length(b"@size, @size"), REFUSED),
    case("list of two other lengths", length(b"@size,0"), REFUSED),
    case("list of three lengths", length(b"@size, @size, @size"), REFUSED),
    case("length with a trailing comma", length(b"@size,"), REFUSED),
    case("length 1 0", POST + b"Content-Length: 1 0\r\n\r\n@body", REFUSED),
    case("length with a plus", length(b"+@size"), REFUSED),
    case("length with a minus", length(b"-@size"), REFUSED),
    case("length -0", length(b"-0"), REFUSED),
    case("hexadecimal length", length(b"0x@hex"), REFUSED),
    case("length in letters", length(b"1a"), REFUSED),
    case("length with a fraction", length(b"@size.0"), REFUSED),
    case("length with an exponent", length(b"1e1"), REFUSED),
    case("length with an underscore", length(b"1_0"), REFUSED),
    case("length with a semicolon", length(b"@size;"), REFUSED),
    case("length in quotes", length(b'"@size"'), REFUSED),
    case("length in Arabic digits", length("٥٥".encode()), REFUSED),
    case("length with a no-break space", length(b"\xa0@size"), REFUSED),
    case("length with a vertical tab", length(b"\x0b@size"), REFUSED),
    case("length with a NUL", length(b"@size\0"), REFUSED),
    case("empty length", length(b""), REFUSED),
    case("length of blanks", length(b"   "), REFUSED),
    case("length with leading zeros", length(b"000@size"), TAKEN),
    case("length with blanks around", length(b"  @size  "), TAKEN),
    # RFC 9112 lets a tab stand there; llhttp 8 and 9.2 refuse it behind the number, which harms nobody.
    case("length with a tab behind", length(b"@size\t"), TAKEN, REFUSED),
    case("length that wraps at 64 bits", length(b"@wrap"), ended(413)),
    case("length of 2^63", length(b"9223372036854775808"), ended(413)),
    case("length of forty digits", length(b"9" * 40), ended(413)),
    case("length of a thousand digits", length(b"1" * 1000), ended(413)),
    case("length of 64 KiB and one", length(b"65537"), ended(413)),
    case("blank before the length's colon", POST + b"Content-Length : @size\r\n\r\n@body", REFUSED),
    case("length with an underscore in its name", POST + b"Content_Length: @size\r\n\r\n@body\r\n\r\n", NO_LENGTH),
    case("length in a folded line", POST + b"X: y\r\n Content-Length: @size\r\n\r\n@body", REFUSED),
    case("length behind a fold with a tab", POST + b"X: y\r\n\tz\r\nContent-Length: @size\r\n\r\n@body", REFUSED),
    case("folded length", POST + b"Content-Length:\r\n @size\r\n\r\n@body", REFUSED),
    case("fold before the length", POST + b" X: y\r\nContent-Length: 0\r\n\r\n@smuggled", REFUSED),
    case("length behind a lone CR", POST + b"X: \rContent-Length: @size\r\n\r\n@body", REFUSED),
    case("length behind a lone LF", POST + b"X: y\nContent-Length: @size\r\n\r\n@body", REFUSED),
    case("no length, and a body", POST + b"\r\n@body\r\n\r\n", NO_LENGTH),
    case("length shorter than the body", POST + b"Content-Length: 5\r\n\r\n@body\r\n\r\n", NO_LENGTH),
    case("hidden request in the body of a GET", GET + b"Content-Length: @whole\r\n\r\n@smuggled", answered(200)),
    case("hidden request in the body of a HEAD",
         b"HEAD /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: @whole\r\n\r\n@smuggled", answered(200), heads=(0,)),
    case("hidden request in the body of an OPTIONS",
         b"OPTIONS @path HTTP/1.1\r\nHost: a\r\nContent-Length: @whole\r\n\r\n@smuggled", answered(405)),
    case("hidden request in the body of a 404",
         b"POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: @whole\r\n\r\n@smuggled", answered(404)),
    case("hidden request in the body of a 415",
         b"POST @path HTTP/1.1\r\nHost: a\r\nContent-Length: @whole\r\n\r\n@smuggled", answered(415)),
    case("length that Connection names", SIZED + b"Connection: Content-Length\r\n\r\n@body", TAKEN),
]

CODINGS = [
    case("coding xchunked", coding(b"xchunked"), REFUSED),
    case("coding chunked, gzip", coding(b"chunked, gzip"), REFUSED),
    case("coding gzip, chunked", coding(b"gzip, chunked"), REFUSED),
    case("coding chunked, chunked", coding(b"chunked, chunked"), REFUSED),
    case("coding chunked, identity", coding(b"chunked, identity"), REFUSED),
    case("coding identity, chunked", coding(b"identity, chunked"), REFUSED),
    case("coding identity", coding(b"identity"), REFUSED),
    case("coding gzip", coding(b"gzip"), REFUSED),
    case("unknown coding", coding(b"nonsense"), REFUSED),
    case("empty coding", coding(b""), REFUSED),
    case("coding with a comma before", coding(b",chunked"), REFUSED),
    case("coding with a comma behind", coding(b"chunked,"), REFUSED),
    case("coding with a parameter", coding(b"chunked;q=1"), REFUSED),
    case("coding in quotes", coding(b'"chunked"'), REFUSED),
    case("coding in single quotes", coding(b"'chunked'"), REFUSED),
    case("coding with a vertical tab", coding(b"\x0bchunked"), REFUSED),
    case("coding with a form feed", coding(b"chunked\x0c"), REFUSED),
    case("coding with a NUL", coding(b"chunked\0"), REFUSED),
    case("coding with a no-break space", coding(b"chunked\xa0"), REFUSED),
    case("coding in two headers", POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n@chunks", REFUSED),
    case("coding in two headers, gzip first",
         POST + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n@chunks", REFUSED),
    case("coding in two headers, identity last",
         POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n@chunks", REFUSED),
    case("coding on 1.0", b"POST @path/ HTTP/1.0\r\nHost: a\r\nContent-Type: application/json\r\n"
         b"Transfer-Encoding: chunked\r\n\r\n@chunks", REFUSED),
    case("coding on 1.0 that would stay open",
         b"POST @path/ HTTP/1.0\r\nHost: a\r\nContent-Type: application/json\r\nConnection: keep-alive\r\n"
         b"Transfer-Encoding: chunked\r\n\r\n" + HIDDEN, REFUSED),
    case("blank before the coding's colon", POST + b"Transfer-Encoding : chunked\r\n\r\n@chunks", REFUSED),
    case("tab before the coding's colon", POST + b"Transfer-Encoding\t: chunked\r\n\r\n@chunks", REFUSED),
    case("NUL in the coding's name", POST + b"Transfer\0-Encoding: chunked\r\n\r\n@chunks", REFUSED),
    case("coding with an underscore in its name", POST + b"Transfer_Encoding: chunked\r\n\r\n@chunks", NO_LENGTH),
    case("coding in a folded line", POST + b"X: y\r\n Transfer-Encoding: chunked\r\n\r\n@chunks", REFUSED),
    case("folded coding", POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n@chunks", REFUSED),
    case("coding behind a lone CR", POST + b"X: \rTransfer-Encoding: chunked\r\n\r\n@chunks", REFUSED),
    case("coding behind a lone CR and a byte", POST + b"X: \rxTransfer-Encoding: chunked\r\n\r\n" + HIDDEN, REFUSED),
    case("coding behind a lone LF", POST + b"X: y\nTransfer-Encoding: chunked\r\n\r\n@chunks", REFUSED),
    case("coding behind CR LF CR", POST + b"\rTransfer-Encoding: chunked\r\n\r\n@chunks", REFUSED),
    case("X behind CR LF CR", POST + b"\rX: y\r\n\r\n@smuggled", REFUSED),
    case("X behind CR LF CR behind the head", POST + b"\r\n\rX: y\r\n\r\n@smuggled", NO_LENGTH),
    case("coding in capitals", coding(b"CHUNKED"), TAKEN),
    case("coding with blanks around", coding(b"  chunked  "), TAKEN),
    case("coding with a tab before", coding(b"\tchunked"), TAKEN),
    case("coding with a tab behind", coding(b"chunked\t"), TAKEN),
    case("coding that Connection names", POST + b"Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n\r\n@chunks",
         TAKEN),
    case("TE is another header", SIZED + b"TE: chunked\r\n\r\n@body", TAKEN),
    case("Content-Encoding is another header", SIZED + b"Content-Encoding: chunked\r\n\r\n@body", TAKEN),
    case("hidden request in a chunk of a GET", GET + b"Transfer-Encoding: chunked\r\n\r\n@wholehex\r\n@smuggled\r\n0\r\n\r\n",
         answered(200)),
    case("request behind the last chunk", CHUNKED + b"@chunks" + b"@request", answered(200, 200, written=2)),
]

CASES = BOTH + LENGTHS + CODINGS
