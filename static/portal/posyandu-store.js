// The phone's own database of the posyandu. What lies in it is sealed with a key made of the PIN (PBKDF2, AES-GCM); without the PIN it
// cannot be read. users: {id, name, salt, check, tries}; packs: {user, iv, data}; entries: {key, user, iv, data}.
(function (root) {
  "use strict";
  const ROUNDS = 310000;

  // --- the phone's database
  function base() {
    return new Promise((resolve, reject) => {
      const asked = indexedDB.open("posyandu", 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("users", { keyPath: "id" });
        asked.result.createObjectStore("packs", { keyPath: "user" });
        asked.result.createObjectStore("entries", { keyPath: "key" });
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  }
  async function store(name, mode, act) {
    const opened = await base();
    if (name === "packs" && mode === "readwrite") localStorage.setItem("posyandu-register", "1"); // portal.js asks for it when somebody signs out
    return new Promise((resolve, reject) => {
      const change = opened.transaction(name, mode, mode === "readwrite" ? { durability: "strict" } : {}), asked = act(change.objectStore(name));
      change.oncomplete = () => { opened.close(); resolve(asked && asked.result); };
      change.onabort = change.onerror = () => { opened.close(); reject(change.error); };
    });
  }
  const everything = (name) => store(name, "readonly", (rows) => rows.getAll());

  // --- sealing
  async function keyOf(pin, salt) {
    const raw = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveKey"]);
    return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, raw, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  }
  async function seal(key, value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(value))) };
  }
  async function unseal(key, sealed) {
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, key, sealed.data)));
  }
  async function wipe(user) {
    for (const row of await everything("entries")) if (row.user === user) await store("entries", "readwrite", (rows) => rows.delete(row.key));
    await store("packs", "readwrite", (rows) => rows.delete(user));
    await store("users", "readwrite", (rows) => rows.delete(user));
  }

  root.posyanduStore = { store, everything, keyOf, seal, unseal, wipe };
})(window);
