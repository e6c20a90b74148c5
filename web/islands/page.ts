// What every page has: htmx, the theme, "/" to search, menus that close on Escape, text to copy.
import htmx from "htmx.org";
import "./parts/suggest";

htmx.config.allowEval = false; // the policy of the pages forbids it anyway
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;

declare global {
  interface Window { htmx: typeof htmx }
}
window.htmx = htmx;

const root = document.documentElement;

function keepTheme(theme: string): void {
  const after = theme === "system" ? "; max-age=0" : "; max-age=31536000";
  document.cookie = `mesh-theme=${theme}; path=/; samesite=lax${after}`;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
}

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector<HTMLMetaElement>("meta[name=csrf]")?.content;
  if (token) (event as CustomEvent).detail.headers["X-CSRF-Token"] = token;
});

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const theme = target.closest<HTMLElement>("[data-theme-to]");
  if (theme) keepTheme(theme.dataset.themeTo!);
  const copy = target.closest<HTMLElement>("[data-copy]");
  if (copy) void copyText(copy);
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]"))
    if (!menu.contains(target)) menu.open = false;
});

async function copyText(button: HTMLElement): Promise<void> {
  const from = document.getElementById(button.dataset.copy!);
  await navigator.clipboard.writeText(from?.textContent?.trim() ?? "");
  const before = button.textContent;
  button.textContent = "copied";
  setTimeout(() => { button.textContent = before; }, 1500);
}

document.addEventListener("keydown", (event) => {
  const inField = (event.target as Element).closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !inField && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    document.querySelector<HTMLInputElement>("#search")?.focus();
  }
  if (event.key === "Escape")
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
});

// A tab list is moved through with the arrow keys.
document.addEventListener("keydown", (event) => {
  const tab = (event.target as Element).closest<HTMLElement>(".tabs a");
  if (!tab || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  const all = [...tab.closest(".tabs")!.querySelectorAll<HTMLElement>("a")];
  const step = event.key === "ArrowRight" ? 1 : -1;
  all[(all.indexOf(tab) + step + all.length) % all.length].focus();
});

// What is wider than the screen is scrolled by keys too: in a browser that would not let them in, and only there
// where there is something to scroll.
function letKeysScroll(): void {
  for (const box of document.querySelectorAll<HTMLElement>(".scroll:not([role])")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
letKeysScroll();
window.addEventListener("resize", letKeysScroll);
document.addEventListener("htmx:load", letKeysScroll);

// On a phone the tab that is shown may lie beyond the edge.
for (const tabs of document.querySelectorAll<HTMLElement>(".tabs")) {
  const current = tabs.querySelector<HTMLElement>("[aria-current]");
  if (current) tabs.scrollLeft = current.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - current.offsetWidth) / 2;
}
