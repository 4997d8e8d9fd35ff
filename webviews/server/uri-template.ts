// URI templates (RFC 6570) as resource templates use them: every expression of one value, with its operator. Templates come from servers.

const expression = /\{([+#./;?&]?)([^{}]*)\}/g;
const operators: Record<string, { first: string; between: string; named: boolean; reserved: boolean }> = {
  '': { first: '', between: ',', named: false, reserved: false },
  '+': { first: '', between: ',', named: false, reserved: true },
  '#': { first: '#', between: ',', named: false, reserved: true },
  '.': { first: '.', between: '.', named: false, reserved: false },
  '/': { first: '/', between: '/', named: false, reserved: false },
  ';': { first: ';', between: ';', named: true, reserved: false },
  '?': { first: '?', between: '&', named: true, reserved: false },
  '&': { first: '&', between: '&', named: true, reserved: false },
};

interface Variable {
  name: string;
  /** Of `{name:3}`: so many characters of it. */
  most: number | undefined;
}

const parseVariables = (list: string): Variable[] =>
  list.split(',').map(part => {
    const [, name = '', most] = /^([^:*]*)(?::(\d{1,4}))?\*?$/.exec(part.trim()) ?? [undefined, part.trim()];
    return { name, most: most === undefined ? undefined : Number(most) };
  });

/** The names of the variables, each once, in order. */
export const variablesOf = (template: string): string[] => [
  ...new Set(
    [...template.matchAll(expression)].flatMap(([, , list = '']) => parseVariables(list).map(({ name }) => name)),
  ),
];

/** The address with these values; a variable without a value is left out, as the RFC says of undefined ones. */
export function expandTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(expression, (_, operator: string, list: string) => {
    const rule = operators[operator];
    if (!rule) return '';
    const parts = parseVariables(list).flatMap(({ name, most }) => {
      const value = values[name];
      if (!value) return [];
      const text = encode(most === undefined ? value : [...value].slice(0, most).join(''), rule.reserved);
      return rule.named ? [`${name}=${text}`] : [text];
    });
    return parts.length === 0 ? '' : rule.first + parts.join(rule.between);
  });
}

/** RFC 3986: unreserved characters stay; with `reserved`, those that separate the parts of an address stay too. */
function encode(value: string, reserved: boolean): string {
  const encoded = encodeURIComponent(value.toWellFormed()).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return reserved
    ? encoded.replace(/%(?:21|23|24|26|27|28|29|2A|2B|2C|2F|3A|3B|3D|3F|40|5B|5D)/g, code => decodeURIComponent(code))
    : encoded;
}
