import { NativeSelect, NumberInput, Switch, TagsInput, TextInput } from '@mantine/core';
import { mistakeWithin, useDraftStore, useField } from './draft';
import { labelOf, type FieldProps } from './fieldProps';

/** A text; left empty it is not set, unless it has to be. */
export function TextField({ schema, pointer, name, isRequired }: FieldProps) {
  const { value, error, set } = useField(pointer);
  return (
    <TextInput
      label={labelOf(schema, name)}
      description={schema.description}
      placeholder={typeof schema.default === 'string' ? schema.default : undefined}
      withAsterisk={isRequired}
      maxLength={schema.maxLength}
      spellCheck={false}
      autoComplete="off"
      name={pointer}
      value={typeof value === 'string' ? value : ''}
      error={error}
      onChange={({ currentTarget: { value: text } }) =>
        set(text === '' && !isRequired ? undefined : text)
      }
    />
  );
}

/** A number; left empty it is not set. */
export function NumberField({ schema, pointer, name, isRequired }: FieldProps) {
  const { value, error, set } = useField(pointer);
  const isInteger = [schema.type].flat().includes('integer');
  return (
    <NumberInput
      label={labelOf(schema, name)}
      description={schema.description}
      placeholder={typeof schema.default === 'number' ? String(schema.default) : undefined}
      withAsterisk={isRequired}
      min={schema.minimum ?? schema.exclusiveMinimum}
      max={schema.maximum}
      allowDecimal={!isInteger}
      clampBehavior="none"
      name={pointer}
      value={typeof value === 'number' ? value : ''}
      error={error}
      onChange={(number) => set(typeof number === 'number' ? number : undefined)}
    />
  );
}

/** One of a few texts. */
export function ChoiceField({ schema, pointer, name, isRequired }: FieldProps) {
  const { value, error, set } = useField(pointer);
  const chosen = value ?? schema.default ?? '';
  return (
    <NativeSelect
      label={labelOf(schema, name)}
      description={schema.description}
      withAsterisk={isRequired}
      name={pointer}
      value={String(chosen)}
      error={error}
      data={(schema.enum ?? []).map(String)}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}

/** Yes or no. */
export function FlagField({ schema, pointer, name }: FieldProps) {
  const { value, error, set } = useField(pointer);
  return (
    <Switch
      label={labelOf(schema, name)}
      description={schema.description}
      name={pointer}
      checked={(value ?? schema.default) === true}
      error={error}
      onChange={(event) => set(event.currentTarget.checked)}
    />
  );
}

/** Several short texts. What is wrong with one of them is said below all. */
export function TextsField({ schema, pointer, name, isRequired }: FieldProps) {
  const { mistakes } = useDraftStore();
  const { value, set } = useField(pointer);
  const texts = Array.isArray(value) ? value.map(String) : [];
  return (
    <TagsInput
      label={labelOf(schema, name)}
      description={schema.description}
      placeholder={texts.length === 0 ? '/id, then Enter' : undefined}
      withAsterisk={isRequired}
      acceptValueOnBlur
      maxTags={schema.maxItems}
      name={pointer}
      value={texts}
      error={mistakeWithin(mistakes, pointer)}
      onChange={(changed) => set(changed.length === 0 && !isRequired ? undefined : changed)}
    />
  );
}
