// Moving in the picture: drag, wheel with Ctrl, two fingers, and by word (in, out, fit).

/** Keep a picture in sight: no wider margin than there need be; one that is smaller stands in the middle. */
function within(at: number, room: number, length: number, pad: number): number {
  if (length + 2 * pad <= room) return (room - length) / 2;
  return Math.min(pad, Math.max(room - length - pad, at));
}

export class View {
  x = 0; y = 0; scale = 1;
  private pointers = new Map<number, [number, number]>();
  private moved = 0;

  constructor(private svg: SVGSVGElement, private group: () => SVGElement | null) {
    svg.addEventListener("pointerdown", (event) => this.begin(event));
    svg.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel", "pointerleave"] as const)
      svg.addEventListener(name, (event) => { this.pointers.delete(event.pointerId); });
    svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 300), event.offsetX, event.offsetY);
    }, { passive: false });
    // A drag that ends on a box is no click of it.
    svg.addEventListener("click", (event) => { if (this.moved > 6) { event.stopPropagation(); event.preventDefault(); } }, true);
  }

  get size(): [number, number] { return [this.svg.clientWidth, this.svg.clientHeight]; }

  private begin(event: PointerEvent): void {
    if (!this.pointers.size) this.moved = 0;
    this.pointers.set(event.pointerId, [event.clientX, event.clientY]);
  }

  private move(event: PointerEvent): void {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const [dx, dy] = [event.clientX - before[0], event.clientY - before[1]];
    this.moved += Math.abs(dx) + Math.abs(dy);
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId);
    this.pointers.set(event.pointerId, [event.clientX, event.clientY]);
    if (!others.length) { this.x += dx; this.y += dy; this.apply(); return; }
    const [ox, oy] = others[0][1], box = this.svg.getBoundingClientRect();
    const was = Math.hypot(before[0] - ox, before[1] - oy), now = Math.hypot(event.clientX - ox, event.clientY - oy);
    if (was > 0) this.zoom(now / was, (event.clientX + ox) / 2 - box.left, (event.clientY + oy) / 2 - box.top);
  }

  zoom(by: number, atX = this.size[0] / 2, atY = this.size[1] / 2): void {
    const scale = Math.min(2.5, Math.max(0.05, this.scale * by)), real = scale / this.scale;
    this.x = atX - (atX - this.x) * real;
    this.y = atY - (atY - this.y) * real;
    this.scale = scale;
    this.apply();
  }

  /** Show all; where that would be too small to read, show it readable around a place. */
  fit(width: number, height: number, around?: { x: number; y: number; width: number; height: number }): void {
    const [w, h] = this.size, pad = 24;
    const whole = Math.min((w - 2 * pad) / Math.max(1, width), (h - 2 * pad) / Math.max(1, height), 1);
    const isSmall = around !== undefined && whole < 0.5;
    this.scale = isSmall ? 0.75 : Math.max(0.05, whole);
    if (isSmall) {
      this.x = within(w / 2 - (around.x + around.width / 2) * this.scale, w, width * this.scale, pad);
      this.y = within(h / 2 - (around.y + around.height / 2) * this.scale, h, height * this.scale, pad);
    } else {
      this.x = (w - width * this.scale) / 2;
      this.y = (h - height * this.scale) / 2;
    }
    this.apply();
  }

  /** Bring a box into sight. */
  reach(box: { x: number; y: number; width: number; height: number }): void {
    const [w, h] = this.size, left = box.x * this.scale + this.x, top = box.y * this.scale + this.y;
    const right = left + box.width * this.scale, bottom = top + box.height * this.scale;
    if (left < 10) this.x += 20 - left; else if (right > w - 10) this.x -= Math.min(right - w + 20, left - 20);
    if (top < 10) this.y += 20 - top; else if (bottom > h - 10) this.y -= Math.min(bottom - h + 20, top - 20);
    this.apply();
  }

  apply(): void { this.group()?.setAttribute("transform", `translate(${this.x} ${this.y}) scale(${this.scale})`); }
}
