import {svelte} from '@sveltejs/vite-plugin-svelte';
import {defineConfig} from 'vite';

// Everything is a file of ours: nothing inlined, so that the page's policy can forbid the rest.
export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: {polyfill: false},
    license: {fileName: 'licenses.txt'},
  },
});
