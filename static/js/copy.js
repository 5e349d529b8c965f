// A button that copies the text of another element, where the browser allows it: else it stays hidden.

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  if (!button) return;
  await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent.trim());
  button.querySelector("span").textContent = button.dataset.copied;
});

function offer() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
}

offer();
document.body.addEventListener("htmx:afterSwap", offer);
