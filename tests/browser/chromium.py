"""A headless Chromium, driven by its DevTools protocol over a pair of pipes: no port, no package.

    with Browser() as browser:
        page = browser.open("/tmp/report.html", width=1280, height=900)
        page.wait("performance.getEntriesByName('assay-drawn').length > 0")
        page.evaluate("document.title")
        page.screenshot("light.png")
        page.problems      # console errors, exceptions and what the page's policy refused
        page.requests      # what was asked of any machine: other files count as well

Messages are JSON, each ended by a zero byte: https://chromedevtools.github.io/devtools-protocol/
"""

import base64
import fcntl
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import time

NAMES = ("chromium", "chromium-browser", "google-chrome")


def find():
    """The program, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Browser:
    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="assay-chromium-")
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()

        def place_pipes():
            # Out of the way first: either may have the number that the other must get.
            ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in (to_browser, from_browser)]
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        command = [find(), "--headless=new", "--remote-debugging-pipe", f"--user-data-dir={self.folder}/profile",
                   "--no-first-run", "--no-default-browser-check", "--disable-extensions", "--disable-background-networking",
                   "--disable-component-update", "--disable-sync", "--force-color-profile=srgb", "--hide-scrollbars",
                   "--disable-dev-shm-usage", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
        if os.geteuid() == 0:
            command.append("--no-sandbox")  # it refuses to make one as root
        self.log = open(f"{self.folder}/log", "wb")
        self.process = subprocess.Popen(command, preexec_fn=place_pipes, close_fds=False, stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log)
        os.close(to_browser)
        os.close(from_browser)
        self.unread = b""
        self.number = 0
        self.pages = {}
        return self

    def __exit__(self, *_):
        try:
            self.call("Browser.close", timeout=10)
        except (OSError, RuntimeError):
            self.process.kill()
        self.process.wait(20)
        os.close(self.write_end)
        os.close(self.read_end)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, method, params=None, session=None, timeout=60):
        self.number += 1
        number = self.number
        message = {"id": number, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.write_end, data):]
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            answer = self.read(end)
            if answer and answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
        raise RuntimeError(f"{method}: no answer in {timeout} s")

    def read(self, end):
        """The next message, or None at the time `end`; events go to their pages."""
        while b"\0" not in self.unread:
            if not select.select([self.read_end], [], [], max(0, end - time.monotonic()))[0]:
                return None
            part = os.read(self.read_end, 1 << 20)
            if not part:
                raise RuntimeError("Chromium went away: " + pathlib.Path(self.log.name).read_text(errors="replace")[-2000:])
            self.unread += part
        message, _, self.unread = self.unread.partition(b"\0")
        message = json.loads(message)
        if "method" in message and message.get("sessionId") in self.pages:
            self.pages[message["sessionId"]].on_event(message["method"], message["params"])
        return message

    def renderer_seconds(self):
        """Processor time of all pages so far."""
        processes = self.call("SystemInfo.getProcessInfo")["processInfo"]
        return sum(one["cpuTime"] for one in processes if one["type"] == "renderer")

    def open(self, path, width=1280, height=900, dark=False, phone=False):
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        page = self.pages[session] = Page(self, session, target)
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.call(f"{domain}.enable")
        page.call("Emulation.setDeviceMetricsOverride",
                  {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone})
        page.call("Emulation.setEmulatedMedia",
                  {"features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})
        if phone:
            page.call("Emulation.setTouchEmulationEnabled", {"enabled": True})
        page.call("Page.navigate", {"url": pathlib.Path(path).resolve().as_uri()})
        return page


class Page:
    def __init__(self, browser, session, target):
        self.browser, self.session, self.target = browser, session, target
        self.problems, self.requests = [], []

    def call(self, method, params=None, timeout=60):
        return self.browser.call(method, params, self.session, timeout)

    def on_event(self, method, params):
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.problems.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.problems.append(" ".join(str(one.get("value", one.get("description"))) for one in params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.problems.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"][:200])

    def evaluate(self, expression):
        """The value of an expression; a promise is waited for."""
        answer = self.call("Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True})
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails'].get('exception', {}).get('description')}")
        return answer["result"].get("value")

    def wait(self, expression, timeout=60):
        """Until the expression is true; returns its value."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            value = self.evaluate(expression)
            if value:
                return value
            self.browser.read(time.monotonic() + 0.02)
        raise RuntimeError(f"not in {timeout} s: {expression}; {self.problems}")

    def press(self, key, code=None, text=None):
        for kind in ("keyDown", "keyUp"):
            params = {"type": kind, "key": key, "code": code or key}
            if key == "Tab":
                params["windowsVirtualKeyCode"] = 9
            if key in ("Enter", " "):
                params.update(windowsVirtualKeyCode=13 if key == "Enter" else 32, text="\r" if key == "Enter" else " ")
            elif text:
                params["text"] = text
            self.call("Input.dispatchKeyEvent", params)

    def drag(self, start, end):
        """With the left button, in the window's pixels."""
        def mouse(kind, at, **more):
            self.call("Input.dispatchMouseEvent", {"type": kind, "x": at[0], "y": at[1], **more})
        mouse("mouseMoved", start)
        mouse("mousePressed", start, button="left", clickCount=1)
        for share in (0.3, 0.6, 1):
            mouse("mouseMoved", [a + share * (b - a) for a, b in zip(start, end)], button="left", buttons=1)
        mouse("mouseReleased", end, button="left", clickCount=1)

    def click(self, at):
        """With the left button, in the window's pixels; as a person's, it waits for whatever the page is at."""
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", {"type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1})

    def screenshot(self, path, whole=False):
        answer = self.call("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": whole})
        pathlib.Path(path).write_bytes(base64.b64decode(answer["data"]))

    def close(self):
        self.browser.call("Target.closeTarget", {"targetId": self.target})
