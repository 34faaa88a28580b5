import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { errorOf, useConsole } from './support/console';

const A_MINUTE = 60_000;

describe('the wizard', () => {
  const console = useConsole();
  const next = (page: Page) => page.getByRole('button', { name: 'Next' }).click();
  const step = (page: Page, name: string) =>
    page.locator('.mantine-Stepper-step[data-progress]').filter({ hasText: name }).waitFor();

  it('leads from nothing to the first success, past a wrong URL and a wrong key', async () => {
    const { page, backend, url } = console;
    await backend.deleteAll();
    await page.goto(url);
    const begin = Date.now();
    await page.getByRole('heading', { name: 'Connect the first API' }).waitFor();
    await page.getByRole('main').getByRole('link', { name: 'New integration' }).click();

    await step(page, 'Type');
    expect(await page.getByRole('radio', { name: 'REST' }).isChecked()).toBe(true);
    await next(page);

    await step(page, 'Connection');
    const baseUrl = page.getByLabel('Base URL');
    await page.locator('[name="/name"]').fill('Countries');
    await baseUrl.fill('not a url');
    await page.getByLabel('Kind').selectOption({ label: 'API key' });
    await page.getByLabel('API key').fill('wrong-key');
    await page.locator('[name="/config/auth/name"]').fill('X-Api-Key');
    await next(page);
    expect(await errorOf(baseUrl)).toContain('https://api.example.com');
    await baseUrl.fill(inject('stack').sampleUrl);
    await next(page);

    await step(page, 'Streams');
    await page.locator('[name="/config/streams/0/name"]').fill('countries');
    await page.locator('[name="/config/streams/0/path"]').fill('/countries');
    await page.getByPlaceholder('/id, then Enter').fill('/alpha_2');
    await page.getByLabel('Kind').selectOption({ label: 'Link header' });
    await next(page);

    await step(page, 'Test');
    await page.getByText('Credentials refused').waitFor();
    await page.getByRole('button', { name: 'Show the field' }).click();
    const key = page.getByLabel('API key');
    expect(await errorOf(key)).toMatch(/401|refused|credential/i);
    await key.fill('sample-key');
    await next(page);
    await step(page, 'Streams');
    await next(page);
    await page.getByText('The connection works').waitFor();
    await page.getByRole('cell', { name: 'Afghanistan', exact: true }).waitFor();
    await next(page);

    await step(page, 'Schedule');
    await page.getByLabel('Interval').selectOption({ label: 'Every 5 minutes' });
    await next(page);

    await step(page, 'Review');
    await page.getByRole('button', { name: 'Create and sync' }).click();
    const history = page.getByRole('dialog', { name: 'History of Countries' });
    await history.locator('tr[data-status=SUCCESS]').waitFor();
    expect(Date.now() - begin).toBeLessThan(A_MINUTE);

    await history.getByRole('cell', { name: '249' }).waitFor();
    expect(
      await backend.query(
        "SELECT sync_interval || ' ' || status FROM syncline.integrations " +
          "WHERE name = 'Countries' AND deleted_at IS NULL",
      ),
    ).toBe('300 HEALTHY');
  });

  it('shows what the server finds wrong at its field, in whichever step that is', async () => {
    const { page, backend, url } = console;
    console.expectComplaint(/\/api\/integrations\/check|status of 422/);
    await backend.deleteAll();
    await page.goto(`${url}/integrations/new`);
    await next(page);
    const baseUrl = page.getByLabel('Base URL');
    await page.locator('[name="/name"]').fill('Two streams');
    await baseUrl.fill(`${inject('stack').sampleUrl}/?query=is-not-allowed`);
    await next(page);
    await page.locator('[name="/config/streams/0/name"]').fill('has space');
    await page.locator('[name="/config/streams/0/path"]').fill('/languages');
    await page.getByPlaceholder('/id, then Enter').fill('/alpha_3');
    await next(page);
    expect(await errorOf(baseUrl)).toMatch(/query/i);

    await baseUrl.fill(inject('stack').sampleUrl);
    await next(page);
    await page.getByText('Needs a look').waitFor();
    expect(await errorOf(page.locator('[name="/config/streams/0/name"]'))).not.toBe('');
    await page.getByRole('button', { name: 'Add a stream' }).click();
    await next(page);
    expect(await errorOf(page.locator('[name="/config/streams/1/name"]'))).toBe('Needed.');
  });

  it('asks before changes are left, and not when there are none', async () => {
    const { page, url } = console;
    await page.goto(`${url}/integrations/new`);
    await page.getByRole('heading', { name: 'New integration' }).waitFor();
    await page.getByRole('link', { name: 'System' }).click();
    await page.getByRole('heading', { name: 'System', level: 1 }).waitFor();

    await page.getByRole('link', { name: 'New', exact: true }).click();
    await next(page);
    await page.locator('[name="/name"]').fill('Half done');
    await page.getByRole('link', { name: 'System' }).click();
    await page.getByRole('button', { name: 'Stay' }).click();
    expect(await page.locator('[name="/name"]').inputValue()).toBe('Half done');
    await page.getByRole('link', { name: 'System' }).click();
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.getByRole('heading', { name: 'System', level: 1 }).waitFor();
  });
});
