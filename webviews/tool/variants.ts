// A choice of schemas (oneOf, anyOf, several types): which there are, and what each is called. In a file of its own because
// what a choice is asks nothing of the rest of the form.

type Schema = Readonly<Record<string, unknown>>;

const mostVariants = 20;

/** The schemas of which one is to be filled in; undefined where there is no such choice, or more than that. */
export function variantsOf(schema: Schema): Schema[] | undefined {
  const { oneOf, anyOf, type, title: _title, description: _description, default: _default, ...rest } = schema;
  const { allOf, not, if: condition, dependentSchemas, properties, items } = rest;
  if ([allOf, not, condition, dependentSchemas].some(word => word !== undefined)) return undefined;
  if (oneOf === undefined && anyOf === undefined)
    return Array.isArray(type) && type.filter(each => each !== 'null').length > 1
      ? bounded(type.map(each => ({ ...rest, type: each })))
      : undefined;
  const choices = oneOf ?? anyOf;
  // What is said around the choice holds for all of it: only a type is simple enough to be said again in each.
  if ((oneOf !== undefined && anyOf !== undefined) || properties !== undefined || items !== undefined) return undefined;
  if (!Array.isArray(choices) || !choices.every(isSchema)) return undefined;
  return bounded(choices.map(choice => (type === undefined ? choice : { type, ...choice })));
}

const bounded = (schemas: Schema[]): Schema[] | undefined =>
  schemas.length > 1 && schemas.length <= mostVariants ? schemas : undefined;

/** True where each choice only says which properties must be there: the form shows them all, and the server decides. */
export const onlyRequires = (schema: Schema): boolean => {
  const choices = schema['oneOf'] ?? schema['anyOf'];
  return (
    Array.isArray(choices) &&
    choices.length > 0 &&
    choices.every(choice => isSchema(choice) && Object.keys(choice).every(key => key === 'required'))
  );
};

const typeWords: Record<string, string> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: 'yes or no',
  array: 'list',
  object: 'object',
  null: 'null',
};

/** What a person chooses by: its title, the constant that tells it from the others, or what kind of value it is. */
export function variantName(schema: Schema, index: number): string {
  const { title, type, properties, items } = schema;
  if (typeof title === 'string' && title !== '') return title;
  if (schema['const'] !== undefined) return JSON.stringify(schema['const']);
  const constant = isSchema(properties) ? Object.entries(properties).find(hasConstant) : undefined;
  if (constant) return `${constant[0]}: ${String((constant[1] as Schema)['const'])}`;
  if (isSchema(properties)) return nameByKeys(Object.keys(properties)) ?? `Choice ${index + 1}`;
  const word = typeof type === 'string' ? typeWords[type] : undefined;
  if (word === 'list' && isSchema(items) && typeof items['type'] === 'string')
    return `list of ${typeWords[items['type']] ?? 'values'}`;
  return word ?? `Choice ${index + 1}`;
}

const hasConstant = ([, value]: [string, unknown]): boolean => isSchema(value) && value['const'] !== undefined;
const nameByKeys = (keys: string[]): string | undefined => (keys.length > 0 ? keys.slice(0, 3).join(', ') : undefined);

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
