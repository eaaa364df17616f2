// Maps: [data-map] is one of
//   clusters  data-clusters (JSON of counted points), data-cases (list of a box as HTML), data-query (filters), data-list (selector)
//   point     data-latitude, data-longitude
//   pick      data-places: pressing the map asks that address for the lists of places
// Leaflet is fetched only when a map comes into sight.
(function () {
  "use strict";
  var NTB = [[-9.2, 115.7], [-7.9, 119.45]], loading = null;

  function load(element) {
    if (window.L) return Promise.resolve();
    if (loading) return loading;
    loading = new Promise(function (resolve, reject) {
      var style = document.createElement("link");
      style.rel = "stylesheet"; style.href = element.dataset.style;
      document.head.appendChild(style);
      var script = document.createElement("script");
      script.src = element.dataset.leaflet; script.onload = resolve; script.onerror = reject;
      document.head.appendChild(script);
    });
    return loading;
  }

  function json(address) {
    return fetch(address, { credentials: "same-origin" }).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    });
  }

  function number(element, name) { return element.dataset[name] ? parseFloat(element.dataset[name]) : null; }

  function start(element) {
    if (element.dataset.started) return;
    element.dataset.started = "1";
    load(element).then(function () { draw(element); }).catch(function () {
      element.textContent = element.dataset.failed;
      element.classList.add("map-wait");
    });
  }

  function draw(element) {
    element.textContent = "";
    var map = L.map(element, { zoomControl: false, zoomSnap: 0.25, minZoom: 6, maxZoom: 18, maxBounds: [[-12, 110], [-5, 125]], attributionControl: Boolean(element.dataset.tiles) });
    L.control.zoom({ zoomInTitle: element.dataset.in, zoomOutTitle: element.dataset.out }).addTo(map);
    element._map = map;
    if (element.dataset.tiles) L.tileLayer(element.dataset.tiles, { attribution: element.dataset.credit, maxZoom: 19 }).addTo(map);
    map.fitBounds(NTB);
    outlines(element, map);
    ({ clusters: clusters, point: point, pick: pick })[element.dataset.map](element, map);
  }

  function named(feature, area) { area.bindTooltip(feature.properties.name, { permanent: true, direction: "center", className: "area-name" }); }

  function nameBetween(map, layer, lowest, highest) { // names are read at some zooms only, else they cover everything
    function names() {
      var show = map.getZoom() >= lowest && map.getZoom() <= highest;
      layer.eachLayer(function (area) { area[show ? "openTooltip" : "closeTooltip"](); });
    }
    map.on("zoomend", names);
    names();
  }

  function outlines(element, map) {
    var plain = !element.dataset.tiles, asked = false;
    json(element.dataset.outlines).then(function (found) {
      var layer = L.geoJSON(found, {
        interactive: false,
        style: { color: "#0b4a6f", weight: 1.2, fillColor: "#fff", fillOpacity: plain ? 1 : 0 },
        onEachFeature: named
      }).addTo(map);
      layer.bringToBack();
      if (element.dataset.area && map.getZoom() < 9) {
        layer.eachLayer(function (area) {
          if (element.dataset.area.indexOf(area.feature.properties.code) === 0) map.fitBounds(area.getBounds());
        });
      }
      nameBetween(map, layer, 8, 11);
    }).catch(function () {});
    function finer() {
      if (map.getZoom() < 10 || asked) return;
      asked = true;
      json(element.dataset.outlinesFine).then(function (found) {
        var layer = L.geoJSON(found, { interactive: false, style: { color: "#7a93a5", weight: 0.8, fill: false },
          onEachFeature: named }).addTo(map);
        nameBetween(map, layer, 11, 18);
      }).catch(function () { asked = false; });
    }
    map.on("zoomend", finer); finer();
  }

  function point(element, map) {
    var place = [number(element, "latitude"), number(element, "longitude")];
    L.circleMarker(place, { radius: 9, color: "#fff", weight: 2, fillColor: "#a84300", fillOpacity: 1, interactive: false }).addTo(map);
    map.setView(place, element.dataset.tiles ? 15 : 11);
  }

  function pick(element, map) {
    var marker = null;
    function put(place) {
      if (marker) marker.setLatLng(place);
      else marker = L.circleMarker(place, { radius: 9, color: "#fff", weight: 2, fillColor: "#a84300", fillOpacity: 1, interactive: false }).addTo(map);
    }
    if (number(element, "latitude") !== null) { var known = [number(element, "latitude"), number(element, "longitude")]; put(known); map.setView(known, 12); }
    map.on("click", function (event) {
      var place = event.latlng.wrap();
      put(place);
      htmx.ajax("GET", element.dataset.places + "?lat=" + place.lat.toFixed(6) + "&lon=" + place.lng.toFixed(6), { target: "#places", swap: "innerHTML" });
    });
  }

  function boxOf(bounds) {
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map(function (n) { return n.toFixed(5); }).join(",");
  }

  function clusters(element, map) {
    var group = L.layerGroup().addTo(map), list = element.dataset.list && document.querySelector(element.dataset.list);
    var last = 0, timer = null;
    function address(base, box) { return base + "?" + (element.dataset.query ? element.dataset.query + "&" : "") + "box=" + box + "&zoom=" + Math.round(map.getZoom()); }
    function around(place) {
      var d = map.getZoom() >= 17 ? 0.0003 : 40 * 360 / (256 * Math.pow(2, map.getZoom()));
      return [place.lng - d, place.lat - d, place.lng + d, place.lat + d].map(function (n) { return n.toFixed(6); }).join(",");
    }
    function open(place, count) {
      if (count > 1 && map.getZoom() < 15) { map.setView(place, Math.min(18, map.getZoom() + 2)); return; }
      var popup = L.popup({ maxWidth: 300, minWidth: 220 }).setLatLng(place).setContent("…").openOn(map);
      fetch(address(element.dataset.cases, around(place)), { credentials: "same-origin" }).then(function (answer) { return answer.text(); })
        .then(function (text) { popup.setContent(text); });
    }
    function show() {
      var mine = ++last;
      json(address(element.dataset.clusters, boxOf(map.getBounds()))).then(function (found) {
        if (mine !== last) return;
        var within = element.contains(document.activeElement) && document.activeElement.classList.contains("dot");
        group.clearLayers();
        if (within) element.focus(); // whoever goes by keyboard stays in the map
        found.clusters.forEach(function (one) {
          var count = one[2], size = count === 1 ? 18 : Math.round(26 + 9 * Math.log10(count));
          var tone = one[3] === 0 ? "" : one[3] === count ? " dot-open" : " dot-some";
          var text = count === 1 ? "" : count < 10000 ? String(count) : Math.round(count / 1000) + "k";
          var icon = L.divIcon({ className: "dot" + tone, html: text, iconSize: [size, size] });
          var name = count + " " + (count === 1 ? element.dataset.report : element.dataset.reports);
          var marker = L.marker([one[0], one[1]], { icon: icon, title: name, alt: name, riseOnHover: true, autoPanOnFocus: false });
          marker.on("click", function () { open(marker.getLatLng(), count); });
          marker.on("keypress", function (event) { if (event.originalEvent.key === "Enter") open(marker.getLatLng(), count); });
          marker.on("add", function () { marker.getElement().setAttribute("aria-label", name); });
          marker.addTo(group);
        });
        element.dataset.shown = String(mine);
      }).catch(function () {});
      if (list && window.htmx) htmx.ajax("GET", address(element.dataset.cases, boxOf(map.getBounds())), { target: list, swap: "innerHTML" });
    }
    map.on("moveend", function () { clearTimeout(timer); timer = setTimeout(show, 150); });
    element.addEventListener("map-again", show);
    show();
  }

  function look() {
    document.querySelectorAll("[data-map]").forEach(function (element) {
      if (element.dataset.watched) return;
      element.dataset.watched = "1";
      element.textContent = "";
      if (!window.IntersectionObserver) { start(element); return; }
      var eye = new IntersectionObserver(function (seen) {
        if (seen.some(function (one) { return one.isIntersecting; })) { eye.disconnect(); start(element); }
      }, { rootMargin: "200px" });
      eye.observe(element);
    });
  }
  look();
  document.addEventListener("htmx:afterSettle", look);
})();
