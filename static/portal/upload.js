// Sends a chosen file in parts (tus), so that a weak line loses nothing. Without this script the form is sent as it is.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.parts || !window.tus || !tus.isSupported) return;
  const file = form.querySelector("input[type=file]").files[0];
  if (!file || !file.size) return;
  event.preventDefault();
  const box = form.querySelector(".upload-progress");
  const problem = box.querySelector(".errors");
  const button = form.querySelector("button");
  box.hidden = false;
  problem.textContent = "";
  button.disabled = true;
  const upload = new tus.Upload(file, {
    endpoint: form.dataset.parts,
    chunkSize: 8 * 1024 * 1024,
    retryDelays: [0, 1000, 3000, 5000, 10000, 20000],
    removeFingerprintOnSuccess: true,
    headers: { "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
    metadata: { filename: file.name, note: form.querySelector("[name=note]").value },
    onError: (error) => {
      button.disabled = false;
      const answer = error.originalResponse;
      problem.textContent = (answer && answer.getBody()) || error.message;
    },
    onProgress: (sent, all) => {
      const percent = Math.floor((sent / all) * 100);
      box.querySelector("progress").value = percent;
      box.querySelector("[data-percent]").textContent = percent;
    },
    onSuccess: () => { location.assign(form.action.replace(/upload\/$/, "")); },
  });
  upload.findPreviousUploads().then((earlier) => {
    if (earlier.length) upload.resumeFromPreviousUpload(earlier[0]);
    upload.start();
  });
});
