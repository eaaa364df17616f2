"""A passkey and an authenticator app, set up and used in a real browser (a virtual authenticator stands for the device)."""

import base64
import hashlib
import hmac
import re
import struct
import time

from playwright.sync_api import expect


def reauthenticate(page, password: str) -> None:
    if "reauthenticate" in page.url:
        page.fill("[name=password]", password)
        page.get_by_role("button", name="Konfirmasi").click()
        page.wait_for_load_state()


def totp(secret: str) -> str:
    """RFC 6238, written here so that it does not come from the code under test."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def test_a_passkey_is_added_and_signs_in(visit, portal) -> None:
    page = visit("/accounts/2fa/webauthn/add/", who="pembina")
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    reauthenticate(page, portal.password)
    page.fill("[name=name]", "Ponsel saya")
    passwordless = page.locator("[name=passwordless]")
    if passwordless.count():
        passwordless.check()
    page.locator("main form button").first.click()
    page.wait_for_url(lambda url: "/webauthn/add/" not in url)
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_text("Ponsel saya")).to_be_visible()
    page.goto("/me/")
    page.get_by_role("button", name="Keluar").click()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Masuk dengan passkey").click()
    page.wait_for_url("**/me/")
    expect(page.get_by_role("heading", name="Halo, Agus Salim")).to_be_visible()


def test_an_authenticator_app_is_asked_for_its_code(visit, portal) -> None:
    page = visit("/accounts/2fa/totp/activate/", who="csofitra", phone=True)
    reauthenticate(page, portal.password)
    secret = page.locator("#authenticator_secret, input[readonly], input[disabled]").first.input_value()
    page.fill("[name=code]", totp(secret))
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile("recovery-codes|/2fa/$"))
    page.goto("/me/")
    page.get_by_role("button", name="Keluar").click()
    page.goto("/accounts/login/")
    page.fill("[name=login]", "csofitra@demo.ntb.test")
    page.fill("[name=password]", portal.password)
    page.click("main form button:has-text('Masuk') >> nth=0")
    page.wait_for_url("**/2fa/authenticate/**")
    page.wait_for_timeout(max(0, (30 - time.time() % 30) * 1000) + 200)  # a code is taken once: wait for the next
    page.locator("[name=code]").first.fill(totp(secret))
    page.locator("main form button").first.click()
    page.wait_for_url("**/me/")
