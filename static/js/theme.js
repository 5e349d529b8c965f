// Runs before the first paint: the theme chosen on this device, and the rail as it was left.
(function () {
  const root = document.documentElement;
  let chosen = null;
  try {
    chosen = localStorage.getItem("t4v-theme");
    if (localStorage.getItem("t4v-rail") === "collapsed") root.dataset.rail = "collapsed";
  } catch {
    // Storage may be refused: the account's own choice stands.
  }
  if (root.dataset.theme === "system" && chosen) root.dataset.theme = chosen;
})();
