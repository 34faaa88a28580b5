import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { useConsole } from './support/console';

const INTEGRATIONS = 5000;
const TENANT = 'of-many'; // nobody else has to live with so many
const MOST_CARDS = 100; // at a time: what a large window shows and a little around it

describe('with 5,000 integrations', () => {
  const console = useConsole();

  it('the overview scrolls from end to end, and holds only the cards that are near', async () => {
    const { page, context, backend, url } = console;
    const template = { name: 'Template', tenantId: TENANT, syncEnabled: false, syncInterval: 3600 };
    const { id } = await backend.create(template);
    await backend.query(`
      INSERT INTO syncline.integrations (tenant_id, name, type, config, sync_interval, sync_enabled, status)
      SELECT tenant_id, 'Integration ' || lpad(n::text, 4, '0'), type, config, sync_interval, false, 'HEALTHY'
      FROM syncline.integrations, generate_series(2, ${INTEGRATIONS}) AS n WHERE id = '${id}'`);
    await context.addInitScript(
      (tenant) => localStorage.setItem('syncline.tenant', tenant),
      TENANT,
    );
    await page.goto(url);
    await page.getByText('5,000 integrations', { exact: true }).waitFor();

    const { lengths, most } = await page.evaluate(async () => {
      const lengths: number[] = [];
      let most = 0;
      const nextFrame = () => new Promise<number>((take) => requestAnimationFrame(take));
      const step = window.innerHeight * 0.8;
      let before = await nextFrame();
      for (let count = 0; count < 240; count++) {
        // Through all of it, with jumps as a scrollbar that is dragged makes them.
        if (count % 40 === 39) window.scrollTo(0, (document.body.scrollHeight * count) / 240);
        else window.scrollBy(0, step);
        const now = await nextFrame();
        lengths.push(now - before);
        most = Math.max(most, document.querySelectorAll('article').length);
        before = now;
      }
      window.scrollTo(0, document.body.scrollHeight);
      return { lengths, most };
    });
    await page.getByRole('article', { name: 'Template' }).waitFor(); // the last by name
    const sorted = lengths.toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)]!;
    const longest = sorted.at(-1)!;
    // Times are for people to read: how long a frame takes is also the machine's doing.
    report(
      `frames while scrolling: median ${median.toFixed(0)} ms, longest ${longest.toFixed(0)} ms, ${most} cards at most`,
    );
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(MOST_CARDS);
  });

  it('the size of what is shipped is known', () => {
    const folder = join(process.cwd(), 'dist', 'assets');
    const scripts = readdirSync(folder)
      .filter((name) => name.endsWith('.js'))
      .map((name) => readFileSync(join(folder, name)));
    const all = scripts.reduce((sum, script) => sum + script.length, 0);
    const zipped = scripts.reduce((sum, script) => sum + gzipSync(script).length, 0);
    report(
      `shipped JavaScript: ${kilobytes(all)} in ${scripts.length} files, ${kilobytes(zipped)} gzipped`,
    );
    expect(zipped).toBeLessThan(600_000);
  });
});

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}

/** Figures for people, in the log of the tests. */
function report(line: string): void {
  process.stdout.write(`${line}\n`);
}
