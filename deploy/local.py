"""A Florin server on this machine: start, stop, kill, its command line and its API. The demonstration and the tests use it.
Standard library only."""
import base64
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.parse

READY_SECONDS_MAX = 120  # a replay after a crash is part of a start
STOP_SECONDS_MAX = 30
CALL_SECONDS_MAX = 30
LOG_LINES_SHOWN = 15


class FlorinError(Exception):
    """The server or its command line did not do what was asked; the text says what, for a person."""


class Unreachable(Exception):
    """No answer came: the command may have been done or not."""


def free_port(host="127.0.0.1"):
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def clean_environment():
    """Settings of the caller's shell must not reach the server, which would take them for its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("FLORIN_")}


class Server:
    """One `florin serve` on a data folder, or a process of another role. Not for several threads."""

    def __init__(self, program, data, host="127.0.0.1", port=None, log=None, options=(), role="serve"):
        self.program = pathlib.Path(program).resolve()
        self.data = pathlib.Path(data).resolve()
        self.host, self.port = host, port or free_port(host)
        self.log = pathlib.Path(log or self.data.with_name(self.data.name + ".log")).resolve()
        self.options = list(options)
        self.role = role
        self.environment = {}  # variables of the program's own, such as FLORIN_KEK
        self.wrapper = []  # what runs the program at the next start, such as a debugger that becomes it
        self.process = None

    def start(self):
        """Starts the server and returns when it is ready. It outlives this program unless it is stopped."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        command = [*self.wrapper, self.program, self.role, "--data", self.data, "--listen", f"{self.host}:{self.port}", *self.options]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.data,
                                            env=clean_environment() | self.environment, start_new_session=True)
        end = time.monotonic() + READY_SECONDS_MAX
        while not self.ready():
            if self.process.poll() is not None:
                raise FlorinError(f"florin {self.role} ended with {self.process.returncode}. Its log ({self.log}) ends with:\n{self.log_tail()}")
            if time.monotonic() > end:
                self.kill()
                raise FlorinError(f"florin {self.role} was not ready after {READY_SECONDS_MAX} s; see {self.log}")
            time.sleep(0.02)
        return self

    def ready(self):
        try:
            return Api(self.host, self.port).call("GET", "/readyz").status == 200
        except Unreachable:
            return False

    def running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self):
        """Asks it to end (SIGTERM) and waits; returns the exit code."""
        if self.running():
            self.process.terminate()
        try:
            return self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.kill()
            raise FlorinError(f"florin {self.role} did not end within {STOP_SECONDS_MAX} s of SIGTERM; see {self.log}") from None

    def kill(self):
        """SIGKILL: no chance to finish anything."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def close(self):
        """Ends it, however it goes; for clean-up."""
        if self.running():
            self.kill()

    def cli(self, *arguments):
        """Runs `florin ARGUMENTS --data DATA` and returns what it printed."""
        command = [self.program, *map(str, arguments), "--data", self.data]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env=clean_environment() | self.environment,
                              timeout=READY_SECONDS_MAX, check=False)
        if done.returncode != 0:
            raise FlorinError(f"florin {' '.join(map(str, arguments))} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout.strip()

    def log_tail(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:])

    def create_book(self, name):
        """Opens a book and returns its id."""
        return int(self.cli("book", "create", "--name", name).split()[1])

    def create_client(self, book, name, scope, ledgers="*"):
        """Makes an API client and returns {"client_id", "client_secret", "book"}."""
        return json.loads(self.cli("client", "create", "--book", book, "--name", name, "--scope", scope, "--ledgers", ledgers))

    def digest(self):
        """Of the running server's state: {"sequence", "ordinal", "digest"}."""
        return json.loads(self.cli("digest"))

    def replay(self):
        """The stopped server's journal, run again: {"records", "events", "digest", "equal"}."""
        return json.loads(self.cli("replay"))

    def api(self, client=None, scope=None):
        """A connection of its own, with a token where a client is given."""
        api = Api(self.host, self.port)
        if client is not None:
            api.authenticate(client, scope)
        return api


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.body[:500]!r}>"


class Api:
    """One keep-alive connection to the API. Not for several threads."""

    def __init__(self, host, port, token=None):
        self.connection = http.client.HTTPConnection(host, port, timeout=CALL_SECONDS_MAX)
        self.token = token
        self.position = None  # behind what was written

    def authenticate(self, client, scope=None):
        form = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
        basic = base64.b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
        answer = self.call("POST", "/api/v1/oauth/token", urllib.parse.urlencode(form).encode(),
                           {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"})
        if answer.status != 200:
            raise FlorinError(f"no token: {answer}")
        self.token, self.position = answer.json()["access_token"], None

    def call(self, method, path, body=None, headers=None):
        """One call. A dict or list becomes JSON. Raises Unreachable when no answer came."""
        sent = dict(headers or {})
        if self.token and "Authorization" not in sent:
            sent["Authorization"] = f"Bearer {self.token}"
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        try:
            self.connection.request(method, path, body, sent)
            response = self.connection.getresponse()
            if method != "GET":
                self.position = response.headers.get("Florin-Position", self.position)
            return Answer(response.status, response.headers, response.read())
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            raise Unreachable(f"{method} {path}: {error!r}") from error

    def get(self, path, **query):
        """Reads what this connection has written, unless another position is asked for."""
        if self.position and path.startswith("/ledger/") and "?" not in path:
            query.setdefault("min_position", self.position)
        return self.call("GET", "/api/v1" + path + ("?" + urllib.parse.urlencode(query) if query else ""))

    def post(self, path, body, headers=None):
        return self.call("POST", "/api/v1" + path, body, headers)

    def put(self, path, body, headers=None):
        return self.call("PUT", "/api/v1" + path, body, headers)

    def patch(self, path, body, headers=None):
        return self.call("PATCH", "/api/v1" + path, body, headers)

    def close(self):
        self.connection.close()
