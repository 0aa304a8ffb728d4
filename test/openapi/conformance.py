"""Does an answer keep what the document promises? And what of all that it promises was ever seen?"""

# Of the transport, in any answer: the document need not name them.
TRANSPORT_HEADERS = {"connection", "content-length", "content-type", "date", "transfer-encoding"}


def header_pointer(name):
    """A header means the same wherever it comes."""
    return f"header {name.lower()}"


class Conformance:
    """Of one document."""

    def __init__(self, document):
        self.document = document
        # (operation, code), (operation, code, header), (operation, "event", name), (pointer to an enum, value),
        # (pointer to a choice, number)
        self.seen = set()

    def check(self, operation, answer):
        """Raises AssertionError where the answer is not as documented."""
        assert answer.code in operation.responses, f"{operation} does not document this code: {answer}"
        response = operation.responses[answer.code]
        self.seen.add((operation.name, answer.code))
        self._check_headers(operation, response, answer)
        self._check_content(operation, response, answer)

    def _check_headers(self, operation, response, answer):
        documented = {name.lower(): self.document.resolve(header) for name, header in response.get("headers", {}).items()}
        for name, value in answer.headers:
            header = documented.get(name.lower())
            if header is None:
                assert name.lower() in TRANSPORT_HEADERS, f"{operation} does not document the header {name}: {answer}"
                continue
            schema = header["schema"]
            read = int(value) if schema["type"] == "integer" and value.isdigit() else value
            errors = [error.message for error in self.document.validator(schema).iter_errors(read)]
            assert not errors, f"{operation} documents another {name}: {answer}\n" + "\n".join(errors)
            self.seen.add((operation.name, answer.code, name.lower()))
            self._see(schema, header_pointer(name), read)
        for name, header in documented.items():
            assert not header.get("required") or answer.header(name) is not None, f"{operation} lacks {name}: {answer}"

    def _check_content(self, operation, response, answer):
        content, content_type = response.get("content", {}), answer.header("Content-Type")
        if not content:
            assert content_type is None and not answer.body, f"{operation} documents no body: {answer}"
            return
        assert content_type in content, f"{operation} does not document the type {content_type}: {answer}"
        assert int(answer.header("Content-Length") or len(answer.body)) == len(answer.body)
        media = content[content_type]
        body = answer.json() if content_type == "application/json" else answer.body.decode("utf-8")
        self._check_value(media["schema"], f"{operation} {answer.code}", body)
        if "x-events" in media:
            self._check_events(operation, media["x-events"], answer)

    def _check_value(self, schema, pointer, value):
        errors = [error.message for error in self.document.validator(schema).iter_errors(value)]
        assert not errors, f"{pointer} documents another body: {value}\n" + "\n".join(errors)
        self._see(schema, pointer, value)

    def _check_events(self, operation, documented, answer):
        """Each has a name, a value and an id that the stream takes back."""
        (last_event_id,) = [one for one in operation.parameters if one["name"] == "Last-Event-ID"]
        for event in answer.events():
            assert event.name in documented, f"{operation} does not document the event {event.name}"
            self._check_value(documented[event.name], f"{operation} {event.name}", event.data)
            self._check_value(last_event_id["schema"], f"{operation} id", event.id)
            self.seen.add((operation.name, "event", event.name))

    def _see(self, schema, pointer, value):
        """Notes which choices and which values of enumerations were met. The value is valid."""
        if "$ref" in schema:
            self._see(self.document.find(schema["$ref"]), schema["$ref"], value)
        if "enum" in schema:
            self.seen.add((pointer, value))
        for i, choice in enumerate(schema.get("oneOf", [])):
            if self.document.validator(choice).is_valid(value):
                self.seen.add((pointer, i))
                self._see(choice, f"{pointer}/oneOf/{i}", value)
        if isinstance(value, dict):
            for name, field in schema.get("properties", {}).items():
                if name in value:
                    self._see(field, f"{pointer}/properties/{name}", value[name])
        if isinstance(value, list):
            for i, item in enumerate(value):
                ahead = schema.get("prefixItems", [])
                if i < len(ahead):
                    self._see(ahead[i], f"{pointer}/prefixItems/{i}", item)
                elif "items" in schema:
                    self._see(schema["items"], f"{pointer}/items", item)

    def promised(self):
        """Everything that `seen` should hold in the end."""
        found = set()
        for operation in [*self.document.operations, self.document.other]:
            for code, response in operation.responses.items():
                found.add((operation.name, code))
                for name, header in response.get("headers", {}).items():
                    found.add((operation.name, code, name.lower()))
                    self._promise(self.document.resolve(header)["schema"], header_pointer(name), found)
                for media in response.get("content", {}).values():
                    self._promise(media["schema"], f"{operation} {code}", found)
                    for name, schema in media.get("x-events", {}).items():
                        found.add((operation.name, "event", name))
                        self._promise(schema, f"{operation} {name}", found)
        return found

    def _promise(self, schema, pointer, found):
        if "$ref" in schema:
            self._promise(self.document.find(schema["$ref"]), schema["$ref"], found)
        found |= {(pointer, value) for value in schema.get("enum", [])}
        for i, choice in enumerate(schema.get("oneOf", [])):
            found.add((pointer, i))
            self._promise(choice, f"{pointer}/oneOf/{i}", found)
        for name, field in schema.get("properties", {}).items():
            self._promise(field, f"{pointer}/properties/{name}", found)
        for i, item in enumerate(schema.get("prefixItems", [])):
            self._promise(item, f"{pointer}/prefixItems/{i}", found)
        if "items" in schema:
            self._promise(schema["items"], f"{pointer}/items", found)

    def missing(self):
        return sorted(map(str, self.promised() - self.seen))
