"""Bodies: JSON that is none, or that readers disagree about (RFC 8259), and sizes."""

from cases import CHUNKED, POST, TAKEN, Post, answered, case, ended

FAULT = answered(422)
LEVEL_COUNT_MAX = 32  # the body's own object is one
BODY_SIZE_MAX = 64 * 1024


def body(name, text, *outcomes, **options):
    return case(name, Post(text), *(outcomes or (FAULT,)), **options)


def number(name, text, *outcomes):
    """As the price or amount."""
    return body(f"number {name}", b'{@others,"@number":' + text + b"}", *outcomes)


def text(name, quoted, *outcomes):
    """As the name of the item; of a payment in a field that is ignored."""
    return body(f"text {name}", b'{"@text":"@mark' + quoted + b'",@rest}', *outcomes)


def padded(size, count=1):
    """Good JSON of so many bytes around a body."""
    return b" " * (size - count) + b"@body"


def with_levels(level_count):
    """A good body with an unknown field, so many levels deep in all."""
    inner_count = level_count - 1
    return b'{@others,"@number":1,"x":' + b"[" * inner_count + b"]" * inner_count + b"}"


OBJECTS = [
    body("no body", b""),
    body("blanks", b" \r\n\t"),
    body("array", b"[]"),
    body("body in an array", b"[@body]"),
    body("number alone", b"5"),
    body("text alone", b'"Apple"'),
    body("null", b"null"),
    body("true", b"true"),
    body("NaN alone", b"NaN"),
    body("empty object", b"{}"),
    body("object that is cut", b'{"@text":"A"'),
    body("two objects", b"@body@body"),
    body("body and a word", b"@body x"),
    body("body and a bracket", b"@body}"),
    body("body and a NUL", b"@body\0"),
    body("body and a comma", b"@body,"),
    body("body and blanks", b" \r\n\t@body \r\n\t", TAKEN),
    body("form feed before the body", b"\x0c@body"),
    body("no-break space before the body", b"\xc2\xa0@body"),
    body("byte order mark", b"\xef\xbb\xbf@body"),
    body("UTF-16", '{"x":1}'.encode("utf-16")),
    body("UTF-32", '{"x":1}'.encode("utf-32-le")),
    body("comment", b"/* x */@body"),
    body("comment to the end of the line", b"@body// x"),
    body("comma behind the last field", b'{@others,"@number":1,}'),
    body("comma before the first field", b'{,@others,"@number":1}'),
    body("two commas", b'{@others,,"@number":1}'),
    body("no comma", b'{@others "@number":1}'),
    body("no colon", b'{@others,"@number" 1}'),
    body("key without quotes", b'{@others,@number:1}'),
    body("key in single quotes", b"{@others,'@number':1}"),
    body("number as a key", b'{@others,"@number":1,1:2}'),
    body("key twice", b'{@others,"@number":1,"@number":2}'),
    body("key twice, the same value", b'{@others,"@number":1,"@number":1}'),
    body("key twice, once with an escape", b'{@others,"price":1,"pric\\u0065":2,"amount":1,"amoun\\u0074":2}'),
    body("unknown key twice", b'{@others,"@number":1,"x":1,"x":2}'),
    body("key twice in an inner object", b'{@others,"@number":1,"x":{"y":1,"y":2}}'),
    body("key in other case", b'{@others,"@number":1,"PRICE":-1,"AMOUNT":-1}', TAKEN),
    body("field with an empty name", b'{@others,"@number":1,"":1}', TAKEN),
    body("unknown key", b'{@others,"@number":1,"status":"PAID","id":7}', TAKEN),
    body("key of a prototype", b'{@others,"@number":1,"__proto__":{"price":0},"constructor":1}', TAKEN),
    body("NUL in a key", b'{@others,"@number":1,"x\\u0000":1}'),
    body("key with a NUL behind its name", b'{@others,"@number\\u0000":1}'),
]

LEVELS = [
    body("as many levels as are taken", with_levels(LEVEL_COUNT_MAX), TAKEN),
    body("one level too many", with_levels(LEVEL_COUNT_MAX + 1)),
    body("30000 levels", b"[" * 30_000),
    body("30000 objects in each other", b'{"":' * 12_000),
    body("30000 levels in a field", b'{@others,"@number":' + b"[" * 30_000),
    body("closing brackets only", b"]" * 30_000),
    body("20000 empty arrays", b'{@others,"@number":1,"x":[' + b"[]," * 20_000 + b"[]]}", TAKEN),
    body("brackets in a text", b'{@others,"@number":1,"x":"' + b"[" * 100 + b'"}', TAKEN),
    body("5000 fields", b'{@others,"@number":1' + b"".join(b',"x%d":%d' % (n, n) for n in range(5000)) + b"}", TAKEN),
]

