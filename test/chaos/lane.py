"""One pair of services that goes through many small failures, one after the other, and is judged once at the end.

Several lanes work at once, each on a thread and databases of its own: most of the time is waiting.
"""

import signal
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor

import requests

from world import Logs, audit, judge_answers
from postgres import clusters
from stack import Stack
from verdict import Request, Verdict, connect
from waiting import wait_until

# Short, so that an order whose payment is gone does not hold up the lane.
ORDER_SETTINGS = {"ORDER_DEADLINE_MS": "2000", "PAYMENT_TIMEOUT_MS": "400"}
# All bounds are far off: how fast the machine is, is not the question.
ANSWER_SECONDS = 30
SERVE_SECONDS = 60
# A lease of 15 s, and a backoff.
SETTLE_SECONDS = 120
PRICES = {"Apple": 100, "Bomb": 9999, "cancel": 100}


class Lane:
    def __init__(self, databases, folder, number):
        self.stack = Stack(databases, folder, number, order_settings=ORDER_SETTINGS)
        self.requests = []
        self.complaints = []
        self.killed_count = 0
        self.ended_count = 0
        # How the services may end besides being killed by the case.
        self.allowed_ends = lambda status: False
        self.case = ""
        self._client = ThreadPoolExecutor(1)

    def target(self, name):
        return getattr(self.stack, name)

    def complain(self, text):
        self.complaints.append(f"{self.case}: {text}")

    def start(self):
        self.stack.start()

    def start_faulty(self, service, binary=None):
        """Starts it, perhaps another program in its place, until it is ready or has ended."""
        original = service.binary
        service.binary = binary or original
        service.start(wait=False)
        service.binary = original
        wait_until(lambda: not service.is_running() or self._is_ready(service), SERVE_SECONDS,
                   f"{self.case}: it is ready, or has ended")

    @staticmethod
    def _is_ready(service):
        try:
            return service.is_ready()
        except (AssertionError, requests.RequestException):
            return False  # it ended, just now

    def revive(self):
        """Restarts what has ended: killed is as wished, anything else is for the case to allow."""
        for service in self.stack.services:
            status = service.process.poll() if service.process is not None else None
            if status is not None:
                service.process = None
                self._note_end(service, status)
            if service.process is None:
                service.start(wait=False)

    def _note_end(self, service, status):
        self.killed_count += status == -signal.SIGKILL
        self.ended_count += status != -signal.SIGKILL
        if status != -signal.SIGKILL and not self.allowed_ends(status):
            self.complain(f"{service.binary.name} ended with {status}:\n{service.log()[-1500:]}")

    def new_request(self, kind):
        self.requests.append(Request(f"{kind} {len(self.requests)} {self.case}", PRICES[kind]))
        return self.requests[-1]

    def post(self, request):
        connection = connect(self.stack.order.port, ANSWER_SECONDS)
        code = request.post(connection)
        connection.close()
        return code

    def cancel(self, request):
        connection = connect(self.stack.order.port, ANSWER_SECONDS)
        code = request.cancel(connection)
        connection.close()
        return code

    def await_service(self):
        """Until an order goes through again; returns it."""
        def serves():
            self.revive()
            request = self.new_request("Apple")
            return request if self.post(request) == 200 else None
        return wait_until(serves, SERVE_SECONDS, f"{self.case}: orders are served again")

    def run_saga(self, kind, earlier):
        """One saga; whoever dies meanwhile is restarted. earlier: a completed order, for a cancel."""
        if kind == "cancel":
            answer = self._client.submit(self.cancel, earlier)
        else:
            answer = self._client.submit(self.post, self.new_request(kind))

        def is_answered():
            self.revive()
            return answer.done()
        wait_until(is_answered, ANSWER_SECONDS + 5, f"{self.case}: an answer, or the end of the connection")
        return answer.result()

    def finish(self):
        """Settles, judges and stops."""
        self.case = "at the end"
        self.await_service()
        try:
            wait_until(lambda: self.stack.pending_count() == 0, SETTLE_SECONDS, "every order is finished")
        except AssertionError as late:
            self.complain(str(late))
        for complaint in audit(self.stack) + judge_answers(self.stack, Verdict(self.stack, self.requests)):
            self.complain(complaint)

    def stop(self):
        self.revive()
        self.stack.stop()


def _complain_of_failure(lane, steps):
    try:
        for step in steps:
            step()
    except AssertionError as failure:
        lane.complain(str(failure))
    except Exception:  # else it would end this thread, and nobody would see it
        lane.complain(traceback.format_exc())


def _run_lane(lane, work):
    _complain_of_failure(lane, (lane.start, lambda: work(lane), lane.finish))
    _complain_of_failure(lane, (lane.stop,))


def run_lanes(works):
    """Each work(lane) on a lane of its own, all at once; returns all complaints."""
    with clusters() as databases, Logs() as logs:
        lanes = []
        threads = []
        for number, work in enumerate(works, 1):
            lanes.append(Lane(databases, logs.folder, number))
            # Not a pool: the services end with the thread that started them.
            threads.append(threading.Thread(target=_run_lane, args=(lanes[-1], work)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        complaints = [complaint for lane in lanes for complaint in lane.complaints]
        logs.is_kept = bool(complaints)
    return complaints


def report(name, complaints, again):
    for complaint in complaints:
        print(f"WRONG: {complaint}")
    print(f"{name}: {len(complaints)} complaint{'' if len(complaints) == 1 else 's'}; again: {again}")
    return 1 if complaints else 0
