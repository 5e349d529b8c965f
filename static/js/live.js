// Asks every three seconds whether what the page shows has changed; if so, the regions marked [data-live] ask for
// themselves. The same question tells whether the person has new messages: the bell then asks for itself.

const PERIOD = 3000;
const LONGEST = 60000;

function start(url) {
  let version = null;
  let own = null;
  let wait = PERIOD;
  let timer = 0;

  async function ask() {
    window.clearTimeout(timer);
    if (document.hidden) return;
    try {
      const address = new URL(url, window.location.href);
      if (version !== null) address.searchParams.set("v", version);
      if (document.body.dataset.liveOwn) address.searchParams.set("o", document.body.dataset.liveOwn);
      const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const { v, o } = await answer.json();
      if (version !== null && v !== version) document.body.dispatchEvent(new CustomEvent("live", { detail: { v } }));
      if (own !== null && o !== own) document.body.dispatchEvent(new CustomEvent("bell"));
      version = v;
      own = o;
      wait = PERIOD;
    } catch {
      wait = Math.min(wait * 2, LONGEST);
    }
    timer = window.setTimeout(ask, wait);
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) ask();
  });
  ask();
}

// A page without live regions or bell has nothing to ask for.
if (document.body.dataset.liveUrl && document.querySelector("[data-live], #bell")) start(document.body.dataset.liveUrl);
