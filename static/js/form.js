// Forms: a warning before unsaved changes are lost, filters that apply themselves, the first error in view.

const TYPING_PAUSE = 350;

function markDirty(event) {
  const form = event.target instanceof Element ? event.target.closest("form[data-warn-unsaved]") : null;
  if (form) form.dataset.dirty = "true";
}

document.addEventListener("input", markDirty);
document.addEventListener("change", markDirty);
document.addEventListener("submit", (event) => delete event.target.dataset.dirty, true);
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-dirty]")) event.preventDefault();
});

// Two people have changed one field: the value that is chosen goes into the field, and one that is typed is one's own.
document.addEventListener("change", (event) => {
  const choice = event.target instanceof Element ? event.target.closest("input[data-keep-for]") : null;
  const field = choice ? document.getElementById(choice.dataset.keepFor) : null;
  if (!field) return;
  // A field that the page writes otherwise than it is sent says how it takes a value.
  if (field.takeValue) field.takeValue(choice.dataset.value, choice.parentElement.querySelector(".clash-text")?.textContent ?? "");
  else if (field.type === "checkbox") field.checked = choice.dataset.value !== "";
  else if (field.matches("input, select, textarea")) field.value = choice.dataset.value;
  else for (const one of field.querySelectorAll("input")) one.checked = one.value === choice.dataset.value;
});
document.addEventListener("input", (event) => {
  if (!(event.target instanceof Element) || event.target.matches("[data-keep-for]") || !event.target.id) return;
  const mine = document.querySelector(`input[data-keep-for="${CSS.escape(event.target.id)}"][value="mine"]`);
  if (mine) mine.checked = true;
});

// A double click must not send a form twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || form.matches("[data-autosubmit], [hx-post], [hx-get], [hx-put], [hx-patch], [hx-delete]")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "true";
  window.setTimeout(() => delete form.dataset.sent, 4000);
});

function apply(form) {
  // Empty filters stay out of the address.
  for (const control of form.elements) {
    if (control.name && control.value === "" && control.type !== "submit") control.disabled = true;
  }
  form.requestSubmit();
  window.setTimeout(() => {
    for (const control of form.elements) control.disabled = false;
  });
}

let timer = 0;
document.addEventListener("input", (event) => {
  const form = event.target instanceof Element ? event.target.closest("form[data-autosubmit]") : null;
  if (!form || event.target.type !== "search") return;
  window.clearTimeout(timer);
  timer = window.setTimeout(() => apply(form), TYPING_PAUSE);
});
document.addEventListener("change", (event) => {
  const form = event.target instanceof Element ? event.target.closest("form[data-autosubmit]") : null;
  if (!form || event.target.type === "search") return;
  // Several choices are made before they apply: when the menu closes.
  const menu = event.target.closest("details[data-menu]");
  if (menu) menu.addEventListener("toggle", () => apply(form), { once: true });
  else apply(form);
});

function prepare(scope) {
  for (const button of scope.querySelectorAll("form[data-autosubmit] [data-apply]")) button.hidden = true;
  scope.querySelector("[data-form-errors]")?.focus();
}

prepare(document);
document.addEventListener("htmx:afterSettle", (event) => prepare(event.target));
