// Two people have changed the same cell: both values are shown, and one is chosen. Nothing is lost meanwhile.

import { said } from "./words.js";

export class Clashes {
  constructor(root, plan, server) {
    Object.assign(this, { plan, server });
    this.dialog = root.querySelector(".gg-clashes");
    this.list = this.dialog.querySelector(".gg-clash-list");
    server.addEventListener("clash", (event) => this.ask(event.detail));
    this.dialog.addEventListener("close", () => this.decide());
  }

  ask({ clashes, operations }) {
    this.clashes = clashes;
    this.operations = operations;
    this.list.replaceChildren(
      ...clashes.map((clash, place) => {
        const group = document.createElement("fieldset");
        group.className = "gg-clash";
        const legend = document.createElement("legend");
        legend.textContent = `${clash.name} · ${clash.label}`;
        const told = document.createElement("p");
        told.className = "muted";
        told.textContent = said("clash", { who: clash.by, when: clash.at });
        group.append(legend, told, this.choice(place, "mine", said("clash_mine"), clash.mine, true), this.choice(place, "theirs", said("clash_theirs", { who: clash.by }), clash.theirs, false));
        return group;
      }),
    );
    this.dialog.returnValue = "";
    this.dialog.showModal();
  }

  choice(place, value, label, text, checked) {
    const line = document.createElement("label");
    line.className = "gg-choice";
    const radio = document.createElement("input");
    radio.type = "radio";
    radio.name = `clash-${place}`;
    radio.value = value;
    radio.checked = checked;
    const words = document.createElement("span");
    words.textContent = label;
    const held = document.createElement("strong");
    held.textContent = text;
    line.append(radio, words, held);
    return line;
  }

  // What is kept of mine is sent again, on the version that the other has written.
  decide() {
    if (!this.clashes) return;
    const theirs = new Set();
    const versions = new Map();
    this.clashes.forEach((clash, place) => {
      versions.set(clash.row, clash.version);
      const chosen = this.list.querySelector(`input[name="clash-${place}"]:checked`)?.value;
      if (chosen === "theirs" || this.dialog.returnValue === "theirs") theirs.add(`${clash.row} ${clash.cell}`);
    });
    this.clashes = null;
    const operations = [];
    for (const operation of this.operations) {
      if (operation.op !== "change") {
        operations.push(operation);
        continue;
      }
      const values = Object.fromEntries(Object.entries(operation.values).filter(([cell]) => !theirs.has(`${operation.id} ${cell}`)));
      if (Object.keys(values).length) operations.push({ ...operation, values, version: versions.get(operation.id) ?? operation.version });
    }
    if (operations.length) this.server.edit(operations);
  }
}
