import { afterAll, describe, expect, it } from 'vitest';
import { cardOf, useConsole } from './support/console';

describe('the live connection', () => {
  const console = useConsole();
  afterAll(() => console.backend.gateway('start'));

  it('says when the gateway is gone, and goes on by itself when it is back', async () => {
    const { page, backend, url } = console;
    console.expectComplaint(
      /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|ERR_EMPTY/,
    );
    await backend.deleteAll();
    await backend.create({ name: 'Watched', syncInterval: 3600, syncEnabled: false });
    await page.goto(url);
    await cardOf(page, 'Watched').waitFor();
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();

    await backend.gateway('kill');
    await page.getByRole('alert').getByText('The live connection is lost').waitFor();
    await cardOf(page, 'Watched').waitFor(); // what was known stays
    await backend.query(`UPDATE syncline.integrations SET sync_interval = 900, version = version + 1
      WHERE name = 'Watched' AND deleted_at IS NULL`);

    await backend.gateway('start');
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await cardOf(page, 'Watched').getByText('Every 15 minutes').waitFor();
    await backend.create({ name: 'Made afterwards' });
    await cardOf(page, 'Made afterwards').waitFor();
    expect(await page.getByRole('article').count()).toBe(2);
  });
});
