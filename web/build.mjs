// Bundles the islands and styles of the web pages into the package: node build.mjs OUT.
// Every file that is served has its digest in its name, so that a browser keeps it for good.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const out = process.argv[2];
const names = (folder, end) =>
  readdirSync(folder).filter((name) => name.endsWith(end)).map((name) => join(folder, name));

const made = await build({
  entryPoints: [...names("islands", ".ts").filter((name) => !name.endsWith(".d.ts")), ...names("styles", ".css")],
  bundle: true,
  minify: true,
  write: false,
  format: "esm",
  target: "es2022",
  outdir: "out",
  external: ["*.woff2"],
  logLevel: "warning",
});
// A worker is loaded by its address, so it is a file of its own.
const others = [["elk-worker.js", readFileSync("node_modules/elkjs/lib/elk-worker.min.js")]];

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const manifest = {};
const parts = made.outputFiles.map((file) => [basename(file.path), Buffer.from(file.contents)]);
for (const [name, contents] of [...parts, ...others]) {
  const digest = createHash("sha256").update(contents).digest("hex").slice(0, 12);
  const dot = name.lastIndexOf(".");
  manifest[name] = `${name.slice(0, dot)}-${digest}${name.slice(dot)}`;
  writeFileSync(join(out, manifest[name]), contents);
}
writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest, null, 1));
