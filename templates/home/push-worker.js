// Shows notices of the portal and opens their page when they are pressed.
self.addEventListener("install", function () { self.skipWaiting(); });
self.addEventListener("activate", function (event) { event.waitUntil(self.clients.claim()); });
self.addEventListener("push", function (event) {
  var told = {};
  try { told = event.data.json(); } catch (error) { told = { title: "Portal NTB", text: "" }; }
  event.waitUntil(self.registration.showNotification(told.title, {
    body: told.text, tag: told.tag, icon: "{% static "portal/icon.svg" %}", lang: "id", data: { path: told.path || "/me/" }
  }));
});
self.addEventListener("notificationclick", function (event) {
  event.notification.close();
  var address = new URL(event.notification.data.path, self.location.origin).href;
  event.waitUntil(self.clients.matchAll({ type: "window" }).then(function (windows) {
    var open = windows.filter(function (one) { return one.url === address; })[0];
    return open ? open.focus() : self.clients.openWindow(address);
  }));
});
