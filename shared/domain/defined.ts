type Optional<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** The same members, those that may be undefined as optional ones. */
export type DefinedOnly<T> = Omit<T, Optional<T>> & { [K in Optional<T>]?: Exclude<T[K], undefined> };

/** The members that are not undefined: to a type with exact optional members "undefined" is not "left out". */
export function definedOnly<T extends object>(value: T): DefinedOnly<T>;
export function definedOnly(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}
