// The form of a custom field shows only what its kind needs; without JavaScript all is shown.

function showForKind(select) {
  for (const part of select.form.querySelectorAll("[data-for-kind]")) {
    part.hidden = !part.dataset.forKind.split(" ").includes(select.value);
  }
}

function prepare(scope) {
  for (const select of scope.querySelectorAll("select[data-field-kind]")) showForKind(select);
}

document.addEventListener("change", (event) => {
  if (event.target instanceof Element && event.target.matches("select[data-field-kind]")) showForKind(event.target);
});
document.addEventListener("htmx:afterSettle", () => prepare(document));
prepare(document);
