// The rows that were opened last in this organisation. Only their keys stay on the device: their names are asked of
// the server, which knows whether one may still see them.

const MOST = 8;
const KEY = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const place = `t4v-recent-${document.body.dataset.recent ?? ""}`;

export function recent() {
  try {
    const held = JSON.parse(localStorage.getItem(place) ?? "[]");
    return Array.isArray(held) ? held.filter((key) => typeof key === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export function remember(key) {
  try {
    localStorage.setItem(place, JSON.stringify([key, ...recent().filter((other) => other !== key)].slice(0, MOST)));
  } catch {
    // Storage may be refused: nothing is remembered.
  }
}

for (const key of window.location.pathname.match(KEY) ?? []) remember(key);
