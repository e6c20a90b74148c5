// The search box of the header as a combobox: arrows move through what is suggested, Enter goes there,
// Escape closes it; without a choice, Enter searches. Arrows also move through a page of results.

const box = (): HTMLInputElement | null => document.querySelector("#search");
const list = (): HTMLElement | null => document.querySelector("#suggestions");
const options = (): HTMLElement[] => [...(list()?.querySelectorAll<HTMLElement>("[role=option]") ?? [])];
let chosen = -1;

function show(isOpen: boolean): void {
  const input = box();
  const shown = list();
  if (!input || !shown) return;
  shown.hidden = !isOpen;
  input.setAttribute("aria-expanded", String(isOpen));
  if (!isOpen) choose(-1);
}

function choose(place: number): void {
  const all = options();
  chosen = all.length && place >= -1 ? place : -1;
  all.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
  const input = box();
  if (chosen < 0) input?.removeAttribute("aria-activedescendant");
  else {
    input?.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  }
}

function inBox(event: KeyboardEvent): void {
  const all = options();
  const isOpen = all.length > 0 && !list()?.hidden;
  if (event.key === "ArrowDown" && isOpen) choose((chosen + 1) % all.length);
  else if (event.key === "ArrowUp" && isOpen) choose((chosen <= 0 ? all.length : chosen) - 1);
  else if (event.key === "ArrowDown") return hits()[0]?.focus();
  else if (event.key === "Escape" && isOpen) show(false);
  else if (event.key === "Enter" && isOpen && chosen >= 0)
    all[chosen].querySelector<HTMLAnchorElement>("a")?.click();
  else return;
  event.preventDefault();
}

const hits = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(".hits a.hit")];

function inHits(event: KeyboardEvent, hit: HTMLElement): void {
  const all = hits();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  (all[all.indexOf(hit) + step] ?? (step < 0 ? box() : hit))?.focus();
}

document.addEventListener("keydown", (event) => {
  const target = event.target as HTMLElement;
  if (target.id === "search") inBox(event);
  else if (target.matches(".hits a.hit")) inHits(event, target);
});
document.addEventListener("htmx:afterSwap", (event) => {
  if ((event.target as HTMLElement).id === "suggestions")
    show(options().length > 0 && document.activeElement === box());
});
document.addEventListener("click", (event) => {
  if (!(event.target as Element).closest(".top form")) show(false);
});
document.addEventListener("focusin", (event) => {
  const target = event.target as HTMLElement;
  if (target.id === "search" && options().length) show(true);
  else if (!target.closest(".top form")) show(false);
});
