// The open day without signal: people, forms and labels from the phone itself, entries kept encrypted until there is signal.
(function () {
  "use strict";
  const root = document.getElementById("app"), texts = JSON.parse(document.getElementById("app-texts").textContent);
  const rules = window.posyanduRules, { store, everything, keyOf, seal, unseal, wipe } = window.posyanduStore, language = root.dataset.language.startsWith("en") ? "en" : "id";
  const TRIES = 10, PAGE = 40, FRESH_DAYS = 35, OLDEST_DAYS = 180, BATCH = 50, MOTHERS = [120, 672]; // mothers: months of age at the birth, as posyandu/families.py
  const GROUPS = { "under-five": [0, 60], youth: [60, 228], adult: [228, 720], elderly: [720, 1500] };
  const state = { user: null, key: null, pack: null, entries: [], lms: null, screen: "list", filter: { q: "", group: "", show: "" }, day: "", posyandu: 0, sending: false, note: "", flying: new Set() };

  // --- small things
  const t = (name, values) => (texts[name] || name).replace(/\{(\w+)\}/g, (all, word) => (values && values[word] !== undefined ? values[word] : all));
  const inLanguage = (row, name) => row[`${name}_${language}`] || row[`${name}_id`] || "";
  const figure = (value, decimals) => Number(value).toLocaleString(language, decimals === undefined ? {} : { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  const shownDay = (day) => new Date(`${day}T12:00:00`).toLocaleDateString(language, { day: "numeric", month: "short", year: "numeric" });
  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64; bytes[8] = (bytes[8] & 63) | 128;
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("").replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }
  function today() {
    const now = new Date();
    return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`;
  }
  function h(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else if (key === "value") element.value = value;
      else element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
    return element;
  }
  const button = (text, act, kind = "btn-quiet", more = {}) => h("button", { type: "button", class: `btn ${kind}`, onclick: act, ...more }, text);
  const tag = (text, tone) => h("span", { class: `tag tag-${tone}` }, text);

  // --- entries
  async function keep(entry) {
    const sealed = await seal(state.key, entry);
    await store("entries", "readwrite", (rows) => rows.put({ key: entry.key, user: state.user.id, ...sealed }));
    const place = state.entries.findIndex((one) => one.key === entry.key);
    if (place < 0) state.entries.push(entry); else state.entries[place] = entry;
    apply();
  }
  async function drop(key) {
    await store("entries", "readwrite", (rows) => rows.delete(key));
    state.entries = state.entries.filter((one) => one.key !== key);
    apply();
  }
  const waiting = () => state.entries.filter((one) => one.state !== "kept");
  function fresh(kind, person, more) {
    return { key: uuid(), kind, posyandu: state.posyandu, day: state.day, home: state.home || undefined, at: new Date().toISOString(), person: person ? person.id : undefined, state: "new", ...more };
  }
  // what the pack says, with what was written on this phone laid over it
  function apply() {
    if (!state.pack) return;
    const people = new Map(state.pack.people.map((one) => [one.id, { ...one, growth: [...one.growth], visits: { ...one.visits }, given: [...(one.given || [])], mine: {}, number: state.day === state.pack.today ? one.number : null }]));
    for (const entry of state.entries) if (entry.kind === "person" && !entry.is && !people.has(entry.key) && !people.has(entry.known)) {
      people.set(entry.key, { id: entry.key, posyandu: entry.posyandu, name: entry.name, sex: entry.sex, born: entry.born, mother: entry.mother, sound: rules.soundOf(entry.name), growth: [], visits: {}, given: [], mine: { person: entry } });
    }
    for (const entry of state.entries) {
      const person = people.get(entry.person);
      if (!person) continue;
      if (entry.kind === "growth") {
        person.growth = person.growth.filter((row) => row[0] !== entry.day);
        person.growth.push([entry.day, entry.weight, entry.height, entry.z ? entry.z.zwei : null, entry.status, entry.key]);
        person.growth.sort((a, b) => (a[0] < b[0] ? -1 : 1));
      } else if (entry.kind === "visit") person.visits[entry.form] = { day: entry.day, answers: entry.answers, findings: entry.findings, key: entry.key };
      else if (entry.kind === "arrival" && entry.day === state.day) person.number = person.number || entry.number;
      else if (entry.kind === "given" && entry.campaign) person.campaigns = [...(person.campaigns || []), entry.campaign];
      else if (entry.kind === "given" && !person.given.some((one) => one[0] === entry.item && one[1] === entry.day)) person.given.push([entry.item, entry.day]);
      if (entry.day === state.day) person.mine[entry.kind === "given" ? (entry.campaign ? `campaign:${entry.campaign}` : `given:${entry.item}`) : entry.kind === "visit" ? `visit:${entry.form}` : entry.kind] = entry;
    }
    state.people = [...people.values()].sort((a, b) => a.name.localeCompare(b.name, "id"));
  }
  const servedToday = (person) => person.growth.some((row) => row[0] === state.day) || Object.values(person.visits).some((visit) => visit.day === state.day);

  // --- sending
  async function asked(address, options) {
    const answer = await fetch(address, { credentials: "same-origin", redirect: "manual", ...options });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) throw new Error("login");
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return answer.json();
  }
  async function send() {
    if (state.sending || !state.key || !navigator.onLine) return;
    const due = waiting().filter((one) => one.state === "new" || one.state === "wait");
    if (!due.length) return;
    state.sending = true; draw();
    try {
      const who = await asked(root.dataset.who);
      if (who.user !== state.user.id) throw new Error("login");
      for (let first = 0; first < due.length; first += BATCH) {
        const batch = due.slice(first, first + BATCH);
        state.flying = new Set(batch.map((one) => one.key));
        const entries = batch.map(({ state: _state, z: _z, known: _known, told: _told, ...entry }) => entry);
        const told = await asked(root.dataset.send, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": who.token }, body: JSON.stringify({ sent_at: new Date().toISOString(), entries }) });
        if (told.clock_off) state.note = t("clock_corrected", { n: Math.round(told.clock_off / 86400) });
        for (const answer of told.answers) await answered(answer);
      }
      if (!waiting().length) await load(false);
    } catch (error) {
      state.note = error.message === "login" ? t("login_to_send") : navigator.onLine && !/fetch|network|load failed/i.test(error.message) ? error.message : "";
    }
    state.flying = new Set(); state.sending = false; draw();
  }
  async function answered(answer) {
    const entry = state.entries.find((one) => one.key === answer.key);
    if (!entry) return;
    const next = { ...entry, state: answer.state, told: answer };
    if (answer.state === "kept") {
      next.day = answer.day || entry.day;
      if (entry.kind === "person") {
        next.known = answer.person;
        if (state.person === entry.key) state.person = answer.person;
        for (const other of state.entries) if (other.person === entry.key) await keep({ ...other, person: answer.person });
        for (const child of state.entries) if (child.mother_id === entry.key) await keep({ ...child, mother_id: answer.person });
        if (!state.pack.people.some((one) => one.id === answer.person)) {
          state.pack.people.push({ id: answer.person, posyandu: entry.posyandu, name: entry.name, sex: entry.sex, born: entry.born, mother: entry.mother, sound: rules.soundOf(entry.name), growth: [], visits: {}, given: [] });
        }
      }
      if (entry.kind === "arrival") next.number = answer.number;
      if (entry.kind === "growth") next.status = answer.status;
    }
    await keep(next);
  }
  async function load(chosen) {
    const pack = await asked(root.dataset.pack + (chosen || ""));
    if (state.user && pack.user.id !== state.user.id) throw new Error("login");
    delete pack.token;
    if (state.key) {
      state.pack = pack;
      const sealed = await seal(state.key, pack);
      await store("packs", "readwrite", (rows) => rows.put({ user: state.user.id, ...sealed }));
      const old = (entry) => entry.state === "kept" && entry.day !== state.day; // today's stay, so that results can be looked at and corrected
      for (const entry of state.entries) if (old(entry)) await store("entries", "readwrite", (rows) => rows.delete(entry.key));
      state.entries = state.entries.filter((one) => !old(one));
      apply();
    }
    return pack;
  }
  async function loadLms() {
    if (!state.lms) state.lms = await (await fetch(root.dataset.lms)).json();
  }

  // --- screens
  function screen(name, more) { Object.assign(state, { screen: name, shown: PAGE, ...more }); draw(); window.scrollTo(0, 0); const title = root.querySelector("h1"); if (title) title.focus({ preventScroll: true }); }
  function draw() {
    if (["person", "growth", "growthResult", "form", "formResult", "referral", "social"].includes(state.screen) && !personOf()) state.screen = "list";
    if ((state.screen === "growthResult" && !personOf().mine.growth) || (state.screen === "formResult" && !personOf().mine[`visit:${state.form}`])) state.screen = "person";
    const active = document.activeElement && root.contains(document.activeElement) ? document.activeElement.id : "";
    const place = active && "selectionStart" in document.activeElement ? document.activeElement.selectionStart : null;
    if (["growth", "form", "newPerson", "referral", "social"].includes(state.screen) && root.querySelector("form[data-typing]") && state.drawn === state.screen + (state.form || "") + (state.person || "")) return bar();
    state.drawn = state.screen + (state.form || "") + (state.person || "");
    root.replaceChildren(...[SCREENS[state.screen]()].flat(3).filter(Boolean));
    bar();
    if (active) { const again = document.getElementById(active); if (again) { again.focus(); if (place !== null) try { again.setSelectionRange(place, place); } catch (error) { /* not text */ } } }
  }
  function bar() {
    let line = document.getElementById("app-bar");
    if (!line) { line = h("div", { id: "app-bar", role: "status", class: "app-bar" }); root.prepend(line); }
    const open = state.key ? waiting().length : 0, stuck = waiting().filter((one) => !["new", "wait"].includes(one.state)).length;
    line.replaceChildren(...[
      !navigator.onLine && h("p", { class: "note note-wait" }, t("offline")),
      state.note && h("p", { class: "note note-wait" }, state.note, state.note === t("login_to_send") ? [" ", h("a", { href: root.dataset.login }, t("login"))] : null),
      state.key && state.screen !== "waiting" && h("p", {}, h("button", { type: "button", class: "btn-plain", onclick: () => screen("waiting") }, state.sending ? t("sending") : open ? t("waiting", { n: open }) : t("nothing_waits")), stuck ? [" ", tag("!", "alert")] : null),
    ].filter(Boolean));
  }
  const title = (text) => h("h1", { tabindex: "-1" }, text);
  const age = (person) => { const months = rules.monthsBetween(person.born, state.day); return months < 60 ? t("age_months", { n: months }) : t("age_years", { n: Math.floor(months / 12) }); };
  const personOf = () => state.people.find((one) => one.id === state.person) || state.people.find((one) => one.mine.person && one.mine.person.known === state.person);
  const lead = (person) => h("p", { class: "lead" }, `${person.sex === "F" ? t("female") : t("male")}, ${age(person)} · ${t("born")} ${shownDay(person.born)}`);
  const back = (act) => h("p", {}, button(`← ${t("back")}`, act, "btn-plain"));
  function field(id, label, input, error, help) {
    return h("div", { class: `field${error ? " field-error" : ""}` }, h("label", { for: id }, label), help ? h("p", { class: "hint" }, help) : null, error ? h("p", { class: "errors", id: `${id}-error` }, error) : null, input);
  }
  const typed = (id, value, mode, more) => h("input", { id, name: id, value: value === null || value === undefined ? "" : value, inputmode: mode, autocomplete: "off", ...more });
  function choices(id, label, options, chosen, error) {
    return h("fieldset", { class: `field${error ? " field-error" : ""}` }, h("legend", {}, label), error ? h("p", { class: "errors" }, error) : null,
      h("div", { class: "choices" }, options.map(([value, text]) => h("label", { class: "choice" }, h("input", { type: "radio", name: id, value: String(value), checked: String(chosen) === String(value) }), text))));
  }
  const read = (form) => Object.fromEntries([...new FormData(form).entries()].map(([name, value]) => [name, String(value).trim()]));

  const SCREENS = {
    unable: () => [title(t("title")), h("p", {}, t("old_phone")), h("p", {}, h("a", { href: root.dataset.home }, t("back")))],
    welcome: () => [title(t("title")), h("p", {}, t("login_needed")), h("p", { class: "actions" }, h("a", { class: "btn btn-main", href: root.dataset.login }, t("login")))],
    start: () => [title(t("title")), h("p", { class: "lead" }, state.offered.name), pinForm(t("new_code"), true, begin), state.users.length ? h("p", {}, button(t("back"), () => screen("lock"), "btn-plain")) : null],
    lock: () => [title(t("title")), state.users.length > 1 ? h("h2", {}, t("who")) : null,
      state.users.map((user) => h("section", { class: "card-plain" }, h("h2", {}, user.name), pinForm(t("pin"), false, (pin, failed) => unlock(user, pin, failed), user.id))),
      h("p", {}, button(t("other_person"), other, "btn-plain"))],
    list: listScreen, person: personScreen, growth: growthScreen, growthResult, form: formScreen, formResult, referral: referralScreen, social: socialScreen, newPerson: newPersonScreen, waiting: waitingScreen, clock: clockScreen, day: dayScreen,
  };
  function pinForm(label, isNew, done, id = "") {
    const problem = h("p", { class: "errors", role: "alert" });
    const form = h("form", { novalidate: true, onsubmit: async (event) => {
      event.preventDefault();
      const pin = form.querySelector(`#pin${id}`).value;
      if (isNew && (!/^\d{6}$/.test(pin) || /^(\d)\1+$/.test(pin))) { problem.textContent = t("pin_six"); return; }
      if (isNew && pin !== form.querySelector(`#again${id}`).value) { problem.textContent = t("pin_differs"); return; }
      const press = form.querySelector("button"); press.disabled = true;
      await done(pin, (text) => { problem.textContent = text; });
      press.disabled = false;
    } }, h("div", { class: "field" }, h("label", { for: `pin${id}` }, label), isNew ? h("p", { class: "hint" }, t("pin_hint")) : null, h("input", { id: `pin${id}`, type: "password", inputmode: "numeric", maxlength: 6, autocomplete: "off" })),
    isNew ? h("div", { class: "field" }, h("label", { for: `again${id}` }, t("pin_again")), h("input", { id: `again${id}`, type: "password", inputmode: "numeric", maxlength: 6, autocomplete: "off" })) : null,
    problem, h("div", { class: "actions" }, h("button", { class: "btn btn-main" }, isNew ? t("load") : t("open"))));
    return form;
  }
  async function begin(pin, failed) {
    try {
      const salt = crypto.getRandomValues(new Uint8Array(16)), key = await keyOf(pin, salt), check = await seal(key, "posyandu");
      await loadLms();
      state.user = { id: state.offered.id, name: state.offered.name }; state.key = key;
      await load();
      await store("users", "readwrite", (rows) => rows.put({ ...state.user, salt, check, tries: TRIES }));
      state.entries = [];
      if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
      ready();
    } catch (error) { state.key = null; failed(error.message === "login" ? t("login_to_send") : error.message); }
  }
  async function unlock(user, pin, failed) {
    const left = user.tries - 1; // written down before trying, so that killing the page gains no tries
    await store("users", "readwrite", (rows) => rows.put({ ...user, tries: left }));
    user.tries = left;
    const key = await keyOf(pin, user.salt);
    try { await unseal(key, user.check); } catch (error) {
      if (left <= 0) { await wipe(user.id); state.users = state.users.filter((one) => one.id !== user.id); state.note = t("wiped"); await start(); } else failed(t("pin_tries", { n: left }));
      return;
    }
    user.tries = TRIES;
    await store("users", "readwrite", (rows) => rows.put(user));
    state.user = { id: user.id, name: user.name }; state.key = key;
    const sealed = await store("packs", "readonly", (rows) => rows.get(user.id));
    state.pack = sealed ? await unseal(key, sealed) : null;
    state.entries = [];
    for (const row of await everything("entries")) if (row.user === user.id) state.entries.push(await unseal(key, row));
    state.entries.sort((a, b) => (a.at < b.at ? -1 : 1));
    await loadLms().catch(() => {});
    if (!state.pack) { try { await load(); } catch (error) { state.key = null; state.note = t("login_to_send"); bar(); return; } } // the portal was signed out of here
    ready();
  }
  function ready() {
    state.day = today(); state.home = false;
    state.posyandu = state.pack.posyandu.length ? state.pack.posyandu[0].id : 0;
    apply();
    const made = state.pack.made.slice(0, 10), behind = rules.daysBetween(made, state.day);
    if (behind < 0) screen("clock");
    else { if (behind > FRESH_DAYS) state.note = t("needs_fresh", { n: behind }); screen("list"); }
    send();
  }
  async function other() {
    try { const pack = await asked(root.dataset.pack); if (state.users.some((one) => one.id === pack.user.id)) screen("lock"); else { state.offered = pack.user; screen("start"); } } catch (error) { screen("welcome"); }
  }
  function clockScreen() { // the phone's clock is behind what it has loaded: it cannot know which day it is
    const input = h("input", { id: "day", type: "date", value: state.pack.today });
    return [title(t("title")), h("p", { class: "note note-alert" }, t("clock", { now: shownDay(today()), made: shownDay(state.pack.today) })), field("day", t("day"), input),
      h("div", { class: "actions" }, button(t("go_on"), () => { if (input.value >= state.pack.today) { state.day = input.value; apply(); screen("list"); } }, "btn-main"))];
  }

  function dayScreen() { // what was written on paper on another day, or a day of home visits
    const problem = h("p", { class: "errors", role: "alert" });
    const form = h("form", { novalidate: true, onsubmit: (event) => {
      event.preventDefault();
      const { day, what } = read(form);
      if (!/^\d{4}-\d\d-\d\d$/.test(day || "")) { problem.textContent = t("error_date"); return; }
      if (day > today()) { problem.textContent = t("born_late"); return; }
      if (rules.daysBetween(day, today()) > OLDEST_DAYS) { problem.textContent = t("day_old", { n: OLDEST_DAYS }); return; }
      state.day = day; state.home = what === "home"; apply(); screen("list");
    } }, field("day", t("day"), h("input", { id: "day", name: "day", type: "date", max: today(), value: state.day })), choices("what", t("what_day"), [["open", t("open_day")], ["home", t("home_visits")]], state.home ? "home" : "open"), problem,
    h("div", { class: "actions" }, h("button", { class: "btn btn-main" }, t("go_on_day"))));
    return [back(() => screen("list")), title(t("other_day")), h("p", { class: "soft" }, t("other_day_help")), form];
  }

  // what somebody is due for this month and has not had yet, by the list of targets that came with the pack
  function needsOf(person) {
    const month = state.day.slice(0, 7);
    if (state.pack.today.slice(0, 7) !== month) return [];
    return (person.needs || []).filter(([kind, code]) => {
      if (kind === "weigh") return !person.growth.some((one) => one[0].slice(0, 7) === month);
      if (kind === "vaccine") return !person.given.some((one) => one[0] === code && one[1].slice(0, 7) === month);
      if (kind === "campaign") return !(person.campaigns || []).includes(Number(code));
      return !code || !person.visits[code] || person.visits[code].day.slice(0, 7) !== month;
    });
  }
  function found() {
    const { q, group, show } = state.filter, sound = rules.soundOf(q), plain = q.toLowerCase().trim();
    const named = (person) => person.name.toLowerCase().includes(plain) || (person.mother || "").toLowerCase().includes(plain) || (sound && person.sound.includes(sound));
    // a search looks at everybody, whatever the list showed; those of this posyandu come first, who has left last
    if (plain) return [...state.people.filter(named).sort((a, b) => (b.posyandu === state.posyandu) - (a.posyandu === state.posyandu)), ...(state.pack.gone || []).filter(named)];
    return state.people.filter((person) => {
      if (person.posyandu !== state.posyandu) return false;
      const months = rules.monthsBetween(person.born, state.day);
      if (group && !(months >= GROUPS[group][0] && months < GROUPS[group][1])) return false;
      const done = servedToday(person);
      if ((show === "queue" && (done || !person.number)) || (show === "waiting" && done) || (show === "done" && !done) || (show === "due" && !needsOf(person).length)) return false;
      return true;
    }).sort((a, b) => (show === "queue" ? (a.number || 0) - (b.number || 0) : 0));
  }
  function listScreen() {
    const here = state.people.filter((one) => one.posyandu === state.posyandu), done = here.filter(servedToday).length;
    const queue = here.filter((one) => one.number && !servedToday(one)).length;
    const rows = h("div", { id: "rows" });
    const fill = () => {
      const people = found();
      rows.replaceChildren(...(people.length ? [h("ul", { class: "child-list" }, people.slice(0, state.shown).map((one) => (one.left ? goneRow(one) : row(one))))] : [h("p", { class: "empty" }, t("empty"))]), ...(people.length > state.shown ? [button(t("more"), () => { state.shown += PAGE; fill(); })] : []));
    };
    const tab = (name, text, n) => h("li", {}, h("a", { href: "#", "aria-current": state.filter.show === name ? "page" : null, onclick: (event) => { event.preventDefault(); state.filter.show = name; screen("list"); } }, text, h("span", { class: "n" }, String(n))));
    setTimeout(() => { fill(); if (window.showTabs) window.showTabs(); });
    return [
      title(state.pack.posyandu.find((one) => one.id === state.posyandu)?.name || t("title")),
      state.pack.posyandu.length > 1 ? field("which", t("posyandu"), h("select", { id: "which", onchange: (event) => { state.posyandu = Number(event.target.value); screen("list"); } }, state.pack.posyandu.map((one) => h("option", { value: one.id, selected: one.id === state.posyandu }, one.name)))) : null,
      h("p", { class: "lead" }, shownDay(state.day), " ", state.home ? [tag(t("home_visits"), "info"), " "] : null, button(t("other_day"), () => screen("day"), "btn-plain")), h("progress", { max: here.length || 1, value: done, "aria-label": t("done") }),
      h("div", { class: "filters" }, h("div", {}, h("label", { for: "q" }, t("search_label")), h("input", { id: "q", type: "search", value: state.filter.q, autocomplete: "off", oninput: (event) => { state.filter.q = event.target.value; state.shown = PAGE; fill(); } })),
        h("div", {}, h("label", { for: "group" }, t("age")), h("select", { id: "group", onchange: (event) => { state.filter.group = event.target.value; state.shown = PAGE; fill(); } }, h("option", { value: "" }, t("all")), Object.keys(GROUPS).map((name) => h("option", { value: name, selected: state.filter.group === name }, t(name)))))),
      h("ul", { class: "tabs" }, tab("", t("all"), here.length), tab("queue", t("queue"), queue), tab("waiting", t("not_yet"), here.length - done), tab("done", t("done"), done), tab("due", t("due"), here.filter((one) => needsOf(one).length).length)),
      rows,
      h("div", { class: "actions" }, button(t("add"), () => screen("newPerson", { values: {}, alike: [], women: [], is_new: false })), button(t("lock"), lock), button(t("load_again"), again), button(t("signout"), leave, "btn-plain")),
      h("p", { class: "soft small" }, t("loaded", { day: new Date(state.pack.made).toLocaleString(language), n: state.pack.people.length })),
      h("div", { id: "leave" }),
    ];
  }
  function needsLine(person) { // late ones first, the first three in full
    const needs = needsOf(person).sort((a, b) => b[4] - a[4]), place = language === "en" ? 3 : 2;
    return needs.length ? h("span", { class: "needs small" }, h("br"), needs.slice(0, 3).map((one, n) => [n ? " · " : "", one[4] ? h("strong", { class: "late" }, one[place]) : one[place]]), needs.length > 3 ? ` +${needs.length - 3}` : null) : null;
  }
  function next() { // whoever waits in the queue, else whoever has not been here yet
    const waits = state.people.some((one) => one.posyandu === state.posyandu && one.number && !servedToday(one));
    state.filter = { q: "", group: state.filter.group, show: waits ? "queue" : "waiting" };
    screen("list");
  }
  const goneRow = (person) => h("li", {}, h("div", {}, h("span", {}, h("strong", {}, person.name), h("br"), h("span", { class: "soft small" }, `${t("born")} ${shownDay(person.born)}`)), tag(`${person.why[language === "en" ? 1 : 0]}, ${shownDay(person.left)}`, "neutral")));
  function whereabouts(person) { // only while somebody is looked for
    if (!state.filter.q.trim()) return null;
    const other = person.posyandu !== state.posyandu && state.pack.posyandu.find((one) => one.id === person.posyandu);
    return [h("br"), other ? tag(other.name, "info") : servedToday(person) ? tag(t("done"), "good") : person.number ? tag(t("queue"), "wait") : tag(t("not_yet"), "neutral")];
  }
  function row(person) {
    const done = servedToday(person), growth = person.growth.find((one) => one[0] === state.day);
    const late = Object.values(person.mine).some((entry) => entry.state !== "kept");
    const item = h("li", {}, h("a", { href: "#", onclick: (event) => { event.preventDefault(); screen("person", { person: person.id }); } },
      h("span", {}, person.number ? [h("span", { class: "number-tag" }, String(person.number)), " "] : null, h("strong", {}, person.name), h("br"), h("span", { class: "soft small" }, `${person.sex === "F" ? t("female") : t("male")}, ${age(person)}${person.mother && rules.monthsBetween(person.born, state.day) < 60 ? ` · ${t("mother")}: ${person.mother}` : ""}`), whereabouts(person), needsLine(person)),
      h("span", {}, late && done ? [tag(t("waits"), "wait"), " "] : null, growth ? tag(growth[4], growth[4] === "T" ? "alert" : "good") : done ? tag(t("done"), "good") : h("span", { class: "soft", "aria-hidden": "true" }, "›"))));
    if (!person.number && !done) item.append(h("form", {}, button(t("has_come"), () => arrive(person), "btn-quiet btn-small", { "aria-label": `${t("has_come")}: ${person.name}` })));
    return item;
  }
  async function arrive(person) {
    const last = Math.max(0, ...state.people.map((one) => one.number || 0));
    await keep(fresh("arrival", person, { number: last + 1 }));
    draw(); send();
  }
  function lock() { Object.assign(state, { key: null, pack: null, entries: [], people: [], user: null, note: "" }); start(); }
  async function again(event) {
    event.target.disabled = true; event.target.textContent = t("loading");
    try { await send(); await load(); } catch (error) { state.note = error.message === "login" ? t("login_to_send") : t("offline"); }
    screen("list");
  }
  function leave() {
    const open = waiting().length, place = document.getElementById("leave");
    const go = async () => { await wipe(state.user.id); if (navigator.onLine) location.href = root.dataset.logout; else lock(); };
    if (!open) { go(); return; }
    place.replaceChildren(h("div", { class: "note note-alert", role: "alert" }, h("p", {}, t("signout_lose", { n: open })), button(t("send"), () => screen("waiting")), " ", button(t("signout_sure"), go, "btn-alert")));
    place.scrollIntoView();
  }

  function personScreen() {
    const person = personOf();
    if (!person) return listScreen();
    const months = rules.monthsBetween(person.born, state.day), forms = rules.formsFor(state.pack.rules.forms, person, state.day);
    const last = person.growth[person.growth.length - 1], weighed = person.growth.find((one) => one[0] === state.day);
    const line = (text, done, act, word = t("done")) => h("li", {}, h("a", { href: "#", onclick: (event) => { event.preventDefault(); act(); } }, h("strong", {}, text), done ? tag(word, "good") : h("span", { class: "soft", "aria-hidden": "true" }, "›")));
    return [back(() => screen("list")), title(person.name), lead(person), person.number ? h("p", {}, h("span", { class: "number-tag" }, String(person.number))) : h("p", {}, button(t("has_come"), () => arrive(person))),
      last && months < 60 ? h("p", { class: "soft" }, t("last", { day: shownDay(last[0]), weight: figure(last[1]) })) : null,
      h("h2", {}, t("today")),
      h("ul", { class: "child-list" }, months < 60 ? line(t("weigh"), weighed, () => screen(weighed && person.mine.growth ? "growthResult" : "growth", { values: null, questions: [] })) : null,
        forms.map((form) => line(inLanguage(form, "title"), (person.visits[form.slug] || {}).day === state.day, () => screen(person.mine[`visit:${form.slug}`] ? "formResult" : "form", { form: form.slug, values: null, questions: [], errors: {} }))),
        line(t("social"), person.mine.social, () => screen("social", { values: null }), t("asked")),
        line(t("referral"), person.mine.referral, () => screen("referral", { values: null }), t("referred"))),
      services(person),
      months < 60 && person.growth.length ? [h("h2", {}, t("kms")), chart(person)] : null];
  }
  // what is due of immunisation and vitamins; what was given today can be taken back until it is sent
  function services(person) {
    const here = state.pack.posyandu.find((one) => one.id === person.posyandu), codes = here ? here.items : [];
    const lines = rules.lines(state.pack.items.filter((item) => codes.includes(item.code)), person, state.day, person.given, state.pack.slots);
    const today = lines.filter((line) => ["due", "late"].includes(line.state) || (line.state === "given" && line.on === state.day));
    const campaigns = (state.pack.campaigns || []).filter((one) => (person.mine[`campaign:${one.id}`] || !(person.campaigns || []).includes(one.id)) && here && here.code && here.code.startsWith(one.region) && rules.inCampaign(one, person, state.day));
    if (!today.length && !campaigns.length) return null;
    const give = async (item) => { await keep(fresh("given", person, { item: item.code })); draw(); send(); };
    const take = async (entry) => { await drop(entry.key); draw(); };
    const help = async (one) => { await keep(fresh("given", person, { item: one.item, campaign: one.id })); draw(); send(); };
    return [h("h2", {}, t("services")), h("ul", { class: "service-list" }, campaigns.map((one) => {
      const mine = person.mine[`campaign:${one.id}`];
      return h("li", {}, h("span", {}, h("strong", {}, one.name)), tag(t(mine ? "state_given" : "campaign"), mine ? "good" : "wait"),
        !mine ? button(t("give"), () => help(one), "btn-main btn-small", { "aria-label": `${one.name}: ${t("give")}` }) : mine.state === "new" && !state.flying.has(mine.key) ? button(t("take_back"), () => take(mine), "btn-plain") : null);
    }), today.map((line) => {
      const mine = person.mine[`given:${line.item.code}`];
      return h("li", {}, h("span", {}, inLanguage(line.item, "name")), tag(t(`state_${line.state}`), { due: "info", late: "alert", given: "good" }[line.state]),
        line.state !== "given" ? button(t("give"), () => give(line.item), "btn-main btn-small", { "aria-label": `${inLanguage(line.item, "name")}: ${t("give")}` }) : mine && mine.state === "new" && !state.flying.has(mine.key) ? button(t("take_back"), () => take(mine), "btn-plain") : null);
    }))];
  }

  // --- weighing
  function before(person) { // the last weighing of an earlier month
    const rows = person.growth.filter((one) => rules.monthIndex(one[0]) < rules.monthIndex(state.day));
    return rows.length ? rows[rows.length - 1] : null;
  }
  function growthScreen() {
    const person = personOf(), months = rules.monthsBetween(person.born, state.day), mine = person.mine.growth || {};
    const values = state.values || { weight: mine.weight, height: mine.height, measure: mine.measure || (rules.daysBetween(person.born, state.day) < 731 ? "L" : "H"), head: mine.head, muac: mine.muac, oedema: mine.oedema ? "on" : "" };
    const errors = state.errors || {}, last = before(person);
    const form = h("form", { novalidate: true, "data-typing": true, onsubmit: (event) => { event.preventDefault(); weigh(person, read(form)); } },
      state.questions && state.questions.length ? h("div", { class: "note note-wait", role: "alert" }, h("h2", {}, t("ask_again")), h("ul", {}, state.questions.map((text) => h("li", {}, text))), h("h3", {}, t("before")), h("ul", {}, person.growth.slice(-5).map((one) => h("li", {}, `${shownDay(one[0])}: ${figure(one[1])} kg${one[2] ? `, ${figure(one[2])} cm` : ""}`))), h("label", { class: "choice" }, h("input", { type: "checkbox", name: "confirmed" }), t("checked"))) : null,
      field("weight", t("weight"), typed("weight", values.weight, "decimal"), errors.weight), field("height", t("height"), typed("height", values.height, "decimal"), errors.height),
      choices("measure", t("measure"), [["L", t("lying")], ["H", t("standing")]], values.measure), field("head", t("head"), typed("head", values.head, "decimal"), errors.head),
      months >= 6 ? field("muac", t("arm"), typed("muac", values.muac, "decimal"), errors.muac) : null,
      h("div", { class: "field" }, h("label", { class: "choice" }, h("input", { type: "checkbox", name: "oedema", checked: values.oedema === "on" }), t("oedema"))),
      h("div", { class: "actions" }, h("button", { class: "btn btn-main" }, t("keep"))));
    return [back(() => screen("person")), title(person.name), lead(person), last ? h("p", { class: "soft" }, t("last", { day: shownDay(last[0]), weight: figure(last[1]) })) : null, h("div", { class: "contact-form" }, form)];
  }
  function redraw(name, more) { state.drawn = ""; screen(name, more); }
  async function weigh(person, values) {
    const errors = {}, out = {}, limits = { weight: [0.3, 200, "kg", 2], height: [20, 200, "cm", 1], head: [15, 80, "cm", 1], muac: [5, 60, "cm", 1] };
    for (const [name, [low, high, unit, decimals]] of Object.entries(limits)) {
      const text = values[name] || "";
      if (!text) { out[name] = null; continue; }
      const value = /^(\d+([.,]\d*)?|[.,]\d+)$/.test(text) ? Number(text.replace(",", ".")) : NaN;
      if (!Number.isFinite(value)) errors[name] = t("error_number");
      else if (value < low || value > high) errors[name] = t("impossible", { low: figure(low), high: figure(high), unit });
      else out[name] = Number(value.toFixed(decimals));
    }
    if (out.weight === null && !errors.weight) errors.weight = t("weight_missing");
    if (state.day < person.born) errors.weight = t("before_birth");
    if (Object.keys(errors).length) { redraw("growth", { values, errors, questions: [] }); return; }
    const child = { sex: person.sex, age: rules.daysBetween(person.born, state.day), measure: values.measure || "", oedema: values.oedema === "on", ...out };
    const z = rules.scores(state.lms, child), last = before(person), questions = [], months = rules.monthsBetween(person.born, state.day);
    for (const name of z.odd) questions.push(t(`odd_${name}`, { weight: figure(out.weight), height: out.height === null ? "" : figure(out.height), head: out.head === null ? "" : figure(out.head), months }));
    if (last) {
      if (Math.abs(out.weight - last[1]) > Math.max(1.5, last[1] * 0.15)) questions.push(t("weight_change", { before: figure(last[1]), now: figure(out.weight) }));
      if (out.height && last[2] && out.height < last[2] - 1) questions.push(t("height_back", { before: figure(last[2]), now: figure(out.height) }));
    }
    if (questions.length && values.confirmed !== "on") { redraw("growth", { values, errors: {}, questions }); return; }
    const status = rules.status(state.pack.rules.gains, person.sex, months, { day: state.day, grams: Math.round(out.weight * 1000), z: z.zwei }, last && { day: last[0], grams: Math.round(last[1] * 1000), z: last[3] });
    await keep(same(person.mine.growth, fresh("growth", person, { ...out, measure: out.height ? child.measure : "", oedema: child.oedema, confirmed: values.confirmed === "on", z, status })));
    screen("growthResult", { values: null, errors: {}, questions: [] });
    send();
  }
  // an entry not yet sent is written over; of one that was sent, or is on its way, the portal is told what is corrected
  const same = (old, entry) => (!old ? entry : old.state === "kept" || state.flying.has(old.key) ? { ...entry, corrects: old.key } : { ...entry, key: old.key });
  function isTwice(mine, last) { return Boolean(mine.status === "T" && last && last[4] === "T" && rules.monthIndex(mine.day) - rules.monthIndex(last[0]) === 1); }
  function judged(person) { // of today's weighing on this phone; null where there is none
    const mine = person.mine.growth;
    return mine && mine.z ? rules.growthJudgement(state.pack.rules, person, mine, mine.z, mine.status, isTwice(mine, before(person)), mine.day) : null;
  }
  const told = (found, referred) => h("ul", { class: "finding-list" }, found.map((rule) => h("li", {}, tag(inLanguage(rule, "label"), rule.tone), referred && rule.refer ? [" ", tag(t("refer_tag"), "alert")] : null, inLanguage(rule, "advice") ? h("p", {}, inLanguage(rule, "advice")) : null, rule.task_id ? h("p", { class: "task" }, h("b", {}, t("for_you")), " ", inLanguage(rule, "task")) : null)));
  function growthResult() {
    const person = personOf(), mine = person.mine.growth, twice = isTwice(mine, before(person));
    const { found, labels, arm, red, orange, refer, urgent } = judged(person), rows = labels.map(([name, label]) => [name, mine.z[name], label]);
    const tone = { N: "good", T: "alert", B: "info", O: "wait" }[mine.status];
    return [back(() => screen("person")), title(person.name), lead(person), stateLine(mine),
      h("div", { class: `verdict verdict-${tone}` }, h("b", {}, mine.status), h("span", {}, t(twice ? "TT" : mine.status))),
      refer ? h("div", { class: "note note-alert" }, h("p", {}, h("strong", {}, t(urgent ? "refer_now" : "refer")), red ? ` ${t("red")}` : "", orange ? ` ${t("orange")}` : "", mine.oedema ? ` ${t("oedema_refer")}` : "")) : null,
      h("ul", { class: "index-list" }, rows.map(([name, z, one]) => h("li", {}, h("span", { class: "name" }, t(name)), one ? tag(one[language], one.tone) : h("span", { class: "soft" }, t("not_computed")), h("span", { class: "z" }, z === null ? "" : `z ${figure(z, 2)}`))), arm ? h("li", {}, h("span", { class: "name" }, t("arm")), tag(t(`arm_${arm}`), { severe: "alert", moderate: "wait", good: "good" }[arm])) : null),
      found.length ? [h("h2", {}, t("tell")), h("p", { class: "soft small" }, t("tell_how")), told(found)] : null,
      h("h2", {}, t("kms")), chart(person),
      h("div", { class: "actions" }, refer ? button(t("referral_do"), () => screen("referral", { values: null }), "btn-main") : null, button(t("next"), next, "btn-main"), button(t("correct"), () => redraw("growth", { values: null, errors: {}, questions: [] })),
        rules.formsFor(state.pack.rules.forms, person, state.day).map((form) => button(inLanguage(form, "title"), () => screen("form", { form: form.slug, values: null, questions: [], errors: {} }))))];
  }
  function stateLine(entry) { return h("p", { class: "soft small" }, entry.state === "kept" ? t("sent") : t("kept_here")); }
  function chart(person) {
    const SVG = "http://www.w3.org/2000/svg", W = 720, H = 460, L = 40, R = 34, T = 14, B = 40, s = (name, attributes, text) => { const e = document.createElementNS(SVG, name); for (const key in attributes) e.setAttribute(key, attributes[key]); if (text) e.textContent = text; return e; };
    if (!state.lms) return null;
    const points = person.growth.map((one) => [rules.daysBetween(person.born, one[0]), one[1]]), table = state.lms.weight_for_age, row = person.sex === "M" ? 1 : 0;
    const months = points.some((one) => one[0] > 24 * 30.4375) ? 60 : 24, last = Math.min(Math.round(months * 30.4375), 1856);
    const value = (z, day) => rules.at(z, table.l[row][day], table.m[row][day], table.s[row][day]);
    const top = Math.max(value(3, last), ...points.map((one) => one[1])) + 1, x = (day) => L + (day / last) * (W - L - R), y = (kg) => T + ((top - kg) / (top - 1)) * (H - T - B);
    const svg = s("svg", { class: "kms", viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": t("kms") }), days = [];
    for (let day = 0; day < last; day += 15) days.push(day); days.push(last);
    for (const [low, high, name] of [[-3, -2, "yellow"], [-2, 1, "green"], [1, 3, "pale"]]) svg.append(s("polygon", { class: `kms-band-${name}`, points: [...days.map((day) => `${x(day).toFixed(1)},${y(value(high, day)).toFixed(1)}`), ...[...days].reverse().map((day) => `${x(day).toFixed(1)},${y(value(low, day)).toFixed(1)}`)].join(" ") }));
    for (const [z, name] of [[3, "orange"], [2, "yellow"], [1, "orange-line"], [0, "green"], [-1, "green-thin"], [-2, "yellow"], [-3, "red"]]) svg.append(s("polyline", { class: `kms-curve kms-${name}`, points: days.map((day) => `${x(day).toFixed(1)},${y(value(z, day)).toFixed(1)}`).join(" ") }), s("text", { class: "kms-label", x: W - R + 4, y: y(value(z, last)) + 4 }, z > 0 ? `+${z}` : String(z).replace("-", "−")));
    for (let month = 0; month <= months; month += months === 24 ? 2 : 6) svg.append(s("text", { class: "kms-axis", "text-anchor": "middle", x: x(month * 30.4375), y: H - B + 22 }, String(month)));
    for (let kg = 2; kg < top; kg += months === 24 ? 2 : 4) svg.append(s("text", { class: "kms-axis", "text-anchor": "end", x: L - 6, y: y(kg) + 4 }, String(kg)));
    svg.append(s("polyline", { class: "kms-child", points: points.map((one) => `${x(one[0]).toFixed(1)},${y(one[1]).toFixed(1)}`).join(" ") }));
    points.forEach((one, place) => svg.append(s("circle", { class: "kms-dot", cx: x(one[0]), cy: y(one[1]), r: place === points.length - 1 ? 6 : 4 })));
    return svg;
  }

  // --- forms of every age
  const formOf = () => state.pack.rules.forms.find((one) => one.slug === state.form);
  function lastVisit(person, form) { const visit = person.visits[form.slug]; return visit && visit.day < state.day ? visit : null; }
  const earlierOf = (person, form) => rules.earlierAnswers(form, (person.earlier || {})[form.slug], person.visits[form.slug], state.day);
  function formScreen() {
    const person = personOf(), form = formOf(), known = rules.basics(person, state.day), mine = person.mine[`visit:${form.slug}`];
    const earlier = earlierOf(person, form), carried = Object.fromEntries(["last-period", "born"].filter((code) => earlier[code]).map((code) => [code, earlier[code]]));
    const values = state.values || (mine ? mine.answers : carried), errors = state.errors || {}, parts = [];
    let grid = null, section = "";
    for (const question of form.questions) {
      if (!rules.holds(question.when.filter((one) => one[0] in known), known)) continue;
      const heading = inLanguage(question, "section"), label = question.unit ? `${inLanguage(question, "text")} (${question.unit})` : inLanguage(question, "text"), error = errors[question.code];
      if (heading && heading !== section) { section = heading; grid = null; parts.push(h("h2", {}, heading)); }
      let input;
      if (question.kind === "yesno") input = choices(question.code, label, [["yes", t("yes")], ["no", t("no")]], values[question.code], error);
      else if (question.kind === "choice") input = choices(question.code, label, question.choices.map((one) => [one[0], one[language === "en" ? 2 : 1]]), values[question.code], error);
      else input = field(question.code, label, question.kind === "date" ? typed(question.code, values[question.code], null, { type: "date" }) : typed(question.code, values[question.code], question.kind === "number" ? (question.decimals ? "decimal" : "numeric") : null), error, inLanguage(question, "help"));
      if (question.kind === "number") { if (!grid) { grid = h("div", { class: "row-two" }); parts.push(grid); } grid.append(input); } else { grid = null; parts.push(input); }
    }
    const element = h("form", { novalidate: true, "data-typing": true, class: "contact-form", onsubmit: (event) => { event.preventDefault(); fill(person, form, read(element)); } },
      errors[""] ? h("p", { class: "note note-alert", role: "alert" }, errors[""]) : null,
      state.questions && state.questions.length ? h("div", { class: "note note-wait", role: "alert" }, h("h2", {}, t("ask_again")), h("ul", {}, state.questions.map((text) => h("li", {}, text))), h("label", { class: "choice" }, h("input", { type: "checkbox", name: "confirmed" }), t("checked"))) : null,
      h("p", { class: "soft small" }, t(form.questions.every((one) => one.is_required) ? "all_needed" : "optional")), parts, h("div", { class: "actions" }, h("button", { class: "btn btn-main" }, t("keep"))));
    return [back(() => screen("person")), title(person.name), h("p", { class: "lead" }, `${inLanguage(form, "title")} · ${age(person)}`), element];
  }
  const wrong = (error) => t(`error_${error[0]}`, error[0] === "range" ? { low: figure(error[1]), high: figure(error[2]), unit: error[3] } : {});
  async function fill(person, form, values) {
    const found = rules.examine(form, person, state.day, values, state.lms, lastVisit(person, form), earlierOf(person, form));
    const errors = Object.fromEntries(Object.entries(found.errors).map(([code, error]) => [code, wrong(error)]));
    if (!Object.keys(found.answers).length && !Object.keys(errors).length) errors[""] = t("filled");
    if (Object.keys(errors).length) { redraw("form", { values, errors, questions: [] }); return; }
    const questions = found.unusual.map(([question, value, last]) => (last === "weeks" ? t("question_weeks", { question: inLanguage(question, "text"), day: shownDay(value), weeks: rules.WEEKS_KNOWN }) : last === null ? t("question", { question: inLanguage(question, "text"), value: `${figure(value)} ${question.unit}` }) : t("question_last", { question: inLanguage(question, "text"), before: figure(last), now: figure(value) })));
    if (questions.length && values.confirmed !== "on") { redraw("form", { values, errors: {}, questions }); return; }
    await keep(same(person.mine[`visit:${form.slug}`], fresh("visit", person, { form: form.slug, answers: found.answers, derived: found.derived, findings: found.findings.map((rule) => rule.code), unjudged: found.unjudged, confirmed: values.confirmed === "on" })));
    screen("formResult", { values: null, errors: {}, questions: [] });
    send();
  }
  function formResult() {
    const person = personOf(), form = formOf(), mine = person.mine[`visit:${form.slug}`];
    const found = form.findings.filter((rule) => mine.findings.includes(rule.code)), refer = found.some((rule) => rule.refer), urgent = found.some((rule) => rule.urgent);
    const unjudged = form.questions.filter((question) => (mine.unjudged || []).includes(question.code)).map((question) => inLanguage(question, "text"));
    found.sort((a, b) => b.urgent - a.urgent || b.refer - a.refer || (a.tone === "good") - (b.tone === "good"));
    return [back(() => screen("person")), title(person.name), h("p", { class: "lead" }, inLanguage(form, "title")), stateLine(mine),
      refer ? h("div", { class: "note note-alert" }, h("p", {}, h("strong", {}, t(urgent ? "refer_now" : "refer")))) : found.length && !unjudged.length ? h("div", { class: "note note-good" }, h("p", {}, t("refer_not"))) : null,
      unjudged.length ? h("div", { class: "note note-wait" }, h("p", {}, h("strong", {}, t("unjudged")), " ", t("unjudged_ask")), h("ul", {}, unjudged.map((text) => h("li", {}, text)))) : null,
      found.length ? [h("h2", {}, t("tell")), told(found, true)] : null,
      h("div", { class: "actions" }, refer ? button(t("referral_do"), () => screen("referral", { values: null }), "btn-main") : null, button(t("next"), next, "btn-main"), button(t("correct"), () => redraw("form", { values: null, errors: {}, questions: [] })))];
  }

  // --- referral: the letter is made by the portal; until then the phone says what was found
  function reasonsOf(person) {
    const of = judged(person), reasons = (of ? of.reasons : []).map(([, what]) => (what.rule ? inLanguage(what.rule, "label") : what.label ? what.label[language] : t(what.text)));
    for (const [slug, visit] of Object.entries(person.visits)) if (visit.day === state.day) {
      const form = state.pack.rules.forms.find((one) => one.slug === slug);
      for (const rule of form ? form.findings : []) if (rule.refer && visit.findings.includes(rule.code)) reasons.push(inLanguage(rule, "label"));
    }
    return [...new Set(reasons)];
  }
  function referralScreen() {
    const person = personOf(), mine = person.mine.referral, told = mine ? mine.told || {} : {}, reasons = reasonsOf(person), values = state.values || { note: mine ? mine.note : "" };
    const why = [h("h2", {}, t("reasons")), reasons.length ? h("ul", {}, reasons.map((one) => h("li", {}, one))) : h("p", { class: "soft" }, t("no_reason"))];
    if (mine) return [back(() => screen("person")), title(person.name), lead(person), h("p", {}, shownDay(mine.day)),
      mine.state === "kept" && told.code ? h("div", { class: "note note-good" }, h("p", {}, t("referral_code", { code: told.code, day: shownDay(told.due_on) })), h("p", {}, h("a", { href: root.dataset.referral.replace("CODE", told.code) }, t("referral_letter")))) : h("div", { class: "note note-alert" }, h("p", {}, t("referral_waits"))),
      why, mine.note ? h("p", {}, mine.note) : null, h("div", { class: "actions" }, button(t("next"), next, "btn-main"),
        mine.state === "new" && !state.flying.has(mine.key) ? button(t("take_back"), async () => { await drop(mine.key); screen("person"); }, "btn-plain") : null)];
    const form = h("form", { novalidate: true, "data-typing": true, class: "contact-form", onsubmit: async (event) => {
      event.preventDefault();
      const note = read(form).note;
      const elsewhere = !person.mine.growth && person.growth.some((one) => one[0] === state.day); // weighed on the portal, which knows why
      if (!reasons.length && !note && !elsewhere) { redraw("referral", { values: { note }, problem: t("no_reason") }); return; }
      await keep(fresh("referral", person, { note, why: reasons.join("; ") }));
      redraw("referral", { values: null, problem: "" }); send();
    } }, why, field("note", t("referral_note"), h("textarea", { id: "note", name: "note", rows: 3, maxlength: 300, value: values.note || "" }), state.problem), h("div", { class: "actions" }, h("button", { class: "btn btn-main" }, t("referral_do"))));
    return [back(() => screen("person", { problem: "" })), title(person.name), lead(person), form];
  }

  // --- the ten questions about social problems
  function socialScreen() {
    const person = personOf(), mine = person.mine.social, values = state.values || (mine ? { ...Object.fromEntries(mine.found.map((code) => [code, "yes"])), ...Object.fromEntries(Object.entries(mine.notes).map(([code, text]) => [`note-${code}`, text])), consent: mine.consent ? "on" : "", plan: mine.plan, follow_up_on: mine.follow_up_on } : {});
    const problems = state.pack.rules.problems || [];
    const questions = problems.map(([code, indonesian, english]) => {
      const note = field(`note-${code}`, t("social_note"), typed(`note-${code}`, values[`note-${code}`], null, { maxlength: 500 }));
      note.hidden = values[code] !== "yes";
      const asked = choices(code, language === "en" ? english : indonesian, [["no", t("no")], ["yes", t("yes")]], values[code] || "no");
      asked.addEventListener("change", () => { note.hidden = asked.querySelector("input:checked").value !== "yes"; });
      return [asked, note];
    });
    const form = h("form", { novalidate: true, "data-typing": true, class: "contact-form", onsubmit: async (event) => {
      event.preventDefault();
      const typedIn = read(form), found = problems.map((one) => one[0]).filter((code) => typedIn[code] === "yes").sort();
      const notes = Object.fromEntries(found.filter((code) => typedIn[`note-${code}`]).map((code) => [code, typedIn[`note-${code}`]]));
      await keep(same(mine, fresh("social", person, { found, notes, consent: typedIn.consent === "on", plan: typedIn.plan || "", follow_up_on: typedIn.follow_up_on || "" })));
      screen("person", { values: null }); send();
    } }, questions, h("div", { class: "field" }, h("label", { class: "choice" }, h("input", { type: "checkbox", name: "consent", checked: values.consent === "on" }), t("social_consent"))),
    field("plan", t("social_plan"), h("textarea", { id: "plan", name: "plan", rows: 3, maxlength: 1000, value: values.plan || "" })), field("follow_up_on", t("social_again"), typed("follow_up_on", values.follow_up_on, null, { type: "date", min: state.day })),
    h("div", { class: "actions" }, h("button", { class: "btn btn-main" }, t("save"))));
    return [back(() => screen("person", { values: null })), title(t("social")), h("p", { class: "lead" }, t("social_lead")), form];
  }

  // --- somebody new
  // women of the posyandu who sound as the mother is called and may have given birth on that day
  function mothersNamed(name, born) {
    const sound = rules.soundOf(name);
    return sound ? state.people.filter((one) => { const months = rules.monthsBetween(one.born, born); return one.posyandu === state.posyandu && one.sex === "F" && months >= MOTHERS[0] && months < MOTHERS[1] && (one.sound.includes(sound) || sound.includes(one.sound)); }).sort((a, b) => (b.sound === sound) - (a.sound === sound)).slice(0, 5) : [];
  }
  function newPersonScreen() {
    const values = state.values || {}, problem = h("p", { class: "errors", role: "alert" }, state.problem || "");
    const form = h("form", { novalidate: true, "data-typing": true, class: "contact-form", onsubmit: async (event) => {
      event.preventDefault();
      const typedIn = read(form);
      if (!typedIn.name || !typedIn.sex || !/^\d{4}-\d\d-\d\d$/.test(typedIn.born || "")) { problem.textContent = t("name_needed"); return; }
      if (typedIn.born > state.day) { problem.textContent = t("born_late"); return; }
      const sound = rules.soundOf(typedIn.name), alike = state.people.filter((one) => one.posyandu === state.posyandu && one.sex === typedIn.sex && one.born === typedIn.born && (one.sound.includes(sound) || sound.includes(one.sound)));
      if (alike.length && !state.is_new && event.submitter && event.submitter.value !== "new") { redraw("newPerson", { values: typedIn, alike }); return; }
      const months = rules.monthsBetween(typedIn.born, state.day), women = months < 60 ? mothersNamed(typedIn.mother || "", typedIn.born) : [], asked = state.women && state.women.length;
      if (women.length && !asked) { redraw("newPerson", { values: typedIn, alike: [], women, is_new: alike.length > 0 }); return; }
      if (asked && !typedIn.mother_is) { problem.textContent = t("error_choice"); return; }
      const mother = asked && state.women.find((one) => String(one.id) === typedIn.mother_is);
      const entry = fresh("person", null, { name: typedIn.name, sex: typedIn.sex, born: typedIn.born, mother: mother ? mother.name : typedIn.mother || "", mother_id: mother ? mother.id : undefined, consent: typedIn.consent === "on", is_new: alike.length > 0, kms: months < 60, relation: months < 216 ? "child" : "other" });
      await keep(entry);
      await keep(fresh("arrival", { id: entry.key }, { number: Math.max(0, ...state.people.map((one) => one.number || 0)) + 1 }));
      screen("person", { person: entry.key, values: null, alike: [], women: [], is_new: false });
      send();
    } }, (state.women || []).length ? choices("mother_is", t("which_mother"), [...state.women.map((one) => [one.id, `${one.name}, ${shownDay(one.born)}`]), ["none", t("mother_not_listed")]], values.mother_is || (state.women[0].sound === rules.soundOf(values.mother || "") ? state.women[0].id : "")) : null, (state.alike || []).length ? h("div", { class: "note note-wait", role: "alert" }, h("h2", {}, t("double")), h("ul", { class: "list-plain" }, state.alike.map((one) => h("li", {}, button(`${one.name}, ${shownDay(one.born)}`, () => screen("person", { person: one.id, alike: [] }))))), h("button", { class: "btn btn-quiet", name: "act", value: "new" }, t("somebody_else"))) : null,
    field("name", t("name"), typed("name", values.name)), choices("sex", t("sex"), [["F", t("female")], ["M", t("male")]], values.sex), field("born", t("born"), typed("born", values.born, null, { type: "date", max: state.day })), field("mother", t("mother"), typed("mother", values.mother)),
    h("div", { class: "field" }, h("label", { class: "choice" }, h("input", { type: "checkbox", name: "consent", checked: values.consent === "on" }), t("consent"))), problem,
    h("div", { class: "actions" }, h("button", { class: "btn btn-main", value: "" }, t("go_on"))));
    return [back(() => screen("list", { alike: [], women: [] })), title(t("add")), form];
  }

  // --- what waits, and what the portal asked back
  function waitingScreen() {
    const name = (entry) => (entry.kind === "person" ? entry.name : (state.people.find((one) => one.id === entry.person) || {}).name || "–");
    const kind = (entry) => (entry.kind === "growth" ? `${t("weigh")}: ${figure(entry.weight)} kg` : entry.kind === "visit" ? inLanguage(state.pack.rules.forms.find((one) => one.slug === entry.form) || {}, "title") : entry.kind === "arrival" ? t("has_come") : entry.kind === "referral" ? t("referral") : entry.kind === "social" ? t("social") : entry.campaign ? ((state.pack.campaigns || []).find((one) => one.id === entry.campaign) || {}).name || t("campaign") : entry.kind === "given" ? inLanguage(state.pack.items.find((one) => one.code === entry.item) || {}, "name") : t("add"));
    const resend = async (entry, more) => { await keep({ ...entry, ...more, state: "new", told: undefined }); draw(); send(); };
    return [back(() => screen("list")), title(t("waiting_title")), waiting().length ? null : h("p", { class: "note note-good" }, t("nothing_waits")),
      h("ul", { class: "finding-list" }, waiting().map((entry) => {
        const told = entry.told || {}, person = state.people.find((one) => one.id === entry.person);
        return h("li", {}, h("strong", {}, name(entry)), ` · ${kind(entry)} · ${shownDay(entry.day)} `, tag(t(entry.state === "new" || entry.state === "wait" ? "waits" : "ask_again"), entry.state === "new" || entry.state === "wait" ? "wait" : "alert"),
          entry.state === "conflict" ? [h("p", {}, t("conflict"), " ", h("em", {}, theirs(entry, told.theirs))), button(t("theirs"), async () => { await drop(entry.key); draw(); }), " ", button(t("mine"), () => resend(entry, { replace: true }))] : null,
          entry.state === "ask" ? [h("ul", {}, (told.questions || []).map((text) => h("li", {}, text))), button(t("checked"), () => resend(entry, { confirmed: true }))] : null,
          entry.state === "double" ? [h("p", {}, t("double")), (told.people || []).map((one) => h("p", {}, `${one.name}, ${shownDay(one.born)}${one.mother ? `, ${t("mother")}: ${one.mother}` : ""} `, button(t("same_person"), () => resend(entry, { is: one.id })))), button(t("somebody_else"), () => resend(entry, { is_new: true }))] : null,
          entry.state === "refused" ? h("p", { class: "errors" }, t("refused"), " ", (told.errors || []).join(" ")) : null,
          entry.state === "refused" || entry.state === "ask" ? [" ", person && entry.kind === "growth" ? button(t("correct"), () => redraw("growth", { person: person.id, day: entry.day, values: null, errors: {}, questions: [] })) : null, person && entry.kind === "visit" ? button(t("correct"), () => redraw("form", { person: person.id, form: entry.form, day: entry.day, values: null, errors: {}, questions: [] })) : null, " ", button(t("drop"), async () => { if (confirm(t("drop_sure"))) { await drop(entry.key); draw(); } }, "btn-plain")] : null);
      })), h("div", { class: "actions" }, button(t("send"), () => send(), "btn-main"))];
  }
  function theirs(entry, other) {
    if (!other) return "";
    const by = other.by ? ` (${other.by})` : "";
    if (entry.kind === "growth") return `${figure(other.weight)} kg${other.height ? `, ${figure(other.height)} cm` : ""}${by}`;
    if (entry.kind === "social") return `${(state.pack.rules.problems || []).filter((one) => other.found.includes(one[0])).map((one) => one[language === "en" ? 2 : 1]).join(" ") || t("social_none")}${by}`;
    const form = state.pack.rules.forms.find((one) => one.slug === entry.form);
    return form.questions.filter((question) => other[question.code] !== undefined && other[question.code] !== entry.answers[question.code]).map((question) => `${inLanguage(question, "text")} ${other[question.code] === "yes" ? t("yes") : other[question.code] === "no" ? t("no") : other[question.code]}`).join("; ") + by;
  }

  // --- beginning
  async function start() {
    if (!window.indexedDB || !window.crypto || !crypto.subtle) { state.screen = "unable"; draw(); return; }
    state.users = await everything("users");
    if (state.users.length) { screen("lock"); return; }
    try { const pack = await asked(root.dataset.pack); state.offered = pack.user; screen("start"); } catch (error) { screen("welcome"); }
  }
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(root.dataset.worker, { scope: "/posyandu/cadre/" }).catch(() => {});
  window.addEventListener("online", () => { state.note = ""; bar(); send(); });
  window.addEventListener("offline", bar);
  setInterval(() => { if (state.key && navigator.onLine && waiting().some((one) => one.state === "new" || one.state === "wait")) send(); }, 30000);
  start();
})();
