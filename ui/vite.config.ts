import { readFileSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

/** The policy that the shell sets too; the preview server sends it so that a breach shows in a browser. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-src 'none'",
].join('; ');

function versionOf(name: string): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL(`./node_modules/${name}/package.json`, import.meta.url), 'utf8'),
  );
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
    return String(manifest.version);
  }
  throw new Error(`${name} has no version`);
}

const SHIPPED = [
  'svelte',
  'bits-ui',
  'virtua',
  'tinykeys',
  '@tauri-apps/api',
  '@fontsource-variable/inter',
  '@fontsource-variable/jetbrains-mono',
];

const own: unknown = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'));
const ownVersion =
  typeof own === 'object' && own !== null && 'version' in own ? String(own.version) : '';

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  define: {
    __APP_VERSION__: JSON.stringify(ownVersion),
    __SHIPPED_VERSIONS__: JSON.stringify(
      Object.fromEntries(SHIPPED.map((name) => [name, versionOf(name)])),
    ),
  },
  clearScreen: false,
  server: { port: 1420, strictPort: true },
  preview: {
    port: 1421,
    strictPort: true,
    headers: { 'Content-Security-Policy': CONTENT_SECURITY_POLICY },
  },
  build: {
    target: ['es2022', 'safari16'],
    // Fonts stay files: the policy allows no data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  test: {
    environment: 'happy-dom',
    include: ['tests/**/*.test.ts'],
    testTimeout: 60_000,
    // One less than the processors by itself: on two that is one, and twice the time.
    maxWorkers: '100%',
  },
});
