import { describe, expect, it } from 'vitest';
import { cardOf, useConsole } from './support/console';

describe('records', () => {
  const console = useConsole();

  it('are found by key, shown whole, and told apart by what the last run changed', async () => {
    const { page, backend, url } = console;
    await backend.deleteAll();
    const { id } = await backend.createLanguages({ name: 'Languages' });
    await backend.sync(id);
    await backend.sample('PUT', '/admin/languages/deu', { name: 'German, changed' });
    await backend.sample('DELETE', '/admin/languages/aaa');
    await backend.sync(id);

    await page.goto(`${url}/integrations/${id}/records`);
    const table = page.getByRole('table', { name: 'Records' });
    await page.getByText('1–50').waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('51–100').waitFor();
    await page.getByLabel('Search by the beginning of the key').fill('deu');
    await table.getByRole('button', { name: 'deu' }).click();
    await page.getByRole('dialog').getByText('"German, changed"').waitFor();
    await page.keyboard.press('Escape');

    await page.getByText('Changed by the last run').click();
    await table.getByRole('button', { name: 'deu' }).waitFor();
    const changed = Number(
      await backend.query(
        `SELECT created + updated + deleted FROM syncline.sync_logs WHERE integration_id = '${id}'
         ORDER BY created_at DESC LIMIT 1`,
      ),
    );
    await page.getByText(`1–${changed}`, { exact: true }).waitFor();
    await backend.sample('POST', '/admin/reset');
  });
});

describe('the system page', () => {
  const console = useConsole();

  it('shows the executors and the queue, and says why', async () => {
    const { page, backend, url } = console;
    await backend.deleteAll();
    await backend.create({ name: 'Explained', syncEnabled: false, syncInterval: 3600 });
    await page.goto(url);
    await cardOf(page, 'Explained').getByRole('button', { name: 'More of Explained' }).click();
    await page.getByRole('menuitem', { name: 'Why is it like this?' }).click();
    await page.getByRole('row', { name: /executor-1.*Ready/ }).waitFor();
    await page.getByRole('row', { name: /executor-2.*Ready/ }).waitFor();
    await page.getByText('0 of 32').waitFor(); // two executors of 16 slots
    const answer = page.getByRole('region', { name: 'Why?' }).getByRole('listitem');
    expect(await answer.first().innerText()).not.toBe('');
  });
});

describe('the overview', () => {
  const console = useConsole();

  it('searches, filters and counts, and keeps that in the address', async () => {
    const { page, backend, url } = console;
    await backend.deleteAll();
    await backend.create({ name: 'Shop one', externalId: 'crm-1', syncEnabled: false });
    await backend.create({ name: 'Shop two' });
    await backend.create({ name: 'Books' });
    await page.goto(url);
    await page.getByRole('button', { name: /1\s+Disabled/ }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('shop');
    await page.getByText('2 of 3 integrations').waitFor();
    await page.getByRole('button', { name: /Disabled/ }).click();
    await page.getByText('1 of 3 integrations').waitFor();
    await cardOf(page, 'Shop one').waitFor();
    expect(new URL(page.url()).search).toBe('?q=shop&status=disabled');
    await page.reload();
    await page.getByText('1 of 3 integrations').waitFor();
    await page.getByLabel('Search by name or external id').fill('nobody');
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByText('3 integrations', { exact: true }).waitFor();
  });

  it('fits a narrow screen', async () => {
    const { page, backend, url } = console;
    await backend.deleteAll();
    await backend.create({ name: 'Narrow' });
    await page.setViewportSize({ width: 360, height: 740 });
    for (const path of ['/', '/integrations/new', '/system']) {
      await page.goto(url + path);
      await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, path).toBe(0);
    }
  });
});

describe('a tenant', () => {
  const console = useConsole();

  it('is shown alone, and everything done is done within it', async () => {
    const { page, backend, url } = console;
    await backend.deleteAll();
    await backend.create({ name: 'Of nobody' });
    const { id } = await backend.create({ name: 'Of Acme', tenantId: 'acme' });
    await page.goto(url);
    await cardOf(page, 'Of nobody').waitFor();
    await page.getByRole('button', { name: 'Tenant' }).click();
    await page.getByRole('textbox', { name: 'Tenant' }).fill('acme');
    await page.getByRole('button', { name: 'Show it' }).click();
    const card = cardOf(page, 'Of Acme');
    await card.getByRole('button', { name: 'Sync now' }).click();
    await card.getByText(/249 records/).waitFor();
    expect(await page.getByRole('article').count()).toBe(1);
    await page.goto(`${url}/integrations/${id}/edit`);
    await page.locator('[name="/name"]').fill('Of Acme still');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await cardOf(page, 'Of Acme still').waitFor();
    await backend.call('DELETE', `/api/integrations/${id}?tenantId=acme`);
  });
});
