// {{server.key}} in an entry's variables, command and volumes, filled in from the configuration.

const readPath = (config, path) => path.split('.').reduce((value, key) => value?.[key], config);

/** The text with its placeholders filled; '' for what is not configured. */
export function fill(text, config) {
  return text.replace(/\{\{([^}|]+)(?:\|[^}]*)?\}\}/g, (_, path) => {
    const value = readPath(config, path.trim());
    if (value === undefined || value === null) return '';
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  });
}

/** A list whose items may stand for many: "{{probe.paths|volume|into}}" gives one item for each value. */
export function fillList(items, config) {
  return items.flatMap(item => {
    const whole = /^\{\{([^}|]+)\|([^}]*)\}\}$/.exec(item);
    const value = whole ? readPath(config, whole[1].trim()) : undefined;
    if (!Array.isArray(value)) return [fill(item, config)].filter(text => text !== '');
    const isVolume = whole[2].includes('volume');
    return value.map(one => (isVolume ? `${one}:${one}` : String(one)));
  });
}
