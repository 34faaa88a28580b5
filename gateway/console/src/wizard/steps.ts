import type { Mistake } from '../schema/draft';
import { isWithin } from '../schema/pointer';

export type Step = 'type' | 'connection' | 'streams' | 'test' | 'schedule' | 'review';

export const STEP_LABELS: Record<Step, string> = {
  type: 'Type',
  connection: 'Connection',
  streams: 'Streams',
  test: 'Test',
  schedule: 'Schedule',
  review: 'Review',
};

export const NEW_STEPS: readonly Step[] = [
  'type',
  'connection',
  'streams',
  'test',
  'schedule',
  'review',
];

// The type cannot be changed.
export const EDIT_STEPS: readonly Step[] = NEW_STEPS.filter((step) => step !== 'type');

// Longer pointers come first: the streams are in the config, but not in the step of the config.
const PLACES: readonly [string, Step][] = [
  ['/config/streams', 'streams'],
  ['/config/rateLimit', 'schedule'],
  ['/syncInterval', 'schedule'],
  ['/syncEnabled', 'schedule'],
  ['/maxRetries', 'schedule'],
  ['/timeout', 'schedule'],
  ['/config', 'connection'],
  ['/credentials', 'connection'],
  ['/name', 'connection'],
  ['/externalId', 'connection'],
  ['/type', 'type'],
];

/** The step with the field of a mistake; null when no field is for it. */
export function stepOf(pointer: string): Step | null {
  return PLACES.find(([place]) => isWithin(pointer, place))?.[1] ?? null;
}

/** Mistakes without a field in any of the steps, for these have to be told elsewhere. */
export function homeless(mistakes: readonly Mistake[], steps: readonly Step[]): Mistake[] {
  return mistakes.filter(({ pointer }) => {
    const step = stepOf(pointer);
    return step === null || !steps.includes(step);
  });
}

/** The first of the steps with a mistake; null when there is none. */
export function firstWrongStep(mistakes: readonly Mistake[], steps: readonly Step[]): Step | null {
  return steps.find((step) => mistakes.some(({ pointer }) => stepOf(pointer) === step)) ?? null;
}
