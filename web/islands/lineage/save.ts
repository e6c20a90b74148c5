// The picture as a file that needs nothing else: its styles are within, colours as they are seen.

const VARIABLES = /var\((--[\w-]+)\)/g;

function styles(): string {
  const seen = getComputedStyle(document.documentElement);
  const rules: string[] = [];
  for (const sheet of document.styleSheets)
    for (const rule of sheet.cssRules)
      if (rule instanceof CSSStyleRule && rule.selectorText.includes(".lg")) rules.push(rule.cssText);
  return rules.join("\n").replace(VARIABLES, (_, name: string) => seen.getPropertyValue(name).trim() || "none");
}

/** Return the picture whole, whatever part of it is in sight. */
export function asSvg(svg: SVGSVGElement, width: number, height: number): string {
  const copy = svg.cloneNode(true) as SVGSVGElement, pad = 24;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("viewBox", `${-pad} ${-pad} ${width + 2 * pad} ${height + 2 * pad}`);
  copy.setAttribute("width", String(width + 2 * pad));
  copy.setAttribute("height", String(height + 2 * pad));
  copy.querySelector(".all")?.removeAttribute("transform");
  for (const one of copy.querySelectorAll("[tabindex], [role=button]")) { one.removeAttribute("tabindex"); one.removeAttribute("role"); }
  for (const one of copy.querySelectorAll(".more")) one.remove();
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  Object.entries({ x: -pad, y: -pad, width: width + 2 * pad, height: height + 2 * pad, class: "paper" }).forEach(([k, v]) => ground.setAttribute(k, String(v)));
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  style.textContent = styles();
  copy.prepend(style, ground);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}`;
}

export function save(name: string, contents: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(contents);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export async function asPng(text: string, width: number, height: number): Promise<Blob> {
  const image = new Image(), scale = Math.min(2, 8000 / Math.max(width, height));
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(image.naturalWidth * scale);
  canvas.height = Math.ceil(image.naturalHeight * scale);
  canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
}
