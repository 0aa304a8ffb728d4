"""As process 1, as in a container: signals without a handler don't reach it, and it is given the children of others."""

import os
import pathlib
import signal
import subprocess

import pytest

from stack import APPLE
from test_instances import START_SECONDS, children_of
from waiting import wait_until

# With a /proc of its own: LeakSanitizer looks there for the threads of the process.
NAMESPACES = ["--pid", "--mount-proc", *([] if os.getuid() == 0 else ["--user", "--map-root-user"])]
UNSHARE = ["unshare", *NAMESPACES, "--fork", "--kill-child", "--"]


@pytest.fixture(autouse=True, scope="module")
def a_namespace():
    done = subprocess.run([*UNSHARE, "sh", "-c", "echo $$"], capture_output=True, text=True, check=False)
    if done.stdout != "1\n":
        pytest.skip(f"no process 1 here: {done.stderr}")


class FirstProcess:
    """The stack's order service, started anew in a namespace of its own. `pid`: as seen from here."""

    def __init__(self, stack, instances):
        self.service = stack.order
        self.service.stop()
        environment = {**self.service.environment, "INSTANCES": str(instances), "PATH": os.environ["PATH"]}
        with open(self.service.log_path, "ab") as log:
            self.service.process = subprocess.Popen([*UNSHARE, str(self.service.binary)], env=environment, stderr=log)
        (self.pid,) = wait_until(lambda: children_of(self.service.process.pid), START_SECONDS, "it runs")
        wait_until(self.service.is_ready, START_SECONDS, "it is ready")

    def stop(self):
        process, self.service.process = self.service.process, None
        os.kill(self.pid, signal.SIGTERM)
        return process.wait(START_SECONDS)


@pytest.mark.parametrize("instances", [1, 2])
def test_a_stop_finishes_the_work(make_stack, instances):
    stack = make_stack()
    first = FirstProcess(stack, instances)
    assert pathlib.Path(f"/proc/{first.pid}/status").read_text().split("NSpid:")[1].split("\n")[0].split()[1] == "1"
    assert stack.post_order(APPLE, headers={"Prefer": "respond-async"}).status_code == 202
    assert first.stop() == 0
    assert stack.pending_count() == 0
    stack.order.start()


def test_a_crashed_instance_is_started_again(make_stack):
    stack = make_stack()
    first = FirstProcess(stack, 2)
    before = children_of(first.pid)
    os.kill(min(before), signal.SIGKILL)
    wait_until(lambda: len(children_of(first.pid) - before) == 1, START_SECONDS, "another instance runs")
    wait_until(lambda: min(before) not in children_of(first.pid), START_SECONDS, "the old one is gone")
    assert first.stop() == 0, "the new one may be told so before it listens to signals"
    stack.order.start()


@pytest.mark.parametrize("instances", [1, 2])
def test_children_of_others_leave_nothing_behind(make_stack, instances):
    stack = make_stack()
    first = FirstProcess(stack, instances)
    before = children_of(first.pid)
    namespaces = [] if os.getuid() == 0 else ["--user", "--preserve-credentials"]
    keeper = subprocess.Popen(["nsenter", f"--target={first.pid}", "--pid", *namespaces, "sh", "-c", "exec 3<&0; cat <&3 & exit"],
                              stdin=subprocess.PIPE)
    assert keeper.wait(START_SECONDS) == 0
    wait_until(lambda: len(children_of(first.pid) - before) == 1, START_SECONDS, "it was given the other's child")
    keeper.stdin.close()
    wait_until(lambda: children_of(first.pid) == before, START_SECONDS, "nothing is left of it")
    assert first.stop() == 0
    stack.order.start()
