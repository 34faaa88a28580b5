import { isObject } from '../schema/pointer';

/** The names of the streams of a config. */
export function streamNames(config: unknown): string[] {
  const streams = isObject(config) ? config.streams : undefined;
  if (!Array.isArray(streams)) return [];
  return streams
    .map((stream) => (isObject(stream) ? stream.name : undefined))
    .filter((name): name is string => typeof name === 'string' && name !== '');
}
