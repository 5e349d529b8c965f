// Rail, menus, dialogs, theme.

function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage may be refused: the choice lasts as long as the page.
  }
}

const root = document.documentElement;

function toggleRail() {
  const collapsed = root.dataset.rail !== "collapsed";
  if (collapsed) root.dataset.rail = "collapsed";
  else delete root.dataset.rail;
  remember("t4v-rail", collapsed ? "collapsed" : "open");
}

function toggleRailSheet(button) {
  const open = document.body.classList.toggle("rail-open");
  button.setAttribute("aria-expanded", String(open));
  if (open) document.querySelector("#rail a")?.focus();
}

// Where tabs are more than fit, the page's own is in view.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.closest(".tabs");
  row.scrollLeft += tab.getBoundingClientRect().left + tab.offsetWidth / 2 - row.getBoundingClientRect().left - row.clientWidth / 2;
}

function markTheme() {
  for (const button of document.querySelectorAll("[data-set-theme]")) {
    button.setAttribute("aria-pressed", String(button.dataset.setTheme === (root.dataset.theme || "system")));
  }
}

function setTheme(button) {
  const theme = button.dataset.setTheme;
  root.dataset.theme = theme;
  remember("t4v-theme", theme);
  markTheme();
  const url = button.closest("[data-theme-url]")?.dataset.themeUrl;
  if (!url) return;
  fetch(url, {
    method: "POST",
    headers: { "X-CSRFToken": document.body.dataset.csrf, "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ theme }),
  }).catch(() => {
    // The page already shows the choice; the account keeps it next time.
  });
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (menu !== except) menu.open = false;
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return;
  closeMenus(target.closest("details[data-menu]"));
  if (target.closest("[data-rail-toggle]")) toggleRail();
  const sheet = target.closest("[data-rail-open]");
  if (sheet) toggleRailSheet(sheet);
  const theme = target.closest("[data-set-theme]");
  if (theme) setTheme(theme);
  const opener = target.closest("[data-dialog-open]");
  if (opener) document.getElementById(opener.dataset.dialogOpen)?.showModal();
  if (target.closest("[data-dialog-close]")) target.closest("dialog")?.close();
  // A click on the scrim closes the dialog.
  if (target instanceof HTMLDialogElement && target.matches(".dialog, .palette")) target.close();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.querySelector("details[data-menu][open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
      event.stopPropagation();
    }
    if (document.body.classList.contains("rail-open")) {
      const button = document.querySelector("[data-rail-open]");
      toggleRailSheet(button);
      button.focus();
    }
    return;
  }
  // Arrows move within an open menu.
  const menu = event.target instanceof Element ? event.target.closest("details[data-menu][open]") : null;
  if (menu && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    const entries = [...menu.querySelectorAll(".menu-list :is(a, button, input):not([type=hidden])")];
    const step = event.key === "ArrowDown" ? 1 : -1;
    const next = entries[(entries.indexOf(document.activeElement) + step + entries.length) % entries.length];
    next?.focus();
    event.preventDefault();
  }
});

markTheme();
