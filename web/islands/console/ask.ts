// Asking the server: rows, or what a query would rest on; errors in their one shape.
export interface ResultColumn { name: string; type: string; masked: string }
export interface Sight {
  address: string; version: number; allowed: boolean; purpose: string; needs_purpose: boolean; grant: string;
  masks: Record<string, string>; raw: string[]; filters: string[]; minimum_group: number;
  reasons: { policy: string; effect: string; text: string; columns: string[] }[]; help: string;
}
export interface Fault { code: string; message: string; hint: string; kind: string }
export interface Answer {
  query: string; columns: ResultColumn[]; ports: Sight[]; rows: unknown[][]; seconds: number; more: boolean; error?: Fault;
}
export interface Foreseen { columns: { name: string; type: string }[]; ports: Sight[] }

export class AskError extends Error {
  constructor(readonly fault: Fault) { super(fault.message); }
}

export async function ask<T>(path: string, said: Record<string, string>, signal?: AbortSignal): Promise<T> {
  const csrf = document.querySelector<HTMLMetaElement>("meta[name=csrf]")?.content ?? "";
  let answer: Response;
  let body: unknown;
  try {
    answer = await fetch(path, { method: "POST", body: new URLSearchParams(said), signal, headers: { "X-CSRF-Token": csrf, Accept: "application/json" } });
    if (answer.redirected) throw new AskError({ code: "signed-out", message: "you are signed out", hint: "load the page again to sign in", kind: "denied" });
    body = await answer.json();
  } catch (error) {
    if (error instanceof AskError || (error as Error).name === "AbortError") throw error;
    throw new AskError({ code: "broken-off", message: "the answer broke off", hint: "run it again; the server may have been stopped", kind: "external" });
  }
  if (!answer.ok) throw new AskError((body as { error: Fault }).error);
  return body as T;
}
