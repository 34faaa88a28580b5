import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Integration } from '../api/types';
import { streamNames } from '../integration/streams';
import { useDraftStore, type Mistake } from '../schema/draft';
import type { Schema } from '../schema/jsonSchema';
import { obviousMistakes } from '../schema/obvious';
import { valueAt } from '../schema/pointer';
import { placeOfFailure } from './checkPlace';
import { lostSecrets } from './integrationDraft';
import { firstWrongStep, stepOf, type Step } from './steps';
import type { Check } from './TestStep';
import { needsSecretsAgain, useCheck, type CheckOutcome } from './useCheck';

const SECRET_PLACES = ['/config/auth/credential', '/config/auth/usernameCredential'];

/** Which step is shown, what has to be right before the next one, and the test of the connection. */
export function useWizard(
  steps: readonly Step[],
  first: Step,
  saved: Integration | null,
  root: Schema,
) {
  const { draft, tell, mistakes } = useDraftStore();
  const [step, setStep] = useState<Step>(first);
  const [stream, setStream] = useState('');
  const checking = useCheck(draft, saved);
  const needsSecrets = needsSecretsAgain(draft, saved);

  // A step begins at its top, wherever the one before was left.
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [step]);

  /** Shows mistakes at their fields, and the first step that has one. */
  function show(found: readonly Mistake[]): void {
    tell(found);
    const wrong = firstWrongStep(found, steps);
    if (wrong !== null) setStep(wrong);
  }

  async function check(name: string): Promise<CheckOutcome> {
    setStream(name);
    const outcome = await checking.mutateAsync(name);
    if (outcome.kind === 'refused') show(outcome.mistakes);
    else {
      const place = outcome.result.ok ? null : placeOf(outcome);
      tell(place === null ? [] : [{ pointer: place, detail: outcome.result.errorMessage ?? '' }]);
    }
    return outcome;
  }

  function placeOf(outcome: CheckOutcome): string | null {
    if (outcome.kind !== 'checked' || outcome.result.ok) return null;
    const index = Math.max(streamNames(draft.config).indexOf(outcome.stream), 0);
    return placeOfFailure(outcome.result, draft.config, index);
  }

  function leaveConnection(): void {
    const config = obviousMistakes(root, root, draft.config, '/config', ['streams', 'rateLimit']);
    const found = [...config, ...mistakesOfLostSecrets()];
    if (String(draft.name).trim() === '') found.unshift({ pointer: '/name', detail: 'Needed.' });
    // What was told of other steps is as true as before.
    show([...found, ...mistakes.filter(({ pointer }) => stepOf(pointer) !== 'connection')]);
    setStep(found.length === 0 ? 'streams' : 'connection');
  }

  async function leaveStreams(): Promise<void> {
    const found = obviousMistakes(root, root, draft.config, '/config', ['rateLimit']);
    if (found.length > 0) return show(found);
    if (!needsSecrets) {
      const names = streamNames(draft.config);
      const outcome = await check(names.includes(stream) ? stream : (names[0] ?? ''));
      if (outcome.kind === 'refused' && firstWrongStep(outcome.mistakes, steps) !== null) return;
    }
    setStep('test');
  }

  function mistakesOfLostSecrets(): Mistake[] {
    const lost = lostSecrets(draft);
    return SECRET_PLACES.filter((place) => lost.includes(String(valueAt(draft, place)))).map(
      (pointer) => ({
        pointer,
        detail: 'Type this one too: stored secrets are replaced together.',
      }),
    );
  }

  const leave = useMutation({
    mutationFn: async (): Promise<void> => {
      if (step === 'connection') return leaveConnection();
      if (step === 'streams') return leaveStreams();
      setStep(steps[steps.indexOf(step) + 1] ?? step);
    },
    onError: () => setStep('test'), // which says why the test could not be run
  });

  const testing: Check = {
    stream: stream || (streamNames(draft.config)[0] ?? ''),
    isPending: checking.isPending,
    error: checking.error,
    outcome: checking.data,
    place: checking.data === undefined ? null : placeOf(checking.data),
    needsSecretsAgain: needsSecrets,
    run: (name) => void check(name).catch(() => undefined), // told by `error`
  };

  return {
    step,
    setStep,
    show,
    mistakes,
    testing,
    mistakesOfLostSecrets,
    next: () => leave.mutate(),
    isLeaving: leave.isPending,
  };
}
