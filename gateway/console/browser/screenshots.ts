// Draws the main views of the console for the README, on a stack with something of everything.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, inject, it } from 'vitest';
import type { Backend } from './support/api';
import { cardOf, useConsole } from './support/console';
import { addPast } from './support/past';

const FOLDER = join(process.cwd(), '..', '..', 'docs', 'images');
const PAST_RUNS = 45;

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  const console = useConsole();
  let languages = '';

  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true });
    languages = await furnish(console.backend);
  });

  async function draw(name: string, address: string, ready: (page: Page) => Promise<unknown>) {
    const { page, url } = console;
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(url + address);
    await ready(page);
    await page.evaluate(() => document.fonts.ready);
    const path = join(FOLDER, `${name}-${colorScheme}.png`);
    await page.screenshot({ animations: 'disabled', path });
  }

  it('the overview', () =>
    draw('overview', '/', async (page) => {
      await cardOf(page, 'Helpdesk tickets')
        .getByText(/^Switched off/)
        .waitFor();
      await cardOf(page, 'Subdivisions of countries').getByText('so far').waitFor();
    }));

  it('the history', () =>
    draw('history', `/?history=${languages}`, async (page) => {
      const dialog = page.getByRole('dialog');
      await dialog.locator('.recharts-bar-rectangle path').first().waitFor();
      await dialog.locator('tr[data-log]').first().waitFor();
    }));

  it('the records', () =>
    draw('records', `/integrations/${languages}/records`, (page) =>
      page.getByRole('button', { name: 'aaa' }).waitFor(),
    ));

  it('the system', () =>
    draw('system', `/system?why=${languages}`, async (page) => {
      await page.getByRole('cell', { name: 'executor-1' }).waitFor();
      await page.getByRole('region', { name: 'Why?' }).getByRole('listitem').first().waitFor();
    }));

  it('the wizard', () =>
    draw('wizard', '/integrations/new', async (page) => {
      const next = () => page.getByRole('button', { name: 'Next' }).click();
      await next();
      await page.locator('[name="/name"]').fill('Countries');
      await page.getByLabel('Base URL').fill(inject('stack').sampleUrl);
      await next();
      await page.locator('[name="/config/streams/0/name"]').fill('countries');
      await page.locator('[name="/config/streams/0/path"]').fill('/all/countries');
      await page.locator('[name="/config/streams/0/records"]').fill('/data');
      await page.getByPlaceholder('/id, then Enter').fill('/alpha_2');
      await next();
      await page.getByText('The connection works').waitFor();
      await page.getByRole('heading', { level: 1 }).hover(); // the mouse is off the button
    }));
});

/** Makes integrations in every condition; gives back the id of one with a past. */
async function furnish(backend: Backend): Promise<string> {
  await backend.release();
  await backend.deleteAll();
  const hourly = { syncInterval: 3600 };
  const { id } = await backend.createLanguages({ name: 'Languages', ...hourly });
  await addPast(backend, id, PAST_RUNS);
  await backend.create({ name: 'Countries', externalId: 'crm-17', syncInterval: 900 });
  await backend.create({ name: 'Exchange rates', syncInterval: 86_400 });
  await backend.create({ name: 'Deliveries', ...hourly });
  await backend.create({ name: 'Orders (EU)', syncInterval: 300 });
  await backend.create({ name: 'HR people', syncInterval: null });
  await backend.create({ name: 'Helpdesk tickets', maxRetries: 0, ...hourly }, '/flaky/always');
  await backend.create({ name: 'Billing', ...hourly }, '/flaky/always');
  await backend.create({ name: 'Marketing leads', syncEnabled: false, ...hourly });
  await backend.sync(id);
  // One that is caught in the middle of its pages.
  await backend.hold('/subdivisions', 3);
  await backend.create({ name: 'Subdivisions of countries', ...hourly }, '/subdivisions', {
    key: ['/code'],
    query: { limit: 500 },
    pagination: { kind: 'cursor', cursor: '/meta/next', param: 'after' },
  });
  return id;
}
