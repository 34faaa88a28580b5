import { describe, expect, it } from 'vitest';
import { inputOf, lostSecrets, mistakesOf, newDraft, typedSecrets } from './integrationDraft';

const basic = {
  ...newDraft(),
  type: 'REST',
  name: ' Shop ',
  config: {
    baseUrl: 'https://shop.example',
    auth: { kind: 'basic', credential: 'password', usernameCredential: 'username' },
  },
};

describe('inputOf', () => {
  it('leaves out what was not filled in', () => {
    expect(inputOf({ ...basic, maxRetries: null })).toEqual({
      tenantId: '',
      type: 'REST',
      name: 'Shop',
      externalId: null,
      config: basic.config,
      syncInterval: 3600,
      syncEnabled: true,
      timeout: 3600,
    });
  });

  it('keeps null as the interval: manual only', () => {
    expect(inputOf({ ...basic, syncInterval: null })).toMatchObject({ syncInterval: null });
  });
});

describe('secrets', () => {
  it('are those that were typed and are still named', () => {
    const credentials = { password: 'p', token: 'of a kind that was left' };
    expect(typedSecrets({ ...basic, credentials })).toEqual({ password: 'p' });
  });

  it('are lost when only some are typed again', () => {
    expect(lostSecrets({ ...basic, credentials: { password: 'p' } })).toEqual(['username']);
    expect(lostSecrets({ ...basic, credentials: { password: 'p', username: 'u' } })).toEqual([]);
    expect(lostSecrets(basic)).toEqual([]);
  });
});

describe('mistakesOf', () => {
  it('takes the place of the integration in the body off its pointers', () => {
    const errors = [
      { pointer: '/integration/config/baseUrl', detail: 'a' },
      { pointer: '/stream', detail: 'b' },
      { detail: 'c' },
    ];
    expect(mistakesOf(errors, '/integration')).toEqual([
      { pointer: '/config/baseUrl', detail: 'a' },
      { pointer: '/stream', detail: 'b' },
      { pointer: '', detail: 'c' },
    ]);
  });
});
