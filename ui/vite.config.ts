import solid from "vite-plugin-solid";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [solid()],
  clearScreen: false,
  server: { fs: { allow: [new URL("..", import.meta.url).pathname] }, port: 1420, strictPort: true },
  build: {
    // The content security policy allows no data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "safari15",
  },
  test: {
    environment: "jsdom",
    testTimeout: 60_000,
    setupFiles: ["test/setup.ts"],
    include: ["test/**/*.test.{ts,tsx}"],
  },
});
