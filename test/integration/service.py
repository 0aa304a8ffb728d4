"""One of the two real binaries: started, watched, signalled, and looked at when it ends."""

import json
import os
import re
import signal
import socket
import subprocess

import requests

import waiting

# Sanitized builds on a busy machine are several times slower; nothing here measures speed.
REQUEST_SECONDS = 30
START_SECONDS = 20
STOP_SECONDS = 10
SANITIZER_REPORT = re.compile(r"Sanitizer|runtime error:|Assertion .* failed")


class Service:
    def __init__(self, binary, port, folder, environment):
        self.binary = binary
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.log_path = folder / f"{binary.name}-{port}.log"
        self.environment = {"LISTEN": f"127.0.0.1:{port}", "LOG_LEVEL": "info", "LOG_FORMAT": "text", **environment}
        self.wrapper = []  # a command that becomes the service
        self.process = None
        self.http = requests.Session()
        self.http.trust_env = False

    def start(self, wait=True):
        assert self.process is None
        kept = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS")
                if name in os.environ}
        with open(self.log_path, "ab") as log:
            # It ends with the test run, even a killed one.
            command = ["setpriv", "--pdeathsig=KILL", "--", *self.wrapper, str(self.binary)]
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env={**kept, **self.environment})
        if wait:
            waiting.wait_until(self.is_ready, START_SECONDS, f"{self.binary.name} is ready")

    def is_ready(self):
        status = self.process.poll()
        if status is not None:
            raise AssertionError(f"{self.binary.name} ended with {status}:\n{self.log()}")
        try:
            return self.get("/readyz").status_code == 200
        except requests.ConnectionError:
            return False

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, body=None, **options):
        """body: bytes as they are, or anything else as JSON."""
        if not isinstance(body, (bytes, type(None))):
            body = json.dumps(body).encode()
        headers = options.pop("headers", {})
        if body is not None and "Content-Type" not in headers:
            headers = {"Content-Type": "application/json", **headers}
        return self.request("POST", path, data=body, headers=headers, **options)

    def request(self, method, path, **options):
        options.setdefault("timeout", REQUEST_SECONDS)
        options.setdefault("headers", {}).setdefault("Connection", "close")
        return self.http.request(method, self.url + path, **options)

    def accepts(self):
        """Whether a new connection can be made."""
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        except ConnectionRefusedError:
            return False
        return True

    def stop(self):
        """As a service manager does it; whatever it had in hand must be finished, and it must end well."""
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired as late:
            process.kill()
            process.wait()
            raise AssertionError(f"{self.binary.name} did not end in {STOP_SECONDS} s:\n{self.log()}") from late
        assert status == 0, f"{self.binary.name} ended with {status}:\n{self.log()}"

    def stop_if_started(self):
        """For the end of a test; a service that ended by itself is a failure."""
        if self.process is None:
            return
        status = self.process.poll()
        if status is not None:
            self.process = None
            raise AssertionError(f"{self.binary.name} had ended by itself with {status}:\n{self.log()}")
        self.go_on()
        self.stop()

    def kill(self):
        """As a crash."""
        process, self.process = self.process, None
        process.kill()
        process.wait()

    def hang(self):
        self.process.send_signal(signal.SIGSTOP)
        stat = f"/proc/{self.process.pid}/stat"

        def is_stopped():
            with open(stat, encoding="utf-8") as file:
                return file.read().rsplit(")", 1)[1].split()[0] == "T"
        waiting.wait_until(is_stopped, 5, f"{self.binary.name} is stopped")

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def log_lines(self, order_id):
        """The text log's messages about one order, without time, level and service."""
        lines = [line for line in self.log().splitlines() if re.search(rf" order_id={order_id}\b", line)]
        return [re.sub(r" order_id=.*", "", line).split(": ", 1)[1] for line in lines]

    def wait_for_line(self, order_id, message):
        """An answer leaves before the log of its turn does."""
        waiting.wait_until(lambda: message in self.log_lines(order_id), 10, f"the log of order {order_id} has: {message}")

    def assert_clean_log(self):
        report = SANITIZER_REPORT.search(self.log())
        assert report is None, f"{self.binary.name}:\n{self.log()[report.start():][:4000]}"
