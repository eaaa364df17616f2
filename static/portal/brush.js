// Painting over a photo: strokes are circles in shares of the picture, sent as JSON; the server makes them unrecognisable.
(function () {
  "use strict";
  var box = document.querySelector("[data-brush]"), form = document.getElementById("brush-form");
  if (!box || !form) return;
  var image = box.querySelector("img"), size = document.getElementById("brush-size"), canvas = document.createElement("canvas");
  var strokes = [], current = null;
  document.querySelectorAll(".brush-tools").forEach(function (tool) { tool.hidden = false; });
  canvas.setAttribute("aria-label", image.alt);
  box.appendChild(canvas);

  function fit() { canvas.width = image.clientWidth; canvas.height = image.clientHeight; paint(); }
  function paint() {
    var pen = canvas.getContext("2d");
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = "rgba(11, 74, 111, 0.8)";
    strokes.forEach(function (stroke) {
      stroke.forEach(function (dot) {
        pen.beginPath();
        pen.arc(dot[0] * canvas.width, dot[1] * canvas.height, dot[2] * canvas.width, 0, 7);
        pen.fill();
      });
    });
  }
  function dot(event) {
    var frame = canvas.getBoundingClientRect();
    return [(event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height, Number(size.value) / 100]
      .map(function (share) { return Math.round(Math.max(0, Math.min(1, share)) * 10000) / 10000; });
  }
  canvas.addEventListener("pointerdown", function (event) {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    current = [dot(event)];
    strokes.push(current);
    paint();
  });
  canvas.addEventListener("pointermove", function (event) {
    if (!current) return;
    var next = dot(event), last = current[current.length - 1];
    if (Math.hypot(next[0] - last[0], next[1] - last[1]) < next[2] / 3) return;
    current.push(next);
    paint();
  });
  canvas.addEventListener("pointerup", function () { current = null; });
  form.querySelector("[data-undo]").addEventListener("click", function () { strokes.pop(); paint(); });
  form.addEventListener("submit", function () { form.elements.strokes.value = JSON.stringify([].concat.apply([], strokes).slice(0, 400)); });
  if (image.complete) fit();
  image.addEventListener("load", fit);
  window.addEventListener("resize", fit);
})();
