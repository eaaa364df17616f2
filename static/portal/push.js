// Notices on this device: asks the browser for an address, and hands it to the portal.
(function () {
  "use strict";
  var box = document.querySelector("[data-push]");
  if (!box || !("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return;
  var on = box.querySelector("[data-push-on]"), off = box.querySelector("[data-push-off]"), status = box.querySelector("[role=status]");
  var token = box.querySelector("[name=csrfmiddlewaretoken]").value;

  function bytes(text) {
    var raw = atob(text.replace(/-/g, "+").replace(/_/g, "/") + "===".slice((text.length + 3) % 4));
    return Uint8Array.from(raw, function (letter) { return letter.charCodeAt(0); });
  }
  function tell(content) {
    return fetch(box.dataset.push, { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify(content) })
      .then(function (answer) { if (!answer.ok) throw new Error(String(answer.status)); });
  }
  function registration() { return navigator.serviceWorker.register(box.dataset.worker, { scope: "/" }).then(function () { return navigator.serviceWorker.ready; }); }
  function show(subscribed) { on.hidden = subscribed; off.hidden = !subscribed; box.hidden = false; }

  navigator.serviceWorker.getRegistration("/").then(function (known) { return known ? known.pushManager.getSubscription() : null; })
    .then(function (subscription) { show(Boolean(subscription) && "here" in box.dataset && Notification.permission === "granted"); }).catch(function () { show(false); });
  on.addEventListener("click", function () {
    status.textContent = box.dataset.wait;
    Notification.requestPermission().then(function (answer) {
      if (answer !== "granted") throw new Error("denied");
      return registration();
    }).then(function (worker) {
      return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(box.dataset.key) });
    }).then(function (subscription) {
      var system = (navigator.userAgent.match(/Android|iPhone|iPad|Windows|Macintosh|Linux/) || [""])[0];
      return tell({ subscription: subscription.toJSON(), label: system });
    }).then(function () { status.textContent = box.dataset.done; show(true); })
      .catch(function (error) { status.textContent = error.message === "denied" ? box.dataset.denied : box.dataset.failed; });
  });
  off.addEventListener("click", function () {
    navigator.serviceWorker.ready.then(function (worker) { return worker.pushManager.getSubscription(); }).then(function (subscription) {
      if (!subscription) return null;
      return tell({ drop: subscription.endpoint }).then(function () { return subscription.unsubscribe(); });
    }).then(function () { status.textContent = ""; show(false); }).catch(function () { status.textContent = box.dataset.failed; });
  });
})();
