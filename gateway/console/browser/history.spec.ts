import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useConsole } from './support/console';
import { addPast } from './support/past';

const RUNS = 45;
const FAILED = RUNS / 5;

describe('the history', () => {
  const console = useConsole();

  async function open(name: string) {
    const { page, backend, url } = console;
    await backend.deleteAll();
    const { id } = await backend.createLanguages({ name });
    await addPast(backend, id, RUNS);
    await page.goto(`${url}/?history=${id}`);
    const dialog = page.getByRole('dialog', { name: `History of ${name}` });
    await dialog.locator('tr[data-log]').first().waitFor();
    return { id, dialog, rows: dialog.locator('tr[data-log]') };
  }

  it('goes through pages, which stay as they are while runs come in', async () => {
    const { page, backend } = console;
    const { id, dialog, rows } = await open('Paged');
    await dialog.getByText(`1–20 of ${RUNS}`).waitFor();
    expect(await rows.count()).toBe(20);
    await dialog.getByRole('button', { name: 'Older' }).click();
    await dialog.getByText(`21–40 of ${RUNS}`).waitFor();
    const firstRow = () => rows.first().getAttribute('data-log');
    const shown = await firstRow();

    await backend.sync(id);
    await dialog.getByText(`21–40 of ${RUNS + 1}`).waitFor();
    expect(await firstRow()).toBe(shown);

    await dialog.getByRole('button', { name: 'Older' }).click();
    await dialog.getByText('41–45').waitFor();
    expect(await dialog.getByRole('button', { name: 'Older' }).isDisabled()).toBe(true);
    await dialog.getByRole('button', { name: 'Newest' }).click();
    await rows.first().getByText('By hand').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('filters by status, and says why a run failed', async () => {
    const { dialog, rows } = await open('Filtered');
    await dialog.getByLabel('Filter by status').selectOption('FAILED');
    await dialog.getByText(`1–${FAILED} of ${FAILED}`).waitFor();
    expect(await dialog.locator('tr[data-log]:not([data-status=FAILED])').count()).toBe(0);
    await rows.first().getByText('Passing fault').waitFor();
    await rows.first().getByRole('button', { name: 'Show details' }).click();
    const details = dialog.locator('dl');
    expect(await details.innerText()).toMatch(/HTTP status\s+503/);
    expect(await details.innerText()).toMatch(/Executor\s+executor-1/);
  });

  it('draws the last 30 runs, coloured by how they ended', async () => {
    const { dialog } = await open('Charted');
    const chart = dialog.getByRole('img', { name: /Durations of the last 30 runs: 6 failed/ });
    await chart.waitFor();
    await chart.locator('.recharts-bar-rectangle path').first().waitFor();
    const bars = chart.locator('.recharts-bar-rectangle path[d]');
    expect(await bars.count()).toBe(30);
    const colours = await bars.evaluateAll(
      (paths) => new Set(paths.map((path) => path.getAttribute('fill'))).size,
    );
    expect(colours).toBe(2);
  });

  it('is exported as CSV with its filter', async () => {
    const { page } = console;
    const { dialog } = await open('Exported');
    await dialog.getByLabel('Filter by status').selectOption('FAILED');
    await dialog.getByText(`1–${FAILED} of ${FAILED}`).waitFor();
    const saved = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Export as CSV' }).click();
    const download = await saved;
    expect(download.suggestedFilename()).toBe('Exported-history.csv');
    const lines = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\r\n');
    expect(lines).toHaveLength(1 + FAILED);
    expect(lines[1]).toContain('"HTTP 503, ""busy"""');
  });
});
