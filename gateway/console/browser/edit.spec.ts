import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { cardOf, errorOf, useConsole } from './support/console';

describe('editing', () => {
  const console = useConsole();

  async function openSchedule(page: Page, id: string): Promise<void> {
    await page.goto(`${console.url}/integrations/${id}/edit`);
    await page.getByRole('button', { name: 'Schedule' }).click();
    await page.getByLabel('Interval').waitFor();
  }

  const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true }).click();

  it('changes the interval, which the card says and the database has', async () => {
    const { page, backend, url } = console;
    await backend.deleteAll();
    const { id } = await backend.create({ name: 'Edited', syncInterval: 3600, syncEnabled: false });
    await page.goto(url);
    await cardOf(page, 'Edited').getByText('Every hour').waitFor();
    await cardOf(page, 'Edited').getByRole('link', { name: 'Edit Edited' }).click();
    await page.getByRole('button', { name: 'Schedule' }).click();
    await page.getByLabel('Interval').selectOption({ label: 'Every 30 minutes' });
    await save(page);
    await cardOf(page, 'Edited').getByText('Every 30 minutes').waitFor();
    expect(
      await backend.query(`SELECT sync_interval FROM syncline.integrations WHERE id = '${id}'`),
    ).toBe('1800');
  });

  it('takes an interval of its own, and says what is wrong with one', async () => {
    const { page, backend } = console;
    console.expectComplaint(/\/api\/integrations\/|status of 422/);
    await backend.deleteAll();
    const { id } = await backend.create({ name: 'Own interval', syncEnabled: false });
    await openSchedule(page, id);
    await page.getByLabel('Interval').selectOption({ label: 'Another interval…' });
    await page.getByLabel('Unit').selectOption('seconds');
    await page.getByLabel('Every', { exact: true }).fill('59');
    await save(page);
    expect(await errorOf(page.getByLabel('Every', { exact: true }))).toContain('60');
    await page.getByLabel('Unit').selectOption('minutes');
    await page.getByLabel('Every', { exact: true }).fill('45');
    await save(page);
    await cardOf(page, 'Own interval').getByText('Every 45 minutes').waitFor();
    expect(
      await backend.query(`SELECT sync_interval FROM syncline.integrations WHERE id = '${id}'`),
    ).toBe('2700');
  });

  it('keeps a stored secret that is not typed again', async () => {
    const { page, backend, url } = console;
    await backend.deleteAll();
    const { id } = await backend.create({
      name: 'Secretive',
      syncEnabled: false,
      config: {
        baseUrl: `${url}`,
        auth: { kind: 'bearer', credential: 'token' },
        streams: [{ name: 'records', path: '/x', key: ['/id'] }],
      },
      credentials: { token: 'sample-token' },
    });
    const sealed = `SELECT md5(string_agg(c::text, '')) FROM syncline.credentials c WHERE integration_id = '${id}'`;
    const before = await backend.query(sealed);
    await page.goto(`${url}/integrations/${id}/edit`);
    const token = page.getByLabel('Token');
    expect(await token.inputValue()).toBe('');
    expect(await token.getAttribute('placeholder')).toContain('Stored');
    await page.locator('[name="/name"]').fill('Secretive still');
    await save(page);
    await cardOf(page, 'Secretive still').waitFor();
    expect(await backend.query(sealed)).toBe(before);
  });

  it('in two tabs at once shows both versions, and lets the second one decide', async () => {
    const { page: first, backend, openTab } = console;
    console.expectComplaint(/412/);
    await backend.deleteAll();
    const { id } = await backend.create({
      name: 'Contested',
      syncInterval: 3600,
      syncEnabled: false,
    });
    const second = await openTab();
    await openSchedule(first, id);
    await openSchedule(second, id);

    await first.getByLabel('Interval').selectOption({ label: 'Every 5 minutes' });
    await save(first);
    await cardOf(first, 'Contested').getByText('Every 5 minutes').waitFor();

    await second.getByText('Somebody else has just changed this integration').waitFor();
    await second.getByLabel('Interval').selectOption({ label: 'Daily' });
    await save(second);
    const conflict = second.getByRole('dialog');
    const row = conflict.getByRole('row', { name: 'syncInterval' });
    expect(await row.innerText()).toMatch(/86400\s+300/);
    const stored = `SELECT sync_interval FROM syncline.integrations WHERE id = '${id}'`;
    expect(await backend.query(stored)).toBe('300');
    await conflict.getByRole('button', { name: 'Save mine over theirs' }).click();
    await cardOf(second, 'Contested').getByText('Daily').waitFor();
    expect(await backend.query(stored)).toBe('86400');
    await cardOf(first, 'Contested').getByText('Daily').waitFor();
  });

  it('can take what the other one saved', async () => {
    const { page, backend } = console;
    console.expectComplaint(/412/);
    await backend.deleteAll();
    const { id } = await backend.create({
      name: 'Given up',
      syncInterval: 3600,
      syncEnabled: false,
    });
    await openSchedule(page, id);
    await backend.call('PATCH', `/api/integrations/${id}/sync-settings`, { maxRetries: 7 });
    await page.getByLabel('Interval').selectOption({ label: 'Daily' });
    await save(page);
    await page.getByRole('button', { name: 'Take theirs' }).click();
    await page.getByRole('button', { name: 'Schedule' }).click();
    expect(await page.getByLabel('Retries').inputValue()).toBe('7');
    expect(await page.getByLabel('Interval').inputValue()).toBe('3600');
  });
});
