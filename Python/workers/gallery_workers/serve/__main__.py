"""One replica of a service, from the weights to the last answer.

Beside what every spec has: `listen` is {"socket": PATH} or {"port": N} (on the loopback address) and without it the
launcher's own socket, `name` what the API calls the model, `engine` one of auto, transformers, llama.cpp.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..conduct import conduct
from ..hub import Hub
from ..link import Link
from ..reasons import BAD_PARAMETERS, TIME_LIMIT, RunEnded, StopRequested
from ..spec import Run, Spec, adapter_base
from . import gguf

ENGINES = ("auto", "transformers", "llama.cpp")
# The launcher's socket for a run that serves.
DOOR = "GALLERY_RUN_DOOR"
# What the kernel takes, less the zero at the end.
LONGEST_SOCKET = 107


@dataclass(frozen=True)
class Listen:
    """Where the service answers: a unix socket, or a port of the loopback address."""

    socket: str | None
    port: int

    @classmethod
    def parse(cls, value: object) -> Listen:
        fields: Mapping[str, Any] = value if isinstance(value, dict) else {}
        path, port = fields.get("socket"), fields.get("port")
        if value is None:
            path = os.environ.get(DOOR)
        if isinstance(path, str) and path.startswith("/") and path.endswith(".sock") and "\0" not in path:
            return cls(_short(path), 0)
        if isinstance(port, int) and not isinstance(port, bool) and 0 < port < 65_536:
            return cls(None, port)
        raise RunEnded(BAD_PARAMETERS, "listen names neither a path that ends in .sock nor a port.")


def _short(path: str) -> str:
    """A path that the kernel takes: a longer one is named from its own folder, which becomes the process's."""
    if len(os.fsencode(path)) <= LONGEST_SOCKET:
        return path
    folder, name = os.path.split(path)
    if len(os.fsencode(name)) > LONGEST_SOCKET:
        raise RunEnded(BAD_PARAMETERS, "The name of the socket is too long.")
    os.chdir(folder)
    return name


def work(run: Run, link: Link) -> None:
    """Serves until it is told to stop."""
    listen = Listen.parse(run.spec.extra.get("listen"))
    engine = run.spec.extra.get("engine") or "auto"
    if engine not in ENGINES:
        raise RunEnded(BAD_PARAMETERS, f"engine is none of {', '.join(ENGINES)}.")
    name = str(run.spec.extra.get("name") or run.spec.base.repo)[:200]
    hub = Hub(run)
    link.log(f"Fetching {run.spec.base.repo}\n")
    folder = hub.model(run.spec.base)
    base = adapter_base(folder)
    if base is not None:
        link.log(f"Fetching {base.repo}, which the adapter belongs to\n")
    weights = Weights(folder if base is None else hub.model(base), None if base is None else folder)
    close: Callable[[], None] | None = None
    if engine != "transformers":
        try:
            close = _llama(weights, name, listen, run, link)
        except gguf.NotConverted as error:
            if engine == "llama.cpp":
                raise RunEnded(BAD_PARAMETERS, f"llama.cpp cannot serve this model: {error}.") from None
            link.log(f"Serving by transformers, since {error}.\n")
    if close is None:
        close = _transformers(weights, name, listen, run.spec)
    link.state = "serving"
    link.log("Ready.\n")
    stopped = link.stop_requested.wait(run.spec.limits.seconds)
    close()
    if not stopped:
        raise RunEnded(TIME_LIMIT, "The service ran as long as was asked for.")
    raise StopRequested("The service was stopped.")


@dataclass(frozen=True)
class Weights:
    """Weights, and the adapter that goes onto them."""

    model: Path
    adapter: Path | None


def _llama(weights: Weights, name: str, listen: Listen, run: Run, link: Link) -> Callable[[], None]:
    model = gguf.gguf_of(weights.model, run.folder, weights.adapter, run.checkpoints / "gguf")
    link.log(f"Starting llama.cpp with {model.name}\n")
    try:
        server = [gguf.start(model, name, listen.socket or "127.0.0.1", listen.port, run.spec.limits.cores, context=2048, at_once=8)]
    except ImportError:
        raise gguf.NotConverted("llama.cpp is not installed") from None
    except (RuntimeError, ValueError) as error:
        raise gguf.NotConverted(f"llama.cpp does not load it ({str(error)[:300]})") from None
    return server.clear


def _transformers(weights: Weights, name: str, listen: Listen, spec: Spec) -> Callable[[], None]:
    from ..models import load_model, load_tokenizer, use_threads
    from .engine import Engine
    from .merge import merged
    from .server import Server

    use_threads(spec.limits.cores)
    model = load_model(weights.model) if weights.adapter is None else merged(weights.model, weights.adapter)
    tokenizer = load_tokenizer(weights.adapter or weights.model)
    server = Server(Engine(model, tokenizer), name, listen.socket or ("127.0.0.1", listen.port))
    threading.Thread(target=server.serve, daemon=True).start()
    return server.close


if __name__ == "__main__":
    sys.exit(conduct(work))
