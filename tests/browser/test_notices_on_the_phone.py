"""The service worker shows what the push service brings, and opens its page. The push service itself cannot be reached from
here: Chromium's own developer tools deliver the message to the worker instead."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_a_message_becomes_a_notice(visit: Callable[..., Page], portal) -> None:
    page = visit("/me/", who="petugas.pupr", phone=True, permissions=["notifications"])
    expect(page.get_by_role("button", name="Tampilkan di sini")).to_be_visible()
    tools = page.context.new_cdp_session(page)
    found: list[dict[str, str]] = []
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    tools.send("ServiceWorker.enable")
    page.evaluate("navigator.serviceWorker.register('/push-worker.js', {scope: '/'}).then(() => navigator.serviceWorker.ready)")
    for _turn in range(50):
        if known := [one["registrationId"] for one in found if one["scopeURL"] == f"{portal.address}/"]:
            break
        page.wait_for_timeout(100)
    registration = known[0]
    message = {"title": "DARURAT 2345-6789", "text": "Ada laporan.", "path": "/care/desk/", "tag": "case:1"}
    tools.send("ServiceWorker.deliverPushMessage", {"origin": portal.address, "registrationId": registration, "data": json.dumps(message)})
    shown = page.evaluate(
        """async () => {
          const worker = await navigator.serviceWorker.ready;
          for (let turn = 0; turn < 50; turn++) {
            const all = await worker.getNotifications();
            if (all.length) return {title: all[0].title, body: all[0].body, path: all[0].data.path};
            await new Promise((done) => setTimeout(done, 100));
          }
          return null;
        }"""
    )
    assert shown == {"title": "DARURAT 2345-6789", "body": "Ada laporan.", "path": "/care/desk/"}
