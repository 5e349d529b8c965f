// The side panel: opens when htmx fills it, closes on Escape, gives the focus back to where it was.

const frame = document.getElementById("panel-frame");
const content = document.getElementById("panel");
let opener = null;

function open() {
  if (!frame.open) frame.show();
  content.scrollTop = 0;
  (content.querySelector("[autofocus]") ?? content).focus({ preventScroll: true });
}

function close() {
  if (!frame?.open) return;
  const form = content.querySelector("form[data-dirty]");
  if (form && !window.confirm(form.dataset.warnUnsaved || document.title)) return;
  frame.close();
  content.replaceChildren();
  if (opener?.isConnected) opener.focus();
  opener = null;
}

if (frame) {
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target !== content || frame.contains(event.detail.elt)) return;
    // A menu closes when what was chosen in it opens the panel; the focus then comes back to the menu's button.
    const menu = event.detail.elt.closest("details[data-menu][open]");
    if (menu) menu.open = false;
    opener = menu ? menu.querySelector("summary") : event.detail.elt;
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === content) open();
  });
  document.body.addEventListener("panel:close", close);
  frame.querySelector("[data-panel-close]").addEventListener("click", close);
  content.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-panel-close]")) close();
  });
  document.addEventListener("keydown", (event) => {
    const modal = document.querySelector("dialog:modal");
    if (event.key === "Escape" && !modal && !event.defaultPrevented) close();
  });
}
