// Makes dist/: the program as a few bundles, for a faster start than from some two hundred source files. Run by `npm pack`, `npm ci` in a checkout
// (`prepare`) and by hand: bin/bun scripts/bundle.ts [FOLDER]. bin/pointsman uses dist/ only while no source is newer.

import { renameSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import type { BunPlugin } from "bun";

const root = resolve(import.meta.dir, "..");

/** Built-in modules that cost milliseconds to load and that most starts never use: 12 ms and 15 ms of every thread's start. */
const RARELY_USED = /import \{([^}]*)\} from "(node:crypto|node:tls)";/g;

/**
 * Stands proxies in the place of what such a module exports, which load it at the first use. (The bundler does not ask plugins about
 * built-in modules, so our own import lines are rewritten.) They are part of the runtime, so that they load inside a chroot as well.
 */
const lazyBuiltins: BunPlugin = {
  name: "lazy-builtins",
  setup(build) {
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const source = await Bun.file(path).text();
      let found = false;
      const rewritten = source.replace(RARELY_USED, (_, names: string, module: string) => {
        found = true;
        const values = names.split(",").map((name) => name.trim());
        return values
          .filter((name) => name !== "" && !name.startsWith("type "))
          .map((name) => `const ${name}: any = /* @__PURE__ */ lazyBuiltin("${module}", "${name}");`)
          .join("\n");
      });
      return { contents: found ? rewritten + LAZY : source, loader: "ts" };
    });
  },
};

const LAZY = `
function lazyBuiltin(module: string, name: string): unknown {
  const real = () => (process.getBuiltinModule(module) as any)[name];
  return new Proxy(function () {}, {
    apply: (_target, self, args) => Reflect.apply(real(), self, args),
    construct: (_target, args) => Reflect.construct(real(), args),
    get: (_target, key) => Reflect.get(real(), key),
  });
}
`;

/** The demo is a bundle of its own: with it come node:http and node:net, which no other start should load. */
const separateDemo: BunPlugin = {
  name: "separate-demo",
  setup(build) {
    build.onResolve({ filter: /demo\/index\.ts$/ }, ({ importer }) =>
      importer.endsWith("/cli/main.ts") ? { path: "./demo.js", external: true } : undefined,
    );
  },
};

const dist = resolve(process.argv[2] ?? `${root}/dist`);
const fresh = `${dist}.new`;
const entries = { main: "src/cli/main.ts", worker: "src/process/worker.ts", demo: "src/cli/demo/index.ts" };
rmSync(fresh, { recursive: true, force: true });
let bytes = 0;
for (const [name, entry] of Object.entries(entries)) {
  const result = await Bun.build({
    entrypoints: [`${root}/${entry}`],
    outdir: fresh,
    target: "bun",
    // Compiled ahead: half of the CPU time of a thread's start (41 ms to 22 ms for a worker). Bun looks at the source where it cannot use it.
    format: "cjs",
    bytecode: true,
    naming: `${name}.js`,
    plugins: [lazyBuiltins, separateDemo],
    minify: { whitespace: true, syntax: true, identifiers: false },
  });
  for (const log of result.logs) console.error(log.message);
  if (!result.success) process.exit(1);
  bytes += result.outputs.reduce((sum, output) => sum + output.size, 0);
}
// In one step, so that a program that starts at this moment finds either the old one or the new one.
rmSync(dist, { recursive: true, force: true });
renameSync(fresh, dist);
console.log(`${dist}: ${Math.round(bytes / 1024)} KB`);
