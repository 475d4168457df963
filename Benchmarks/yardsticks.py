"""What the gallery is measured against."""

import os
import pathlib
import re
import selectors
import shutil
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


def build_generator(folder):
    """Compiles rate.c, the load generator."""
    generator = folder / "rate"
    source = pathlib.Path(__file__).with_name("rate.c")
    compiler = next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), None)
    if not compiler:
        raise SystemExit("the benchmarks need a C compiler: cc, gcc or clang")
    subprocess.run([compiler, "-O2", "-o", generator, source], check=True)
    return generator


def rate(generator, port, method, path, seconds, token=None, connections=16):
    """Requests per second, p95 in milliseconds."""
    headers = [f"Authorization: Bearer {token}"] if token else []
    done = subprocess.run(
        [generator, str(port), str(connections), str(seconds), method, path, *headers], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{method} {path}: {done.stderr}")
    per_second, p95, bad = done.stdout.split()
    if int(bad):
        raise SystemExit(f"{method} {path}: {bad} requests failed: {done.stderr}")
    return float(per_second), float(p95)


def timed(*command, cwd=None):
    """(seconds, CPU seconds) of a command."""
    before = os.times()
    begun = time.monotonic()
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return time.monotonic() - begun, cpu
