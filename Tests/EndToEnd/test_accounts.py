"""A person's own account in a browser: signing up, settings, tokens, My Gallery; with a mouse, a keyboard, no scripts."""

import re
import struct
import zlib

import pytest

from browser import assert_accessible, assert_fits

PASSWORD = "a long new password"


def png(width: int, height: int) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    row = b"\0" + (b"\xd0\x20\x20" * (width // 2)) + (b"\x20\x40\xd0" * (width - width // 2))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row * height)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("language, scripts", [("en", True), ("zh", True), ("en", False)])
def test_sign_up_token_sign_out_and_in_again(gallery, visit_as, name, language, scripts):
    user = re.sub("[^a-z0-9]", "", name)[-20:]
    page = visit_as(None, gallery, language=language, scripts=scripts).page
    page.goto("/join")
    page.fill("#name", user)
    page.fill("#password", "short but long enough"[:9])
    page.locator("form.form button.primary").click()
    if not scripts or page.url.endswith("/join"):
        # The browser itself keeps short passwords back.
        page.fill("#password", PASSWORD)
        page.locator("form.form button.primary").click()
    page.wait_for_url("**/my")
    assert_fits(page)
    page.goto("/settings/tokens")
    page.fill("#name", "laptop")
    page.locator("input[name=scope][value=write]").check()
    page.locator("form.panel-body button.primary").click()
    token = page.locator("code.secret").inner_text()
    assert gallery.get("/api/whoami-v2", token=token).json["name"] == user
    page.reload()
    assert page.locator("code.secret").count() == 0 and page.locator("li.row").count() == 1
    if scripts:
        page.once("dialog", lambda dialog: dialog.accept())
    page.locator("li.row button.danger").click()
    page.wait_for_url("**/settings/tokens")
    assert gallery.get("/api/whoami-v2", token=token).status == 401
    if scripts:
        page.locator("summary.avatar-button").click()
    else:
        page.locator("summary.avatar-button").click()
    page.locator("form[action='/logout'] button").click()
    page.goto("/my")
    assert "/login?next=" in page.url
    page.fill("#name", user)
    page.fill("#password", "wrong " + PASSWORD)
    page.locator("form.form button.primary").click()
    assert page.locator("[role=alert]").is_visible() and page.input_value("#name") == user
    page.fill("#password", PASSWORD)
    page.locator("form.form button.primary").click()
    page.wait_for_url("**/my")


def test_sign_up_to_check_in_with_the_keyboard_alone(gallery, visit_as):
    page = visit_as(None, gallery).page
    page.goto("/join")
    press = page.keyboard

    def to(selector: str):
        for _ in range(60):
            if page.evaluate("s => document.activeElement?.matches(s)", selector):
                outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline != "none", f"the focus on {selector} cannot be seen"
                return
            press.press("Tab")
        raise AssertionError(f"{selector} is not reached by the keyboard")

    to("#name")
    press.type("keyboarder")
    to("#password")
    press.type(PASSWORD)
    press.press("Enter")
    page.wait_for_url("**/my")
    to("form[action='/my/check-in'] button")
    press.press("Enter")
    page.wait_for_load_state("networkidle")
    assert page.locator("form[action='/my/check-in'] button").is_disabled()
    to("a[href='/my/growth']")
    press.press("Enter")
    page.wait_for_url("**/my/growth")
    assert page.locator(".growth-points").inner_text() == "+1"
    to("summary.avatar-button")
    press.press("Enter")
    to("form[action='/logout'] button")
    press.press("Enter")
    page.wait_for_url(re.compile(r"/$"))


@pytest.mark.parametrize("scripts", [True, False])
def test_a_picture_is_cut_square(gallery, visit_as, name, scripts):
    user = re.sub("[^a-z0-9]", "", name)[-20:]
    gallery.create_user(user)
    page = visit_as(user, gallery, scripts=scripts).page
    page.goto("/settings/profile")
    page.set_input_files("#picture", {"name": "halves.png", "mimeType": "image/png", "buffer": png(200, 100)})
    if scripts:
        frame = page.locator(".crop-frame")
        frame.focus()
        for _ in range(40):
            page.keyboard.press("Shift+ArrowRight")
        assert_accessible(page)
    page.locator("form[data-picture-crop] button").click()
    page.wait_for_url("**/settings/profile")
    source = page.locator("img.picture").get_attribute("src")
    assert re.fullmatch(r"/avatars/[0-9a-f]{32}-256\.webp", source)
    answer = gallery.get(source)
    assert answer.headers["content-type"] == "image/webp" and "immutable" in answer.headers["cache-control"]
    look = visit_as(user, gallery).page
    look.goto("/settings/profile")
    red, _, blue = look.evaluate("""async () => {
      const image = document.querySelector("img.picture"), canvas = document.createElement("canvas");
      await image.decode();
      canvas.width = canvas.height = 256;
      canvas.getContext("2d").drawImage(image, 0, 0);
      return [...canvas.getContext("2d").getImageData(16, 128, 1, 1).data].slice(0, 3);
    }""")
    # By the keyboard the square was moved to the right, without it the middle was taken.
    assert (blue > red) == scripts
    assert gallery.get(f"/avatars/{user}.svg").status == 302


def test_hostile_names_and_texts_stay_texts(gallery, visit_as, name):
    user = re.sub("[^a-z0-9]", "", name)[-20:]
    gallery.create_user(user)
    page = visit_as(user, gallery).page
    page.goto("/settings/profile")
    page.fill("#nickname", "<img src=x onerror=alert(1)>")
    page.fill("#bio", "</textarea><script>alert(1)</script>{{csrf}}[[my.title]]")
    page.locator("form[action='/settings/profile'] button.primary").click()
    page.wait_for_url("**/settings/profile")
    assert page.input_value("#nickname") == "<img src=x onerror=alert(1)>"
    assert page.input_value("#bio") == "</textarea><script>alert(1)</script>{{csrf}}[[my.title]]"
