import {
  chromium,
  type Browser,
  type BrowserContext,
  type Locator,
  type Page,
} from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest';
import { Backend } from './api';

/** How long a page may take to show something, in milliseconds. */
const PATIENCE = 15_000;

export interface Console {
  page: Page;
  context: BrowserContext;
  backend: Backend;
  url: string;
  /** Opens another tab in the same browser session. */
  openTab: () => Promise<Page>;
  /** Lets complaints of the browser that match be, where the test makes them happen. */
  expectComplaint: (pattern: RegExp) => void;
}

/**
 * A fresh browser session for each test of a file. A test fails when the browser's log has an error,
 * or a request failed, that the test did not expect.
 */
export function useConsole(): Console {
  const stack = inject('stack');
  const shared = { url: stack.url, backend: new Backend(stack) } as Console;
  let browser: Browser;
  let complaints: string[] = [];
  let expected: RegExp[] = [];

  function listen(page: Page): Page {
    page.setDefaultTimeout(PATIENCE);
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    page.on('pageerror', (error) => complaints.push(`exception: ${error.stack ?? error.message}`));
    page.on('response', (response) => {
      if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
    });
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? '';
      // A page that is left breaks off what it was still asking for.
      if (reason !== 'net::ERR_ABORTED') complaints.push(`${reason} ${request.url()}`);
    });
    return page;
  }

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox'], // as root, in a container, there is none
    });
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    complaints = [];
    expected = [];
    shared.context = await browser.newContext({ viewport: { width: 1360, height: 900 } });
    shared.openTab = async () => listen(await shared.context.newPage());
    shared.expectComplaint = (pattern) => expected.push(pattern);
    shared.page = await shared.openTab();
  });
  afterEach(async () => {
    await shared.context.close();
    await shared.backend.release();
    const unexpected = complaints.filter((line) => !expected.some((known) => known.test(line)));
    expect(unexpected, 'the browser complained').toEqual([]);
  });
  return shared;
}

/** The card of an integration. */
export function cardOf(page: Page, name: string): Locator {
  return page.getByRole('article', { name, exact: true });
}

/** The text that says what is wrong with a field. */
export async function errorOf(field: Locator): Promise<string> {
  const page = field.page();
  await field.and(page.locator('[aria-invalid=true]')).waitFor();
  const ids = ((await field.getAttribute('aria-describedby')) ?? '').split(' ');
  const texts = await Promise.all(
    ids.filter((id) => id.endsWith('-error')).map((id) => page.locator(`[id="${id}"]`).innerText()),
  );
  return texts.join('\n');
}
