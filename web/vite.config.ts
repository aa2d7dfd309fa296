import react from '@vitejs/plugin-react'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

const TEXT_FILES = /\.(js|css|html|svg|json|webmanifest)$/
const SMALLEST_TO_COMPRESS_BYTES = 1000

/** Writes `x.gz` and `x.br` beside each text file `x`, so that the server compresses nothing. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const [fileName, file] of Object.entries(bundle)) {
          const data = Buffer.from(file.type === 'chunk' ? file.code : file.source)
          if (!TEXT_FILES.test(fileName) || data.length < SMALLEST_TO_COMPRESS_BYTES) continue
          const brotli = brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })
          this.emitFile({ type: 'asset', fileName: `${fileName}.br`, source: brotli })
          this.emitFile({ type: 'asset', fileName: `${fileName}.gz`, source: gzipSync(data, { level: 9 }) })
        }
      },
    },
  }
}

export default defineConfig({
  plugins: [react(), precompress()],
  build: {
    outDir: process.env.WEB_OUT_FOLDER ?? '../src/leadline/web/dist',
    emptyOutDir: true,
    target: 'baseline-widely-available',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
  },
  server: { proxy: { '/api': process.env.API_ADDRESS ?? 'http://127.0.0.1:8000' } },
})
