// The dashboard's own: printing. Charts print as they are drawn, whatever is being explored.

document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-print]")) window.print();
});