NUMBERS = [
    number("zero", b"0", TAKEN),
    number("-0", b"-0", TAKEN),
    number("-1", b"-1"),
    number("2^31-1", b"2147483647", TAKEN),
    number("2^31", b"2147483648"),
    number("2^32 and 100", b"4294967396"),
    number("2^63", b"9223372036854775808"),
    number("-2^63", b"-9223372036854775808"),
    number("2^64 and 100", b"18446744073709551716"),
    number("of 1000 digits", b"1" * 1000),
    number("of 60000 digits", b"1" * 60_000),
    number("with half", b"1.5"),
    number("with a fraction of 0", b"100.0"),
    number("with an exponent", b"1e2"),
    number("with an exponent of 0", b"1E0"),
    number("with a great exponent", b"1e308"),
    number("with a greater exponent", b"1e309"),
    number("with an endless exponent", b"1e" + b"9" * 1000),
    number("with an exponent of -400", b"1e-400"),
    number("with a leading zero", b"01"),
    number("with a sign of plus", b"+1"),
    number("with a point first", b".5"),
    number("with a point last", b"5."),
    number("with an empty exponent", b"1e"),
    number("of a minus", b"-"),
    number("of two minus", b"--1"),
    number("hexadecimal", b"0x10"),
    number("with an underscore", b"1_0"),
    number("with a comma", b"1,0"),
    number("with a blank inside", b"1 0"),
    number("NaN", b"NaN"),
    number("Infinity", b"Infinity"),
    number("-Infinity", b"-Infinity"),
    number("in quotes", b'"100"'),
    number("in full width", "１００".encode()),
    number("true", b"true"),
    number("null", b"null"),
    number("array", b"[100]"),
    number("object", b'{"price":100}'),
    number("nothing", b""),
    body("number as the text", b'{"item_name":5,"order_id":"5",@rest}'),
    body("huge number in an unknown field", b'{@others,"@number":1,"x":' + b"9" * 400 + b"}", TAKEN),
    body("fraction in an unknown field", b'{@others,"@number":1,"x":-1.5e-3}', TAKEN),
]

TEXTS = [
    text("with escapes", rb"\"\\\/\b\f\n\r\t", TAKEN),
    text("with SQL", b"'; DROP TABLE orders; --", TAKEN),
    text("with SQL in a comment", b"\\\\'/*' OR 1=1 --*/", TAKEN),
    text("with dollars", b"$1 $$ ${x} %s %n {}", TAKEN),
    text("with markup", b"<script>alert(1)</script>", TAKEN),
    text("with a line end of HTTP", rb"\r\nX: y\r\n\r\n", TAKEN),
    text("beyond the basic plane", "🍎".encode(), TAKEN),
    text("with a pair of surrogates", rb"\ud83c\udf4e", TAKEN),
    text("with a noncharacter", rb"\uffff", TAKEN),
    text("with a DEL", b"\x7f", TAKEN),
    text("with an override of direction", "\u202e".encode(), TAKEN),
    text("with a NUL", b"\0"),
    text("with an escaped NUL", rb"\u0000"),
    text("with an escaped NUL in the middle", rb"a\u0000b"),
    text("with a control byte", b"\x01"),
    text("with a line end", b"\n"),
    text("with a tab", b"\t"),
    text("with a high surrogate", rb"\ud83c"),
    text("with a low surrogate", rb"\udf4e"),
    text("with surrogates in the wrong order", rb"\udf4e\ud83c"),
    text("with two high surrogates", rb"\ud83c\ud83c"),
    text("with a surrogate and a letter", rb"\ud83cx"),
    text("with a surrogate in UTF-8", b"\xed\xa0\x80"),
    text("with byte FF", b"\xff"),
    text("with byte C0", b"\xc0\x80"),
    text("with an overlong slash", b"\xc0\xaf"),
    text("with an overlong slash of three bytes", b"\xe0\x80\xaf"),
    text("with a cut letter", b"\xe2\x82"),
    text("with a lone continuation", b"\x80"),
    text("beyond Unicode", b"\xf4\x90\x80\x80"),
    text("in Latin-1", b"\xe4"),
    text("with an unknown escape", rb"\x41"),
    text("with a cut escape", rb"\u00"),
    text("with an escape of no digits", rb"\u00zz"),
    text("with an escape of single quotes", rb"\'"),
    body("text without an end", b'{"@text":"A'),
    body("text that ends in an escape", b'{"@text":"A\\'),
    body("text in single quotes", b"{'@text':'A',@rest}"),
    body("text of 255 characters", '{"@text":"@mark'.encode() + "ä".encode() * 245 + b'",@rest}', TAKEN),
    body("text of 256 characters", '{"@text":"@mark'.encode() + "ä".encode() * 246 + b'",@rest}', services=("order",)),
    body("text of 60000 bytes", b'{"@text":"@mark' + b"x" * 60_000 + b'",@rest}', services=("order",)),
    body("empty text", b'{"@text":"",@rest}', services=("order",)),
]

SIZES = [
    body("body of 60000 bytes", padded(60_000), TAKEN),
    case("body of 64 KiB", POST + b"Content-Length: 65536\r\n\r\n" + b" " * BODY_SIZE_MAX, FAULT),
    case("body of 64 KiB and one byte", POST + b"Content-Length: 65537\r\n\r\n" + b" " * (BODY_SIZE_MAX + 1), ended(413)),
    body("text of 1 MB", b'{"@text":"' + b"x" * 1_000_000 + b'",@rest}', ended(413)),
    case("text of 1 MB in chunks", CHUNKED + b'f4240\r\n{"@text":"' + b"x" * 1_000_000, ended(413)),
    case("text of 1 MB, announced only", POST + b"Content-Length: 1000000\r\n\r\n", ended(413)),
]

CASES = OBJECTS + LEVELS + NUMBERS + TEXTS + SIZES
