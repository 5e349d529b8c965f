// Short messages with an undo; also says so when a request failed.

const region = document.getElementById("toasts");
const SECONDS = 8;

// `takeBack` is what the page itself does to undo; else an address to post to may come with the toast.
function arm(toast, takeBack = null) {
  const undo = toast.dataset.undoUrl;
  if (takeBack) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-quiet btn-small";
    button.textContent = region.dataset.undo;
    button.addEventListener("click", () => {
      toast.remove();
      takeBack();
    });
    toast.append(button);
  } else if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-quiet btn-small";
    button.textContent = region.dataset.undo;
    button.addEventListener("click", async () => {
      const answer = await fetch(undo, { method: "POST", headers: { "X-CSRFToken": document.body.dataset.csrf } }).catch(() => null);
      const problem = answer && !answer.ok ? await answer.json().catch(() => null) : null;
      const next = answer?.headers.get("HX-Redirect"); // the page itself may be gone with what was undone
      if (answer?.ok && next) window.location.assign(next);
      else if (answer?.ok) window.location.reload();
      else show({ text: problem?.detail ?? region.dataset.failed, level: "error" });
      toast.remove();
    });
    toast.append(button);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-quiet btn-small";
  close.setAttribute("aria-label", region.dataset.close);
  close.textContent = "✕";
  close.addEventListener("click", () => toast.remove());
  toast.append(close);
  let timer = 0;
  const wait = () => {
    timer = window.setTimeout(() => toast.remove(), SECONDS * 1000);
  };
  // An error stays until it is read; the rest waits while the pointer or the focus is on it.
  if (toast.classList.contains("toast-error")) return;
  wait();
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, () => window.clearTimeout(timer));
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, wait);
}

function show({ text, level = "info", undo = "", takeBack = null }) {
  const toast = document.createElement("div");
  toast.className = `toast toast-${level}`;
  toast.dataset.undoUrl = undo;
  const words = document.createElement("span");
  words.textContent = text;
  toast.append(words);
  region.append(toast);
  arm(toast, takeBack);
}

if (region) {
  for (const toast of region.querySelectorAll("[data-toast]")) arm(toast);
  document.body.addEventListener("toast", (event) => show(event.detail));
  document.body.addEventListener("htmx:responseError", (event) => {
    const { status, responseText } = event.detail.xhr;
    const told = status === 503 && (event.detail.xhr.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    const text = told ? responseText : status === 403 ? region.dataset.forbidden : status === 404 ? region.dataset.missing : region.dataset.failed;
    show({ text, level: "error" });
  });
  document.body.addEventListener("htmx:sendError", () => show({ text: region.dataset.failed, level: "error" }));
}
