{% load static %}// Keeps the page for reports without signal. A new version of any file below makes a new worker.
const CACHE = "ntb-care-2";
const PAGE = "{% url "care:offline" %}";
const FILES = ["{% static "vendor/htmx.min.js" %}", "{% static "portal/portal.js" %}", "{% static "vendor/bootstrap.min.css" %}", "{% static "portal/portal.css" %}", "{% static "portal/care-offline.js" %}", "{% static "portal/icon.svg" %}"];
const ASKED = () => new Request(PAGE, { credentials: "omit", cache: "reload" }); // as nobody in particular
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([ASKED(), ...FILES])).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("ntb-care-") && name !== CACHE).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});
self.addEventListener("fetch", (event) => {
  const request = event.request;
  const path = new URL(request.url).pathname;
  if (request.mode === "navigate" && request.method === "GET") {
    event.respondWith(
      fetch(request).then((answer) => {
        if (path === PAGE && answer.ok) event.waitUntil(caches.open(CACHE).then((cache) => cache.add(ASKED())));
        return answer;
      }).catch(() => caches.match(PAGE).then((kept) => kept || Response.error())),
    );
  } else if (FILES.includes(path)) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});
