// Reports that wait on the phone: kept in IndexedDB, sent once (by a key of their own) when there is signal.
(function () {
  "use strict";
  const root = document.getElementById("offline");
  const texts = document.getElementById("texts").dataset;
  const form = document.getElementById("offline-form");
  const section = document.getElementById("waiting");
  let sending = false;

  function open() {
    return new Promise((resolve, reject) => {
      const asked = indexedDB.open("ntb-care", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("reports", { keyPath: "key" });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  }
  async function store(mode, act) {
    const base = await open();
    return new Promise((resolve, reject) => {
      const change = base.transaction("reports", mode);
      const asked = act(change.objectStore("reports"));
      change.oncomplete = () => { base.close(); resolve(asked.result); };
      change.onabort = change.onerror = () => { base.close(); reject(change.error); };
    });
  }
  const all = () => store("readonly", (reports) => reports.getAll());
  const keep = (report) => store("readwrite", (reports) => reports.put(report));
  const drop = (key) => store("readwrite", (reports) => reports.delete(key));

  // A photo of today's phones has many megabytes; what is sent over a weak line need not.
  async function smaller(file) {
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, 1600 / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const made = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8));
      return made && made.size < file.size ? made : file;
    } catch (error) {
      return file;
    }
  }
  function pin() {
    const random = new Uint32Array(1);
    do { crypto.getRandomValues(random); } while (random[0] >= 4294000000); // every PIN as likely as another
    return String(random[0] % 1000000).padStart(6, "0");
  }
  function key() { // crypto.randomUUID is not there on plain http
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function show() {
    const reports = await all();
    const list = section.querySelector("ul");
    section.hidden = !reports.length;
    list.textContent = "";
    reports.sort((a, b) => b.written - a.written).forEach((report) => {
      const row = document.getElementById("waiting-row").content.cloneNode(true);
      row.querySelector("[data-what]").textContent = report.title;
      row.querySelector("[data-state]").textContent = texts[report.state] || "";
      const receipt = row.querySelector("[data-receipt]");
      receipt.hidden = report.state !== "sent";
      row.querySelector("[data-code]").textContent = report.code || "";
      row.querySelector("[data-pin]").textContent = report.pin;
      const problem = row.querySelector("[data-problem]");
      problem.hidden = !report.problem;
      problem.textContent = report.problem || "";
      row.querySelector("[data-drop]").addEventListener("click", async () => {
        if (report.state === "sent" || window.confirm(texts.sure)) { await drop(report.key); show(); }
      });
      list.append(row);
    });
    document.getElementById("send-now").hidden = !reports.some((report) => report.state !== "sent");
  }

  async function send(report) {
    const body = new FormData();
    Object.entries(report.values).forEach(([name, value]) => body.append(name, value));
    report.photos.forEach((photo, number) => body.append("photos", photo, "foto-" + (number + 1) + ".jpg"));
    body.append("key", report.key);
    body.append("pin", report.pin);
    body.append("written_at", new Date(report.written).toLocaleString());
    const token = (await (await fetch(root.dataset.token)).json()).token;
    const answer = await fetch(root.dataset.send, { method: "POST", body, headers: { "X-CSRFToken": token } });
    const said = await answer.json();
    if (answer.ok) {
      // what was written leaves the phone; only the receipt stays
      Object.assign(report, { state: "sent", code: said.code, values: {}, photos: [], problem: "" });
    } else {
      Object.assign(report, { state: answer.status === 422 ? "refused" : "waiting", problem: (said.errors || []).join(" ") });
    }
    await keep(report);
  }
  async function sendAll() {
    if (sending) return;
    sending = true;
    try {
      for (const report of await all()) {
        if (report.state === "sent") continue;
        await send(report);
        await show();
      }
    } catch (error) { /* no signal yet: what waits, waits on */ }
    sending = false;
    show();
  }
  // one tab at a time sends
  function sendSoon() {
    if (navigator.locks) navigator.locks.request("ntb-care-send", sendAll);
    else sendAll();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const problem = document.getElementById("offline-problem");
    const missing = Array.from(form.querySelectorAll("select[required], textarea")).find((field) => field.value.trim().length < (field.tagName === "TEXTAREA" ? 10 : 1));
    problem.textContent = "";
    if (missing) {
      problem.textContent = missing.closest(".field").querySelector("label").textContent.trim();
      missing.focus();
      return;
    }
    const values = {};
    new FormData(form).forEach((value, name) => { if (typeof value === "string" && value) values[name] = value; });
    const files = Array.from(form.querySelector("[name=photos]").files).slice(0, 5);
    const chosen = form.querySelector("[name=category]").selectedOptions[0].textContent;
    const report = { key: key(), pin: pin(), state: "waiting", written: Date.now(), values, photos: [], title: chosen + ": " + values.description.slice(0, 60) };
    for (const file of files) report.photos.push(await smaller(file));
    try { await keep(report); } catch (error) { problem.textContent = texts.toolarge; return; }
    form.reset();
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
    await show();
    section.scrollIntoView();
    sendSoon();
  });
  document.getElementById("send-now").addEventListener("click", sendSoon);
  document.getElementById("position").addEventListener("click", () => {
    const status = document.getElementById("position-status");
    navigator.geolocation.getCurrentPosition((found) => {
      form.querySelector("[name=latitude]").value = found.coords.latitude.toFixed(6);
      form.querySelector("[name=longitude]").value = found.coords.longitude.toFixed(6);
      status.textContent = status.dataset.got;
    }, () => { status.textContent = status.dataset.failed; }, { enableHighAccuracy: true, timeout: 15000 });
  });
  window.addEventListener("online", sendSoon);
  // what was typed on screen 1 when the signal went
  try {
    const typed = JSON.parse(sessionStorage.getItem("care-typed") || "{}");
    Object.entries(typed).forEach(([name, value]) => { const field = form.querySelector("[name=" + name + "]"); if (field && value) field.value = value; });
    sessionStorage.removeItem("care-typed");
  } catch (error) { /* nothing was kept */ }
  show().then(sendSoon);
})();
