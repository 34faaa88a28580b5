import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { cardOf, errorOf, useConsole } from './support/console';

/** What axe finds on a page that keeps people out. */
async function seriousFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  const console = useConsole();

  async function open(path: string, ready: (page: Page) => Promise<void>): Promise<Page> {
    const { page, url } = console;
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto(url + path);
    await ready(page);
    return page;
  }

  it('everybody can use every page', async () => {
    const { backend } = console;
    await backend.deleteAll();
    const nothing = await open('/', (page) => page.getByText('Connect the first API').waitFor());
    expect(await seriousFindings(nothing), 'empty overview').toEqual([]);

    const { id } = await backend.createLanguages({ name: 'Languages', syncInterval: 86_400 });
    await backend.create({ name: 'Broken', maxRetries: 0, syncInterval: 86_400 }, '/flaky/always');
    await backend.sync(id);
    const pages: [string, (page: Page) => Promise<void>][] = [
      [
        '/',
        (page) =>
          cardOf(page, 'Broken')
            .getByText(/^Switched off/)
            .waitFor(),
      ],
      [
        `/?history=${id}`,
        (page) => page.getByRole('dialog').locator('tr[data-log]').first().waitFor(),
      ],
      [`/integrations/${id}/edit`, (page) => page.getByLabel('Base URL').waitFor()],
      [
        `/integrations/${id}/records`,
        (page) => page.getByRole('button', { name: 'aaa' }).waitFor(),
      ],
      ['/integrations/new', (page) => page.getByRole('radio', { name: 'REST' }).waitFor()],
      [`/system?why=${id}`, (page) => page.getByRole('cell', { name: 'executor-1' }).waitFor()],
      ['/nowhere', (page) => page.getByText('There is nothing here').waitFor()],
    ];
    for (const [path, ready] of pages) {
      expect(await seriousFindings(await open(path, ready)), path).toEqual([]);
    }
    const edit = await open(`/integrations/${id}/edit`, (page) =>
      page.getByLabel('Base URL').waitFor(),
    );
    for (const step of ['Streams', 'Test', 'Schedule', 'Review']) {
      await edit.getByRole('button', { name: step }).click();
      expect(await seriousFindings(edit), `the step ${step}`).toEqual([]);
    }
  });
});

describe('a gateway with tokens', () => {
  const console = useConsole();
  const { guardedUrl, token } = inject('stack');

  it('lets in who has one, for as long as they like', async () => {
    const { page, context } = console;
    console.expectComplaint(/401/);
    await page.goto(guardedUrl);
    const field = page.getByLabel('API token');
    expect(await seriousFindings(page)).toEqual([]);
    await field.fill('a-wrong-token-that-nobody-has-ever-made');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await errorOf(field)).toMatch(/token/i);
    await field.fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();

    const cookies = await context.cookies(guardedUrl);
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }]);
    await page.reload();
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await field.waitFor();
  });

  it('shows nothing to who has none', async () => {
    const { page } = console;
    await page.goto(`${guardedUrl}/system`);
    await page.getByLabel('API token').waitFor();
    expect(await page.getByRole('heading', { name: 'System' }).count()).toBe(0);
  });
});
