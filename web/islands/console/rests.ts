// What rows rest on: versions, policies, masks, filters; told in words.
import type { Foreseen, Sight } from "./ask";

export function restsOn(ports: Sight[]): HTMLElement {
  const made = document.createElement("div");
  if (!ports.length) made.append(said("p", "It reads no port.", "muted"));
  for (const port of ports) made.append(sight(port));
  return made;
}

export function foreseen(found: Foreseen): HTMLElement {
  const made = restsOn(found.ports);
  if (found.columns.length) {
    made.prepend(said("p", `It would give ${found.columns.length} columns: ${found.columns.map((one) => `${one.name} ${one.type.toLowerCase()}`).join(", ")}.`));
  }
  return made;
}

function sight(port: Sight): HTMLElement {
  const card = said("section", "", "card");
  const title = said("h2", "");
  const link = document.createElement("a");
  link.href = `/products/${encodeURIComponent(port.address)}`;
  link.className = "mono";
  link.textContent = `${port.address}@${port.version}`;
  title.append(link, " ", said("span", port.allowed ? "you may read it" : "refused", `badge ${port.allowed ? "good" : "bad"}`));
  card.append(title);
  const facts = document.createElement("dl");
  facts.className = "facts";
  const fact = (name: string, value: string) => { if (value) facts.append(said("dt", name), said("dd", value)); };
  fact("Masked", Object.entries(port.masks).map(([column, mask]) => `${column}: ${mask}`).join(", "));
  fact("Classified, shown raw", port.raw.join(", "));
  fact("Only rows where", port.filters.join(" and "));
  fact("Only groups of", port.minimum_group ? `${port.minimum_group} rows or more` : "");
  fact("Purpose", port.purpose);
  fact("Grant", port.grant);
  card.append(facts);
  const list = document.createElement("ul");
  for (const reason of port.reasons) {
    const item = document.createElement("li");
    item.append(said("code", reason.policy), ` ${reason.text}${reason.columns.length ? ` (${reason.columns.join(", ")})` : ""}`);
    list.append(item);
  }
  card.append(list);
  if (port.needs_purpose) card.append(said("p", "Say a purpose, and run it again.", "note warn"));
  else if (!port.allowed) card.append(askFor(port.address));
  return card;
}

export function askFor(address: string): HTMLElement {
  const made = document.createElement("a");
  made.className = "button";
  made.href = `/access/ask/${encodeURIComponent(address)}`;
  made.textContent = "Ask for access";
  return made;
}

export function said(name: string, text: string, kind = ""): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}
