import { CredentialField } from './CredentialField';
import type { FieldProps } from './fieldProps';
import { useSchema } from './fieldProps';
import { kindOf, resolve, type FieldKind } from './jsonSchema';
import { ListField } from './ListField';
import { MapField } from './MapField';
import { ObjectField } from './ObjectField';
import { ChoiceField, FlagField, NumberField, TextField, TextsField } from './ScalarFields';
import { VariantField } from './VariantField';

const FIELDS: Record<FieldKind, (props: FieldProps) => React.ReactNode> = {
  credential: CredentialField,
  variant: VariantField,
  choice: ChoiceField,
  text: TextField,
  number: NumberField,
  flag: FlagField,
  texts: TextsField,
  list: ListField,
  map: MapField,
  object: ObjectField,
};

/** Edits what a schema describes, whatever that is. */
export function SchemaField({ schema, ...props }: FieldProps) {
  const { root } = useSchema();
  const Field = FIELDS[kindOf(root, schema)];
  return <Field schema={resolve(root, schema)} {...props} />;
}
