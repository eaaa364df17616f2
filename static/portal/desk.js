// The desk by keyboard: j and k move, Enter opens, x ticks, / searches, digits choose a queue, m shows the map, ? tells.
(function () {
  "use strict";
  var desk = document.querySelector("[data-desk]");
  if (!desk) return;
  var code = "";

  function rows() { return Array.prototype.slice.call(document.querySelectorAll("#desk-board [data-row]")); }
  function name(row) { return row.querySelector("[name=picked]").value; }
  function mark() { rows().forEach(function (row) { row.classList.toggle("row-here", name(row) === code); }); }
  function move(step) {
    var all = rows(), at = all.map(name).indexOf(code);
    var next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))];
    if (!next) return;
    code = name(next);
    mark();
    next.querySelector("a").focus();
    next.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input:not([type=checkbox]), select, textarea")) return;
    var key = event.key, here = rows().filter(function (row) { return name(row) === code; })[0];
    if (key === "j") move(1);
    else if (key === "k") move(-1);
    else if (key === "x" && here) here.querySelector("[name=picked]").click();
    else if (key === "/") { document.querySelector(".filters-box").open = true; document.getElementById("desk-q").focus(); }
    else if (key === "m") document.querySelector("[data-map-toggle]").click();
    else if (key === "?") { var help = document.querySelector(".desk-keys"); help.textContent = desk.dataset.help; help.hidden = !help.hidden; if (!help.hidden) help.scrollIntoView({ block: "nearest" }); }
    else if (/^[1-9]$/.test(key)) { var tab = document.querySelectorAll("[data-queue]")[Number(key) - 1]; if (tab) tab.click(); }
    else return;
    event.preventDefault();
  });
  document.addEventListener("htmx:afterSwap", mark);
  document.body.addEventListener("desk-changed", function () {
    document.querySelectorAll("[data-map][data-again]").forEach(function (map) { map.dispatchEvent(new Event("map-again")); });
  });
})();
