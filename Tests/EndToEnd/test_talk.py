"""Comments, notifications and mails: with a real mail server, and a browser's requests."""

from __future__ import annotations

import email
import email.policy
import http.cookiejar
import re
import socket
import ssl
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request

import aiosmtpd.controller
import aiosmtpd.smtp
import pytest

from gallery import Gallery, eventually

PASSWORD = "correct horse battery"


class Inbox:
    """What a mail server took, and what it is told to refuse."""

    def __init__(self):
        self.messages = []
        self.recipients = []
        self.busy = 0
        self.refused = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.busy > 0:
            self.busy -= 1
            return "451 4.3.0 try again later"
        self.recipients.append((envelope.mail_from, envelope.rcpt_tos))
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


class OpenController(aiosmtpd.controller.Controller):
    """Greets by name, so that nothing is looked up."""

    def factory(self):
        return aiosmtpd.smtp.SMTP(self.handler, hostname="mail.test", **self.SMTP_kwargs)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True)
    return folder


def serve(inbox, certificate, security="none", credentials=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    options = {}
    if security == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    if security == "tls":
        options |= {"ssl_context": context}
    if credentials:
        def check(server, session, envelope, mechanism, data):
            is_right = (data.login, data.password) == tuple(text.encode() for text in credentials)
            return aiosmtpd.smtp.AuthResult(success=is_right)

        options |= {"authenticator": check, "auth_required": True, "auth_require_tls": security == "starttls"}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = OpenController(inbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    return controller


def settings(controller, certificate, security="none", **more):
    return {
        "GALLERY_MAIL_HOST": "localhost", "GALLERY_MAIL_PORT": str(controller.port),
        "GALLERY_MAIL_SECURITY": security, "GALLERY_MAIL_FROM": "gallery@example.org",
        "GALLERY_MAIL_FROM_NAME": "AI Gallery 模型库", "GALLERY_MAIL_AUTHORITIES": str(certificate / "cert.pem"),
        "GALLERY_MAIL_GATHER_SECONDS": "0", "GALLERY_MAIL_PAUSE_MINUTES": "0", "GALLERY_MAIL_TIMEOUT_SECONDS": "5",
    } | more


class People:
    def __init__(self, gallery: Gallery):
        self.gallery = gallery
        for name, role in [("ada", "user"), ("bob", "user"), ("rex", "reviewer"), ("root1", "admin")]:
            gallery.create_user(name, role)
        self.tokens = {name: gallery.create_token(name, "admin") for name in ["ada", "bob", "rex", "root1"]}
        gallery.post("/api/repos/create", self.tokens["ada"], {"name": "m", "type": "model"})

    def say(self, text: str, by: str = "bob", reply_to: str | None = None):
        body = {"text": text} | ({"replyTo": reply_to} if reply_to else {})
        answer = self.gallery.post("/api/v1/assets/model/ada/m/comments", self.tokens[by], body)
        assert answer.status == 201, answer.body
        return answer.json


class Browser:
    """Signs in and sends forms as a browser does."""

    def __init__(self, gallery: Gallery, name: str | None = None, language: str = "en"):
        self.url = gallery.url
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.opener.addheaders = [("Accept", "text/html"), ("Accept-Language", language)]
        if name:
            body = b'{"name": "%s", "password": "%s"}' % (name.encode(), PASSWORD.encode())
            request = urllib.request.Request(
                self.url + "/api/v1/session", data=body, headers={"Content-Type": "application/json"}, method="POST")
            self.opener.open(request).close()

    def get(self, path: str) -> str:
        with self.opener.open(self.url + path) as answer:
            return answer.read().decode()

    def send(self, page: str, action: str, **fields) -> tuple[int, str]:
        """Sends a form that stands on `page`."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page))
        assert token, page
        data = urllib.parse.urlencode({"csrf_token": token[1], **fields}).encode()
        try:
            with self.opener.open(self.url + action, data=data) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()


def part(message, kind: str) -> str:
    return message.get_body((kind,)).get_content()


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_notification_arrives_by_mail_and_one_click_ends_such_mails(tmp_path, certificate, security):
    inbox = Inbox()
    credentials = ("gallery", "s3cret") if security == "starttls" else None
    controller = serve(inbox, certificate, security, credentials)
    more = {"GALLERY_MAIL_USER": "gallery", "GALLERY_MAIL_PASSWORD": "s3cret"} if credentials else {}
    try:
        with Gallery(tmp_path / "data", settings=settings(controller, certificate, security, **more)) as gallery:
            people = People(gallery)
            people.say("看起来不错 <b>nice</b> 👍 5 < 6 & 7")
            eventually(lambda: len(inbox.messages) == 1)
            message = inbox.messages[0]
            assert inbox.recipients[0] == ("gallery@example.org", ["ada@example.org"])
            assert message["From"] == '"AI Gallery 模型库" <gallery@example.org>' or "AI Gallery 模型库" in message["From"]
            assert "bob commented on ada/m" in message["Subject"] and "bob 评论了 ada/m" in message["Subject"]
            assert message.get_content_type() == "multipart/alternative"
            # As plain words: without marks, and without any that a mail program would take for its own.
            assert "看起来不错 nice 👍 5 < 6 & 7" in part(message, "plain")
            assert "nice 👍 5 &lt; 6 &amp; 7" in part(message, "html")
            assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

            # As a mail program does it: one request, nobody signed in.
            address = message["List-Unsubscribe"].strip("<>")
            asked = gallery.get(address, headers={"Accept": "text/html"})
            assert asked.status == 200 and b"Stop e-mails of this kind" in asked.body
            done = gallery.ask("POST", address, body=b"List-Unsubscribe=One-Click",
                               headers={"Content-Type": "application/x-www-form-urlencoded"})
            assert done.status == 200
            assert gallery.get(address + "x").status == 404
            people.say("another one")
            people.say("and one for @ada")
            eventually(lambda: len(inbox.messages) == 2)
            assert "mentioned you" in inbox.messages[1]["Subject"]
            assert "another one" not in part(inbox.messages[1], "plain")
            chosen = gallery.get("/api/v1/settings/notifications", people.tokens["ada"]).json
            assert [choice["kind"] for choice in chosen["choices"] if choice["onPage"] and not choice["byMail"]] == [
                "comment", "comment-liked"]
    finally:
        controller.stop()


def test_mails_are_tried_again_and_what_is_refused_is_shown_to_operators(tmp_path, certificate):
    inbox = Inbox()
    inbox.refused = {"bob@example.org"}
    controller = serve(inbox, certificate)
    try:
        with Gallery(tmp_path / "data", settings=settings(controller, certificate)) as gallery:
            people = People(gallery)
            first = people.say("hello")
            eventually(lambda: len(inbox.messages) == 1)
            people.say("thanks", by="ada", reply_to=first["id"])

            def failed():
                return gallery.get("/api/v1/outbox?state=failed", people.tokens["root1"]).json["items"]

            mail = eventually(failed)[0]
            assert "550" in mail["error"] and mail["recipient"] == "bob@example.org"
            assert gallery.get("/api/v1/outbox", people.tokens["ada"]).status == 403
            inbox.refused = set()
            assert gallery.ask("PUT", f"/api/v1/outbox/{mail['id']}/repeat", people.tokens["root1"]).status == 204
            eventually(lambda: len(inbox.messages) == 2)
            assert "replied to you" in inbox.messages[1]["Subject"]

            # A server that is away or busy is tried again later.
            inbox.busy = 1
            people.say("busy?")
            waiting = eventually(lambda: [
                mail for mail in gallery.get("/api/v1/outbox?state=waiting", people.tokens["root1"]).json["items"]
                if mail["attempts"] == 1 and mail["error"]])
            assert "451" in waiting[0]["error"]
    finally:
        controller.stop()


def test_without_a_mail_server_mails_stay_in_the_outbox(tmp_path):
    quick = {"GALLERY_MAIL_GATHER_SECONDS": "0", "GALLERY_MAIL_PAUSE_MINUTES": "0"}
    with Gallery(tmp_path / "data", settings=quick) as gallery:
        people = People(gallery)
        people.say("hello")
        kept = eventually(lambda: gallery.get("/api/v1/outbox?state=kept", people.tokens["root1"]).json["items"])
        text = gallery.get(f"/api/v1/outbox/{kept[0]['id']}", people.tokens["root1"]).json["text"]
        assert "bob commented on ada/m" in text and "/unsubscribe/" in text
        page = Browser(gallery, "root1").get("/console/outbox")
        assert "ada@example.org" in page and "mail.host" in page


def test_a_conversation_in_the_browser(tmp_path):
    with Gallery(tmp_path / "data") as gallery:
        People(gallery)
        bob, ada, rex = Browser(gallery, "bob"), Browser(gallery, "ada", "zh"), Browser(gallery, "rex")
        place = "/ada/m/comments"
        status, page = bob.send(place, place, text="Works <b onclick=alert(1)>well</b><script>alert(2)</script>, @ada")
        assert status == 200 and "Works <b>well</b>, <a class=\"mention\" href=\"/ada\">@ada</a>" in page
        comment = re.search(r'id="comment-([^"]+)"', page)[1]
        status, page = bob.send(place, place, text=" ")
        assert status == 422 and "1 to 3000" in page

        page = ada.get("/notifications")
        assert "bob 在 ada/m 提到了您" in page and 'aria-label="通知，1 条未读"' in page
        link = re.search(r'class="news-link" href="([^"]+)"', page)[1]
        assert f'id="comment-{comment}"' in ada.get(link)
        assert 'aria-label="通知"' in ada.get("/notifications")

        status, page = ada.send(place, place, text="谢谢", reply_to=comment)
        assert status == 200 and "谢谢" in page
        status, page = ada.send(place, f"/comments/{comment}/like", back=place)
        assert status == 200 and 'aria-pressed="true"' in page
        status, page = ada.send(place, f"/comments/{comment}/report", back=place, reason="test")
        assert status == 200 and "感谢反馈" in page
        assert "test" in rex.get("/review/comments")
        status, page = rex.send("/review/comments", f"/comments/{comment}/hide", back="/review/comments", reason="rude")
        assert status == 200 and "Nobody&#39;s report" in page
        assert "Hidden by a moderator: rude" in bob.get(place)
        assert "Works" not in Browser(gallery).get(place)
        status, _ = bob.send(place, f"/comments/{comment}/hide", back=place, reason="x")
        assert status == 403


def test_an_open_page_hears_of_a_new_comment(tmp_path):
    with Gallery(tmp_path / "data") as gallery:
        people = People(gallery)
        ada = Browser(gallery, "ada")
        lines: list[str] = []

        def listen():
            with ada.opener.open(gallery.url + "/notifications/live", timeout=30) as stream:
                assert stream.headers["Content-Type"].startswith("text/event-stream")
                for line in stream:
                    lines.append(line.decode())
                    if "commented" in lines[-1]:
                        return

        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        eventually(lambda: any('"unread":0' in line for line in lines))
        people.say("hello")
        listener.join(20)
        assert '"unread":1' in lines[-1] and "bob commented on ada/m" in lines[-1]
        assert gallery.get("/notifications/live").status == 401
        assert gallery.stop() == 0, "open streams do not hold a stop up"


def test_who_may_not_see_an_asset_learns_nothing_of_its_comments(tmp_path):
    with Gallery(tmp_path / "data") as gallery:
        people = People(gallery)
        comment = people.say("hello")["id"]
        gallery.ask("PUT", "/api/models/ada/m/settings", people.tokens["ada"], {"private": True})
        for path in ["/api/v1/assets/model/ada/m/comments", f"/api/v1/comments/{comment}"]:
            assert gallery.get(path, people.tokens["bob"]).status == 404, path
            assert gallery.get(path, people.tokens["ada"]).status == 200, path
        told = gallery.get("/api/v1/notifications", people.tokens["ada"]).json["items"]
        assert told[0]["asset"] == "ada/m" and told[0]["path"].startswith("/ada/m/comments?thread=")
