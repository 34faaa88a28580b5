import { describe, expect, it } from 'vitest';
import { countsOf, logOf } from '../testing/samples';
import { historyCsv } from './csv';

function row(log: Parameters<typeof logOf>[0]): string {
  return historyCsv([logOf(log)])
    .split('\r\n')
    .slice(1, -1)
    .join('\r\n');
}

describe('historyCsv', () => {
  it('has a header, a line a run, and an end of line at the end', () => {
    const lines = historyCsv([logOf({ id: 'a' }), logOf({ id: 'b' })]).split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^id,runId,status,trigger,attempt,/);
    expect(lines[1]!.split(',')).toHaveLength(lines[0]!.split(',').length);
    expect(lines[3]).toBe('');
  });

  it('leaves what there is not empty', () => {
    const log = {
      startedAt: null,
      completedAt: null,
      executor: null,
      counts: countsOf({ pages: 7 }),
    };
    expect(row(log)).toBe(
      'log,log,SUCCESS,SCHEDULE,1,2026-01-01T00:00:00Z,,,1000,0,0,0,0,0,0,7,0,,,,',
    );
  });

  it('quotes commas, quotes and line ends', () => {
    expect(row({ errorMessage: 'said "no", twice\nand left' })).toContain(
      ',"said ""no"", twice\nand left",',
    );
  });

  it.each(['=1+1', '+1', '-1', '@x', '\tx'])('does not let a spreadsheet run %j', (text) => {
    expect(row({ errorMessage: text })).toContain(`,'${text},`);
  });
});
