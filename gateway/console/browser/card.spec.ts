import { describe, expect, it } from 'vitest';
import { cardOf, useConsole } from './support/console';

describe('a card', () => {
  const console = useConsole();

  it('switches scheduled syncs off and on', async () => {
    const { page, backend, url } = console;
    await backend.deleteAll();
    const { id } = await backend.create({ name: 'Switched', syncInterval: 86_400 });
    const enabled = `SELECT sync_enabled FROM syncline.integrations WHERE id = '${id}'`;
    await page.goto(url);
    const card = cardOf(page, 'Switched');
    const toggle = card.locator('.mantine-Switch-track');
    await card.getByText('Next sync in').waitFor();
    await toggle.click();
    await card.getByRole('img', { name: 'Disabled' }).waitFor();
    await card.getByText('No sync is scheduled').waitFor();
    expect(await backend.query(enabled)).toBe('f');
    await toggle.click();
    await card.getByText('Next sync in').waitFor();
    expect(await backend.query(enabled)).toBe('t');
  });

  it('syncs now, with its progress live on the card and in the history, to the end', async () => {
    const { page, backend, url } = console;
    await backend.deleteAll();
    const { id } = await backend.createLanguages({ name: 'Languages' });
    await backend.hold('/languages', 3);
    await page.goto(url);
    const card = cardOf(page, 'Languages');
    await card.getByText('Not synced yet').waitFor();
    await card.getByRole('button', { name: 'Sync now' }).click();
    await card.getByText('3 pages, 1,500 records so far').waitFor();
    await card.getByRole('img', { name: 'Syncing' }).waitFor();

    await card.getByRole('button', { name: 'View History of Languages' }).click();
    const row = page.getByRole('dialog').locator('tr[data-log]');
    await row.and(page.locator('[data-status=RUNNING]')).waitFor();
    await row.getByText('Page 4').waitFor();
    await backend.release();
    await row.and(page.locator('[data-status=SUCCESS]')).waitFor();
    await page.getByRole('button', { name: 'Close the history' }).click();
    await card.getByRole('img', { name: 'Fresh' }).waitFor();
    const records = await backend.query(
      `SELECT count(*) FROM syncline.records WHERE integration_id = '${id}'`,
    );
    await card.getByText(`${Number(records).toLocaleString('en-US')} records`).waitFor();
  });

  it('cancels a run', async () => {
    const { page, backend, url } = console;
    await backend.deleteAll();
    const { id } = await backend.createLanguages({ name: 'Cancelled' });
    await backend.hold('/languages', 1);
    await page.goto(url);
    const card = cardOf(page, 'Cancelled');
    await card.getByRole('button', { name: 'Sync now' }).click();
    await card.getByText('1 page, 500 records so far').waitFor();
    await card.getByRole('button', { name: 'Cancel', exact: true }).click();
    await card.getByRole('button', { name: 'Sync now' }).waitFor();
    await card.getByText(/^Cancelled /).waitFor();
    expect(
      await backend.query(
        `SELECT error_class FROM syncline.sync_logs WHERE integration_id = '${id}'`,
      ),
    ).toBe('CANCELLED');
  });

  it('says that syncs were switched off after failures, and enables them again', async () => {
    const { page, backend, url } = console;
    await backend.deleteAll();
    const { id } = await backend.create(
      { name: 'Broken', syncInterval: 86_400, maxRetries: 0 },
      '/flaky/always',
    );
    await page.goto(url);
    const card = cardOf(page, 'Broken');
    await card.getByText(/^Switched off: /).waitFor();
    await card.getByRole('img', { name: 'Disabled' }).waitFor();
    await card.getByText(/^Failed /).waitFor();
    await card.getByRole('button', { name: 'Enable again' }).click();
    await card.getByText(/^Switched off: /).waitFor({ state: 'detached' });
    expect(
      await backend.query(
        `SELECT sync_enabled || ' ' || coalesce(disabled_reason, '') FROM syncline.integrations WHERE id = '${id}'`,
      ),
    ).toBe('true');
  });

  it('asks before it deletes', async () => {
    const { page, backend, url } = console;
    await backend.deleteAll();
    const { id } = await backend.create({ name: 'Doomed' });
    await page.goto(url);
    const card = cardOf(page, 'Doomed');
    await card.getByRole('button', { name: 'More of Doomed' }).click();
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    await page.getByRole('button', { name: 'Keep it' }).click();
    await card.getByRole('button', { name: 'More of Doomed' }).click();
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('heading', { name: 'Connect the first API' }).waitFor();
    expect(
      await backend.query(
        `SELECT count(*) FROM syncline.integrations WHERE id = '${id}' AND deleted_at IS NULL`,
      ),
    ).toBe('0');
  });
});
