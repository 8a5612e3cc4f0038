// Builds the front end into web/static/dist: hashed names, a manifest, gzip copies for slow lines.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { defineConfig } from "vite";

const root = resolve(import.meta.dirname, "web/frontend");
const outDir = resolve(import.meta.dirname, "web/static/dist");

/** Collects the icons named in icons.json into one sprite, so that a page refers to an icon in 60 bytes. */
function iconSprite() {
  return {
    name: "sauro:icon-sprite",
    buildStart() {
      this.addWatchFile(resolve(root, "icons.json"));
    },
    generateBundle() {
      const names = JSON.parse(readFileSync(resolve(root, "icons.json"), "utf8"));
      const symbols = names.map((name) => {
        const file = resolve(import.meta.dirname, `node_modules/@tabler/icons/icons/outline/${name}.svg`);
        const body = readFileSync(file, "utf8").replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
        return (
          `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" ` +
          `stroke-linecap="round" stroke-linejoin="round">${body.replace(/\s+/g, " ").trim()}</symbol>`
        );
      });
      this.emitFile({
        type: "asset",
        name: "mark.svg",
        originalFileName: "mark.svg",
        source: readFileSync(resolve(root, "mark.svg"), "utf8"),
      });
      this.emitFile({
        type: "asset",
        name: "icons.svg",
        originalFileName: "icons.svg",
        source: `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`,
      });
    },
  };
}

/** Moves pictures out of style sheets into files: the content security policy allows no data: address. */
function picturesToFiles() {
  const dataUri = /url\((["'])data:image\/svg\+xml,([\s\S]*?)\1\)/g;
  return {
    name: "sauro:pictures-to-files",
    enforce: "post",
    generateBundle(_options, bundle) {
      for (const sheet of Object.values(bundle)) {
        if (sheet.type !== "asset" || !sheet.fileName.endsWith(".css")) continue;
        sheet.source = String(sheet.source).replace(dataUri, (_match, _quote, encoded) => {
          const source = decodeURIComponent(encoded.replace(/%(?![0-9a-fA-F]{2})/g, "%25"));
          const digest = createHash("sha256").update(source).digest("hex").slice(0, 8);
          const fileName = `control-${digest}.svg`;
          if (!(fileName in bundle)) this.emitFile({ type: "asset", fileName, source });
          return `url(${fileName})`;
        });
      }
    },
  };
}

/** Writes NAME.gz beside every text file; web/assets.py serves it to browsers that take it. */
function gzipCopies() {
  return {
    name: "sauro:gzip-copies",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          if (!/\.(js|css|svg)$/.test(file.fileName)) continue;
          const source = file.type === "chunk" ? file.code : file.source;
          this.emitFile({
            type: "asset",
            fileName: `${file.fileName}.gz`,
            source: gzipSync(Buffer.from(source), { level: 9 }),
          });
        }
      },
    },
  };
}

export default defineConfig({
  root,
  base: "./",
  publicDir: false,
  plugins: [iconSprite(), picturesToFiles(), gzipCopies()],
  build: {
    outDir,
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsDir: "",
    assetsInlineLimit: 0,
    modulePreload: false,
    rollupOptions: { input: {
        app: resolve(root, "app.js"),
        difference: resolve(root, "difference.js"),
        instance: resolve(root, "instance.js"),
        intake: resolve(root, "intake.js"),
      } },
  },
});
