import { defineConfig } from 'vitest/config';

// A real browser against a real stack. One file at a time: they share the stack.
export default defineConfig({
  test: {
    include: ['browser/**/*.spec.ts'],
    environment: 'node',
    globalSetup: 'browser/support/startStack.ts',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
