// Small helps where scripts run; every page works without them.
(function () {
  "use strict";
  if (window.htmx) {
    htmx.config.includeIndicatorStyles = false; // the page's style policy allows no style element
    htmx.config.allowEval = false;
    htmx.config.historyCacheSize = 0;
    htmx.config.defaultSettleDelay = 0; // what was put in answers at once, also to a quick hand
  }
  // The tab one is on is in view, where there are more than the screen is wide.
  window.showTabs = function () {
    document.querySelectorAll(".tabs [aria-current]").forEach(function (tab) {
      var box = tab.closest(".tabs");
      box.scrollLeft += tab.getBoundingClientRect().left - box.getBoundingClientRect().left - 24;
    });
  };
  window.showTabs();
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-locate]");
    if (!button) return;
    event.preventDefault();
    var status = document.getElementById("locate-status");
    if (!navigator.geolocation) { status.textContent = button.dataset.fail; return; }
    status.textContent = button.dataset.wait;
    navigator.geolocation.getCurrentPosition(function (position) {
      var query = "?lat=" + position.coords.latitude.toFixed(6) + "&lon=" + position.coords.longitude.toFixed(6);
      htmx.ajax("GET", button.dataset.locate + query, { target: "#places", swap: "innerHTML" });
      status.textContent = "";
    }, function () { status.textContent = button.dataset.fail; }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
  });
  // The nearest of what the page lists: the place is asked for once and sent to a hundred metres.
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-near]");
    if (!button) return;
    var status = document.getElementById("locate-status");
    if (!navigator.geolocation) { status.textContent = button.dataset.fail; return; }
    status.textContent = button.dataset.wait;
    navigator.geolocation.getCurrentPosition(function (position) {
      location.assign("?near=" + position.coords.latitude.toFixed(3) + "," + position.coords.longitude.toFixed(3));
    }, function () { status.textContent = button.dataset.fail; }, { timeout: 15000, maximumAge: 300000 });
  });
  // The category that a text sounds like is chosen by a press.
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-choose]");
    if (!button) return;
    var radio = document.querySelector("[name=category][value='" + button.dataset.choose + "']");
    if (radio) radio.checked = true;
    var query = "?category=" + button.dataset.choose + (button.dataset.sub ? "&sub=" + button.dataset.sub : "");
    htmx.ajax("GET", button.dataset.more + query, { target: "#more", swap: "innerHTML" });
    button.closest("p").remove();
  });
  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.dataset.offline && navigator.onLine === false) { // the signal went: what was typed goes to the page that can wait
      event.preventDefault();
      var data = new FormData(form);
      sessionStorage.setItem("care-typed", JSON.stringify({ category: data.get("sub") || data.get("category"), description: data.get("description") }));
      location.assign(form.dataset.offline);
      return;
    }
    if (/\/accounts\/logout\/$/.test(form.action) && !form.dataset.wiped && remembers()) {
      event.preventDefault();
      form.dataset.wiped = "1";
      dropRegister().catch(function () {}).then(function () { form.submit(); });
      return;
    }
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method === "post") {
      form.dataset.sent = "1";
      setTimeout(function () { delete form.dataset.sent; }, 8000);
    }
  });
  // Whoever signs out leaves no register of people on a shared phone; what was not sent yet stays, sealed by PIN.
  // Whether there is a register is asked without waiting: everybody else signs out at once.
  function remembers() {
    try { return localStorage.getItem("posyandu-register") === "1"; } catch (refused) { return false; }
  }
  async function dropRegister() {
    await new Promise(function (resolve, reject) {
      var asked = indexedDB.open("posyandu");
      asked.onerror = reject;
      asked.onsuccess = function () {
        var change = asked.result.transaction("packs", "readwrite");
        change.objectStore("packs").clear();
        change.oncomplete = function () { asked.result.close(); localStorage.removeItem("posyandu-register"); resolve(); };
        change.onabort = reject;
      };
    });
  }
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });
  var worker = document.querySelector("[data-worker]");
  if (worker && "serviceWorker" in navigator) navigator.serviceWorker.register(worker.dataset.worker).catch(function () {});
  document.querySelectorAll("[data-locate], [data-near]").forEach(function (button) { button.hidden = false; });
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
})();
