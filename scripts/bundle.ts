// Makes dist/: the program as a few bundles, for a faster start than from some two hundred source files. Run by `npm pack`, `npm ci` in a checkout
// (`prepare`) and by hand: bin/bun scripts/bundle.ts. bin/pointsman uses dist/ only while no source is newer.

import { rmSync } from "node:fs";
import { resolve } from "node:path";
import type { BunPlugin } from "bun";

const root = resolve(import.meta.dir, "..");

/** Built-in modules that cost milliseconds to load and that most starts never use. */
const RARELY_USED = ["node:crypto", "node:tls"] as const;

/**
 * Stands proxies in the place of what a module exports, which load the module at the first use. Measured: node:crypto 12 ms and node:tls 15 ms
 * of every thread's start. They are part of the runtime, so that they load inside a chroot as well.
 */
const lazyBuiltins: BunPlugin = {
  name: "lazy-builtins",
  setup(build) {
    const filter = new RegExp(`^(${RARELY_USED.join("|")})$`);
    build.onResolve({ filter }, ({ path }) => ({ path, namespace: "lazy-builtin" }));
    build.onLoad({ filter, namespace: "lazy-builtin" }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== "default");
      const lines = names.map((name) => `export const ${name} = /* @__PURE__ */ lazy("${name}");`);
      return { contents: LAZY.replace("MODULE", path) + lines.join("\n"), loader: "js" };
    });
  },
};

const LAZY = `
function lazy(name) {
  const real = () => process.getBuiltinModule("MODULE")[name];
  return new Proxy(function () {}, {
    apply: (_target, self, args) => Reflect.apply(real(), self, args),
    construct: (_target, args) => Reflect.construct(real(), args),
    get: (_target, key) => Reflect.get(real(), key),
  });
}
`;

rmSync(`${root}/dist`, { recursive: true, force: true });
const result = await Bun.build({
  entrypoints: [`${root}/src/cli/main.ts`, `${root}/src/process/worker.ts`],
  outdir: `${root}/dist`,
  target: "bun",
  splitting: true,
  naming: { entry: "[name].js", chunk: "[name]-[hash].js" },
  plugins: [lazyBuiltins],
  minify: { whitespace: true, syntax: true, identifiers: false },
});
for (const log of result.logs) console.error(log.message);
if (!result.success) process.exit(1);
const bytes = result.outputs.reduce((sum, output) => sum + output.size, 0);
console.log(`dist/: ${result.outputs.length} files, ${Math.round(bytes / 1024)} KB`);
