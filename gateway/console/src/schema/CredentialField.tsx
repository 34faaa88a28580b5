import { PasswordInput } from '@mantine/core';
import { mistakeAt, useDraftStore } from './draft';
import { labelOf, useSchema, type FieldProps } from './fieldProps';
import { isObject, member, valueAt } from './pointer';

// What the secrets of the kinds of authentication are called, for people and in the store.
const SECRETS: Record<string, { label: string; credential: string }> = {
  'bearer/credential': { label: 'Token', credential: 'token' },
  'api_key/credential': { label: 'API key', credential: 'key' },
  'basic/credential': { label: 'Password', credential: 'password' },
  'basic/usernameCredential': { label: 'User name, kept secret', credential: 'username' },
};

/**
 * A secret. The config gets the name that it is stored by, the value goes beside the config; what is
 * stored never comes back, so the field of a stored one is empty.
 */
export function CredentialField({ schema, pointer, name, isRequired }: FieldProps) {
  const { draft, mistakes, set } = useDraftStore();
  const { stored } = useSchema();
  const parent = valueAt(draft, pointer.slice(0, pointer.lastIndexOf('/')));
  const kind = isObject(parent) && typeof parent.kind === 'string' ? parent.kind : '';
  const secret = SECRETS[`${kind}/${name}`] ?? { label: labelOf(schema, name), credential: name };

  const named = valueAt(draft, pointer);
  const credential = typeof named === 'string' && named !== '' ? named : secret.credential;
  const place = member('/credentials', credential);
  const value = valueAt(draft, place);
  const isStored = typeof named === 'string' && stored.includes(named);
  const typed = draft.credentials;
  const replacesAll = isObject(typed) && Object.keys(typed).length > 0;

  const error = mistakeAt(mistakes, pointer) ?? mistakeAt(mistakes, place);

  function type(text: string): void {
    set(place, text === '' ? undefined : text);
    // An optional secret is named while there is one; the server's "required" is about the name.
    const isNamed = text !== '' || isStored;
    set(pointer, isNamed ? credential : isRequired ? '' : undefined);
  }

  return (
    <PasswordInput
      label={secret.label}
      description={descriptionOf(isStored, replacesAll)}
      placeholder={isStored && !replacesAll ? 'Stored; leave empty to keep it' : undefined}
      withAsterisk={isRequired}
      autoComplete="off"
      data-1p-ignore
      name={pointer}
      value={typeof value === 'string' ? value : ''}
      aria-invalid={error !== null} // which PasswordInput forgets
      error={error}
      onChange={(event) => type(event.currentTarget.value)}
    />
  );
}

function descriptionOf(isStored: boolean, replacesAll: boolean): string {
  if (isStored && replacesAll) return 'Stored secrets are replaced together: type this one too.';
  return 'Kept encrypted; nobody can read it again, here or through the API.';
}
