{% load static %}// Keeps the cadre's page for open days without signal. A new version of any file below makes a new worker.
const CACHE = "posyandu-1";
const PAGE = "{% url "posyandu:app" %}";
const LMS = "{% url "posyandu:lms" %}";
const FILES = ["{% static "vendor/htmx.min.js" %}", "{% static "portal/portal.js" %}", "{% static "vendor/bootstrap.min.css" %}", "{% static "portal/portal.css" %}", "{% static "portal/posyandu-rules.js" %}", "{% static "portal/posyandu-store.js" %}", "{% static "portal/posyandu-app.js" %}", "{% static "portal/icon.svg" %}", "{% url "posyandu:manifest" %}", LMS];
const ASKED = () => new Request(PAGE, { credentials: "omit", cache: "reload" }); // as nobody in particular
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([ASKED(), ...FILES])).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("posyandu-") && name !== CACHE).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});
const kept = (request) => caches.match(request, { ignoreVary: true });
const late = (milliseconds) => new Promise((resolve, reject) => setTimeout(() => reject(new Error("late")), milliseconds));
self.addEventListener("fetch", (event) => {
  const request = event.request;
  const path = new URL(request.url).pathname;
  if (request.mode === "navigate" && request.method === "GET") {
    // a weak line must not keep a cadre waiting: after four seconds the phone's own page comes
    const asked = fetch(request).then((answer) => {
      if (path === PAGE && answer.ok) event.waitUntil(caches.open(CACHE).then((cache) => cache.add(ASKED())).catch(() => {}));
      return answer;
    });
    const first = path === PAGE ? Promise.race([asked, late(4000)]) : asked;
    event.respondWith(first.catch(() => kept(PAGE).then((page) => page || Response.error())));
  } else if (FILES.includes(path)) {
    event.respondWith(path === LMS ? kept(request).then((found) => found || fetch(request)) : fetch(request).catch(() => kept(request)));
  }
});
