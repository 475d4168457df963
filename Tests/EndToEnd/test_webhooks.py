"""Webhooks reach a real receiver, signed with the secret, and again after it failed."""

import http.server
import json
import threading

import pytest
from huggingface_hub.errors import HfHubHTTPError

from gallery import Gallery, eventually


class Receiver(http.server.ThreadingHTTPServer):
    """Keeps what it is sent; refuses as often as it is told to."""

    def __init__(self):
        self.received: list[tuple[dict[str, str], dict]] = []
        self.refusals = 0
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/hook"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            self.server.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            refuse = self.server.refusals > 0
            self.server.refusals -= refuse
            self.send_response(500 if refuse else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    def heard(self, scope: str, action: str | None = None):
        return [body for _, body in self.received
                if body["event"]["scope"].startswith(scope) and action in (None, body["event"]["action"])]


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver
        receiver.shutdown()


def test_what_happens_is_told(alice, bob, model, receiver):
    hook = alice.api.create_webhook(
        url=receiver.url, watched=[{"type": "model", "name": model}], domains=["repo", "discussion"], secret="a-secret-of-mine")
    sha = alice.api.upload_file(path_or_fileobj=b"x", path_in_repo="a.txt", repo_id=model).oid
    content = eventually(lambda: receiver.heard("repo.content", "update"))[0]
    assert (content["repo"]["type"], content["repo"]["name"], content["repo"]["headSha"]) == ("model", model, sha)
    headers = receiver.received[0][0]
    assert headers["x-webhook-secret"] == "a-secret-of-mine" and headers["content-type"].startswith("application/json")
    bob.api.create_discussion(model, title="Hello", description="There")
    told = eventually(lambda: receiver.heard("discussion", "create"))[0]
    assert (told["discussion"]["title"], told["discussion"]["num"]) == ("Hello", 1)
    alice.api.disable_webhook(hook.id)
    before = len(receiver.received)
    alice.api.upload_file(path_or_fileobj=b"y", path_in_repo="a.txt", repo_id=model)
    alice.api.enable_webhook(hook.id)
    alice.api.upload_file(path_or_fileobj=b"z", path_in_repo="a.txt", repo_id=model)
    eventually(lambda: len(receiver.received) > before)
    assert len(receiver.heard("repo.content", "update")) == 2
    alice.api.delete_webhook(hook.id)


def test_a_receiver_that_failed_hears_it_again(alice, model, receiver):
    receiver.refusals = 1
    hook = alice.api.create_webhook(url=receiver.url, watched=[{"type": "user", "name": "alice"}], domains=["repo"])
    alice.api.upload_file(path_or_fileobj=b"x", path_in_repo="a.txt", repo_id=model)
    eventually(lambda: len([body for body in receiver.heard("repo.content", "update") if body["repo"]["name"] == model]) == 2, within=40)
    alice.api.delete_webhook(hook.id)


def test_a_stranger_hears_nothing_of_what_is_private(alice, bob, name, receiver):
    hidden = alice.api.create_repo(f"alice/{name}", private=True).repo_id
    hook = bob.api.create_webhook(url=receiver.url, watched=[{"type": "user", "name": "alice"}], domains=["repo"])
    alice.api.upload_file(path_or_fileobj=b"x", path_in_repo="a.txt", repo_id=hidden)
    public = alice.api.create_repo(f"alice/{name}-public").repo_id
    alice.api.upload_file(path_or_fileobj=b"x", path_in_repo="a.txt", repo_id=public)
    eventually(lambda: any(body["repo"]["name"] == public for body in receiver.heard("repo.content")))
    assert not any(body["repo"]["name"] == hidden for _, body in receiver.received)
    bob.api.delete_webhook(hook.id)


def test_kept_changed_and_deleted(alice, bob, model):
    hook = alice.api.create_webhook(url="https://example.org/hook", watched=[{"type": "model", "name": model}], domains=["repo"])
    assert hook.id in [one.id for one in alice.api.list_webhooks()]
    changed = alice.api.update_webhook(hook.id, url="https://example.org/other", domains=["discussion"])
    assert (changed.url, changed.domains, changed.disabled) == ("https://example.org/other", ["discussion"], False)
    assert alice.api.disable_webhook(hook.id).disabled and not alice.api.enable_webhook(hook.id).disabled
    with pytest.raises(HfHubHTTPError):
        bob.api.get_webhook(hook.id)
    alice.api.delete_webhook(hook.id)
    with pytest.raises(HfHubHTTPError) as refusal:
        alice.api.get_webhook(hook.id)
    assert refusal.value.response.status_code == 404


def test_private_addresses_are_not_called_unless_allowed(tmp_path, receiver):
    with Gallery(tmp_path / "data") as gallery:
        gallery.create_user("alice")
        token = gallery.create_token("alice")
        hook = {"url": receiver.url, "watched": [{"type": "user", "name": "alice"}], "domains": ["repo"]}
        answer = gallery.post("/api/settings/webhooks", token, hook)
        if answer.status == 200:
            gallery.post("/api/repos/create", token, {"name": "m", "organization": None, "type": "model"})
            identifier = answer.json["webhook"]["id"]
            eventually(lambda: b"rivate" in gallery.get(f"/api/settings/webhooks/{identifier}", token).body or "rivate" in gallery.tail())
        else:
            assert 400 <= answer.status < 500 and answer.json["error"]
        assert not receiver.received
