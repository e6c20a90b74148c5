// What may be asked about, as the server lists it, and what the editor completes from it.
import { completeFromList, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";

export interface Column { name: string; type: string; about: string; mask: string }
export interface Port {
  address: string; about: string; rows: number; needs_purpose: boolean; columns: Column[] | null;
}

const PLAIN = /^[a-z_][a-z0-9_]*$/;
const NAME = String.raw`"?[\w]+"?`;
const TABLE = new RegExp(
  String.raw`\b(?:from|join|,)\s*(${NAME}\.${NAME}\.(?:[\w]+|"[^"]+"))(?:\s+(?:as\s+)?(?!(?:on|using|where|join|left|right|inner|full|cross|asof|group|order|limit|union|qualify|having)\b)([a-z_]\w*))?`,
  "gi",
);

export class Names {
  ports: Port[] = [];
  functions: Completion[] = [];
  private byAddress = new Map<string, Port>();
  private asked = new Set<string>();

  async load(): Promise<void> {
    const answer = await fetch("/console/names", { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const found = (await answer.json()) as { ports: Port[]; functions: string[] };
    this.ports = found.ports;
    this.byAddress = new Map(found.ports.map((port) => [port.address, port]));
    this.functions = found.functions.map((name) => ({ label: name, type: "function", apply: `${name}(`, boost: -20 }));
  }

  /** The columns of a port; of a big mesh they are fetched when the port is named. */
  async columns(address: string): Promise<Column[]> {
    const port = this.byAddress.get(plain(address));
    if (!port) return [];
    if (!port.columns && !this.asked.has(port.address)) {
      this.asked.add(port.address);
      const answer = await fetch(`/console/names/${encodeURIComponent(port.address)}`);
      if (answer.ok) port.columns = ((await answer.json()) as Port).columns;
    }
    return port.columns ?? [];
  }

  /** Completes addresses, the columns of the ports that the text names, and functions. */
  complete = async (context: CompletionContext): Promise<CompletionResult | null> => {
    const before = context.matchBefore(/[\w."@]*/);
    if (!before || (before.from === before.to && !context.explicit)) return null;
    const text = context.state.doc.toString();
    const tables = tablesIn(text);
    const dot = before.text.lastIndexOf(".");
    const owner = dot > 0 ? before.text.slice(0, dot) : "";
    const named = owner && (tables.get(owner.toLowerCase()) ?? (this.byAddress.has(plain(owner)) ? owner : ""));
    if (named) {
      const options = (await this.columns(named)).map((column) => columnOption(column));
      return { from: before.from + dot + 1, options, validFor: /^\w*$/ };
    }
    const options: Completion[] = this.ports.map((port) => ({
      label: port.address, type: "class", info: port.about || undefined,
      detail: port.needs_purpose ? "asks for a purpose" : `${port.rows.toLocaleString("en")} rows`,
    }));
    if (!owner) {
      for (const address of new Set(tables.values()))
        for (const column of await this.columns(address)) options.push(columnOption(column, 30));
      options.push(...this.functions);
    }
    return { from: before.from, options, validFor: /^[\w.]*$/ };
  };
}

/** The ports that a text names in FROM and JOIN, by what they are called there. */
export function tablesIn(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, written, alias] of text.matchAll(TABLE)) {
    const address = plain(written);
    found.set(address, address);
    found.set(address.split(".")[2], address);
    if (alias) found.set(alias.toLowerCase(), address);
  }
  return found;
}

export function quoted(name: string): string {
  return PLAIN.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

function plain(address: string): string {
  return address.replaceAll('"', "").split("@")[0].toLowerCase();
}

function columnOption(column: Column, boost = 0): Completion {
  const masked = column.mask ? ` · masked: ${column.mask}` : "";
  return { label: column.name, apply: quoted(column.name), type: "property", detail: column.type + masked, info: column.about || undefined, boost };
}

export function keywords(words: string) {
  const complete = completeFromList(words.trim().split(/\s+/).map((label) => ({ label, type: "keyword", boost: -40 })));
  return (context: CompletionContext) => (context.matchBefore(/\.\w*/) ? null : complete(context));
}
