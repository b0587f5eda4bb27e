// Bundles the page's script and style into the Python package. Same sources, same bytes.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: { page: here("./src/main.tsx") },
  outdir: process.argv[2] ?? here("../python_helpers/dbt_cartridge/report/built"),
  bundle: true,
  minify: true,
  charset: "utf8",
  legalComments: "none",
  format: "iife",
  target: ["es2022"],
  define: { "process.env.NODE_ENV": '"production"' },
  absWorkingDir: here("."),
});
