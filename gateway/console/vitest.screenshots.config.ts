import { defineConfig } from 'vitest/config';

// ./dev screenshots
export default defineConfig({
  test: {
    include: ['browser/screenshots.ts'],
    environment: 'node',
    globalSetup: 'browser/support/startStack.ts',
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
