"""What the gallery is measured against."""

import os
import re
import selectors
import socket
import subprocess
import time

NGINX = """
worker_processes 2; daemon off; master_process on; pid {folder}/nginx.pid; error_log {folder}/nginx.err;
events {{ worker_connections 1024; }}
http {{
  access_log {folder}/nginx.log; sendfile on; tcp_nopush on; keepalive_timeout 75; default_type application/octet-stream;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""


class Nginx:
    def __init__(self, folder, root, port):
        self.folder, self.root, self.port = folder, root, port

    def __enter__(self):
        config = self.folder / "nginx.conf"
        config.write_text("user root;" * (os.geteuid() == 0) + NGINX.format(folder=self.folder, root=self.root, port=self.port))
        self.process = subprocess.Popen(["nginx", "-p", self.folder, "-c", config], stderr=subprocess.DEVNULL)
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return self
            except OSError:
                time.sleep(0.01)
        raise SystemExit("nginx did not start; see " + str(self.folder / "nginx.err"))

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)


def download(port, path, connections):
    """Fetches the whole of `path` over each connection, discarding it in the kernel; returns (seconds, bytes)."""
    selector = selectors.DefaultSelector()
    total = 0
    begun = time.monotonic()
    for _ in range(connections):
        link = socket.create_connection(("127.0.0.1", port))
        link.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += link.recv(1)
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"{path}: {head[:200]!r}")
        left = int(re.search(rb"(?i)content-length: (\d+)", head).group(1))
        total += left
        link.setblocking(False)
        selector.register(link, selectors.EVENT_READ, [left])
    open_links = connections
    trash = bytearray(4 << 20)
    while open_links:
        for key, _ in selector.select():
            try:
                count = key.fileobj.recv_into(trash, len(trash), socket.MSG_TRUNC)
            except BlockingIOError:
                continue
            key.data[0] -= count
            if count == 0 and key.data[0] > 0:
                raise SystemExit(f"{path}: the answer broke off")
            if key.data[0] <= 0:
                selector.unregister(key.fileobj)
                key.fileobj.close()
                open_links -= 1
    return time.monotonic() - begun, total


SCRIPT = """
wrk.method = "{method}"
{headers}
done = function(summary, latency, requests)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("RESULT %f %f %d\\n", summary.requests / (summary.duration / 1e6), latency:percentile(95) / 1000, bad))
end
"""


def rate(folder, url, method, seconds, token=None, connections=16):
    """Requests per second, p95 in milliseconds; measured by wrk with one thread."""
    script = folder / "wrk.lua"
    headers = f'wrk.headers["Authorization"] = "Bearer {token}"' if token else ""
    script.write_text(SCRIPT.format(method=method, headers=headers))
    done = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script, url], capture_output=True, text=True, check=True)
    per_second, p95, bad = re.search(r"RESULT (\S+) (\S+) (\d+)", done.stdout).groups()
    if int(bad):
        raise SystemExit(f"{url}: {bad} requests failed")
    return float(per_second), float(p95)


def timed(*command, cwd=None):
    """(seconds, CPU seconds) of a command."""
    before = os.times()
    begun = time.monotonic()
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return time.monotonic() - begun, cpu
