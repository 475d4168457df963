"""One running gallery per test worker, and the people who use it."""

from __future__ import annotations

import atexit
import dataclasses
import itertools
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

# The clients read their address and cache when they are imported, so these stand before everything else.
from gallery import ROOT, Gallery, free_port

HOME = pathlib.Path(tempfile.mkdtemp(prefix="gallery-e2e-"))
PORT = free_port()
os.environ.update(
    HF_ENDPOINT=f"http://localhost:{PORT}",
    HF_HOME=str(HOME / "hf"),
    HF_HUB_DISABLE_PROGRESS_BARS="1",
    HF_HUB_DISABLE_UPDATE_CHECK="1",
    HF_HUB_DISABLE_TELEMETRY="1",
    DISABLE_SAFETENSORS_CONVERSION="1",
    TOKENIZERS_PARALLELISM="false",
    NO_COLOR="1",
)
os.environ.pop("HF_TOKEN", None)
atexit.register(shutil.rmtree, HOME, ignore_errors=True)

import pytest  # noqa: E402
from huggingface_hub import HfApi  # noqa: E402

from browser import Visit, chromium  # noqa: E402
from pages import furnish  # noqa: E402

SAMPLES = ROOT / ".samples"
# Webhooks may reach the receiver of the tests, which is at home.
SETTINGS = {"GALLERY_WEBHOOKS_ALLOWS_PRIVATE_ADDRESSES": "true"}


@dataclasses.dataclass
class Person:
    """Somebody with a token, and the client that uses it."""

    name: str
    token: str
    gallery: Gallery

    @property
    def api(self) -> HfApi:
        return HfApi(endpoint=self.gallery.url, token=self.token)


@pytest.fixture(scope="session")
def gallery():
    """The server that the clients of this worker find under HF_ENDPOINT."""
    server = Gallery(HOME / "data", PORT, SETTINGS).start()
    # Until there is an administrator, people are led to the set-up.
    server.create_user("root", "admin")
    yield server
    assert server.stop() == 0, server.tail()


def person(gallery: Gallery, name: str, role: str = "user") -> Person:
    gallery.create_user(name, role)
    return Person(name, gallery.create_token(name), gallery)


@pytest.fixture(scope="session")
def alice(gallery) -> Person:
    """Who owns what the tests make."""
    return person(gallery, "alice")


@pytest.fixture(scope="session")
def bob(gallery) -> Person:
    """A stranger to alice."""
    return person(gallery, "bob")


@pytest.fixture(scope="session")
def carol(gallery) -> Person:
    """The owner of the organisation acme."""
    return person(gallery, "carol")


@pytest.fixture
def newcomer(gallery) -> Person:
    """Somebody who has accepted no agreement yet, whatever other tests did."""
    return person(gallery, f"newcomer{next(NUMBERS)}")


@pytest.fixture(scope="session")
def acme(gallery, carol) -> str:
    gallery.run("admin", "create-organization", "acme", "--owner", "carol")
    return "acme"


@pytest.fixture(scope="session")
def root(gallery) -> Person:
    """The administrator."""
    return Person("root", gallery.create_token("root"), gallery)


@pytest.fixture
def visitor(gallery) -> HfApi:
    """A client that is not signed in."""
    return HfApi(endpoint=gallery.url, token=False)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory):
    """A gallery of its own, so that nobody else changes what the pages show."""
    with Gallery(tmp_path_factory.mktemp("pages") / "data") as gallery:
        furnish(gallery)
        yield gallery


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all pages of this worker."""
    with chromium() as program:
        yield program


@pytest.fixture
def visit_as(request, browser):
    """Opens a browser for somebody by name, or for a visitor; afterwards nothing may have gone wrong in any."""
    visits = []

    def visit(user: str | None = None, gallery: Gallery | None = None, **options) -> Visit:
        visits.append(Visit(browser, (gallery or request.getfixturevalue("gallery")).url, user, **options))
        return visits[-1]

    yield visit
    for opened in visits:
        opened.close()


@pytest.fixture
def page_as(visit_as):
    """As visit_as, but the page alone: `page_as("alice").goto("/models")`."""
    return lambda user=None, **options: visit_as(user, **options).page


NUMBERS = itertools.count(1)


@pytest.fixture
def name(request) -> str:
    """A repository name that no other test uses."""
    words = re.sub(r"[^a-z0-9]+", "-", request.node.name.removeprefix("test_").lower()).strip("-")
    return f"{words[:40].strip('-')}-{next(NUMBERS)}"


@pytest.fixture
def model(alice, name) -> str:
    """An empty public model of alice."""
    return alice.api.create_repo(f"alice/{name}").repo_id


@pytest.fixture
def dataset(alice, name) -> str:
    """An empty public dataset of alice."""
    return alice.api.create_repo(f"alice/{name}", repo_type="dataset").repo_id


@pytest.fixture
def hf(gallery, tmp_path):
    """Runs the hf command with a home of its own, signed in by environment unless told otherwise."""

    def run(*arguments: str, token: str | None = None, fails: bool = False, **rest) -> str:
        environment = os.environ | {"HF_HOME": str(tmp_path / "hf-home"), "HF_ENDPOINT": gallery.url, "COLUMNS": "200"}
        if token:
            environment["HF_TOKEN"] = token
        done = subprocess.run(
            [ROOT / ".venv/bin/hf", *arguments], env=environment, capture_output=True, text=True, timeout=120, **rest)
        assert (done.returncode != 0) == fails, f"hf {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    return run
