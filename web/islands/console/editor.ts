// The editor: CodeMirror with a dialect close to DuckDB's, completion, and marks where a query is wrong.
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, completionStatus } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { PostgreSQL, SQLDialect, sql } from "@codemirror/lang-sql";
import { bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { keywords, type Names } from "./names";

const WORDS =
  "select from where group by all order limit offset having qualify join left right full inner cross asof on using as with " +
  "union intersect except distinct case when then else end and or not in is null like ilike between exists over partition " +
  "rows range preceding following unbounded current row filter cast try_cast interval date timestamp pivot unpivot sample exclude replace desc asc nulls first last";
const Dialect = SQLDialect.define({
  ...PostgreSQL.spec,
  keywords: `${PostgreSQL.spec.keywords} qualify asof positional exclude pivot unpivot sample semi anti try_cast ilike`,
});

interface Wrong { line: number; column: number; name: string }
const setWrong = StateEffect.define<Wrong | null>();
const wrongMarks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, change) {
    marks = marks.map(change.changes);
    if (change.docChanged) marks = Decoration.none; // what is marked may be mended
    for (const effect of change.effects) if (effect.is(setWrong)) marks = marksOf(change.state, effect.value);
    return marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function marksOf(state: EditorState, wrong: Wrong | null): DecorationSet {
  if (!wrong || wrong.line < 1 || wrong.line > state.doc.lines) return Decoration.none;
  const line = state.doc.line(wrong.line);
  const marks = [Decoration.line({ class: "cm-wrong-line" }).range(line.from)];
  const at = wrong.column > 0 ? wrong.column - 1 : wrong.name ? line.text.toLowerCase().indexOf(wrong.name.toLowerCase()) : -1;
  if (at >= 0 && at < line.length) {
    const length = wrong.name && line.text.slice(at).toLowerCase().startsWith(wrong.name.toLowerCase()) ? wrong.name.length : /^\W?\w*/.exec(line.text.slice(at))![0].length || 1;
    marks.push(Decoration.mark({ class: "cm-wrong" }).range(line.from + at, Math.min(line.to, line.from + at + length)));
  }
  return Decoration.set(marks);
}

export interface Doings { run(): void; cancel(): boolean; changed(text: string): void }

export class Editor {
  readonly view: EditorView;

  constructor(parent: Element, text: string, nonce: string, names: Names, doings: Doings) {
    const run = () => { doings.run(); return true; };
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
          EditorView.cspNonce.of(nonce),
          lineNumbers(), history(), drawSelection(), bracketMatching(), closeBrackets(), highlightActiveLine(), highlightSelectionMatches(),
          syntaxHighlighting(classHighlighter),
          sql({ dialect: Dialect, upperCaseKeywords: false }).language,
          autocompletion({ override: [names.complete, keywords(WORDS)], maxRenderedOptions: 60, icons: false }),
          wrongMarks,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-labelledby": "sql-label", "aria-multiline": "true", spellcheck: "false" }),
          EditorView.updateListener.of((change) => { if (change.docChanged) doings.changed(change.state.doc.toString()); }),
          Prec.highest(keymap.of([
            { key: "Mod-Enter", run },
            { key: "Tab", run: (view) => completionStatus(view.state) === "active" && acceptCompletion(view) },
            { key: "Escape", run: (view) => completionStatus(view.state) === null && doings.cancel() },
          ])),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...searchKeymap, ...historyKeymap, ...defaultKeymap]),
        ],
      }),
    });
  }

  get text(): string { return this.view.state.doc.toString(); }

  set text(text: string) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, selection: { anchor: text.length } });
    this.view.focus();
  }

  /** What is to run, the selection or all, and on which line of the editor it begins. */
  get wanted(): { sql: string; line: number } {
    const { from, to } = this.view.state.selection.main;
    const chosen = this.view.state.sliceDoc(from, to);
    const [start, whole] = chosen.trim() ? [from, chosen] : [0, this.text];
    const skipped = whole.length - whole.trimStart().length;
    return { sql: whole.trim(), line: this.view.state.doc.lineAt(start + skipped).number };
  }

  insert(text: string): void {
    this.view.dispatch(this.view.state.replaceSelection(text));
    this.view.focus();
  }

  mark(wrong: Wrong | null): void { this.view.dispatch({ effects: setWrong.of(wrong) }); }
}
