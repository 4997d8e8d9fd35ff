/**
 * The same JSON value, which throws a RangeError when its members have been read more often than the budget allows. For schemas
 * that strangers write: references into one another double the work with each step.
 */
export function withBudget(value: unknown, budget: { left: number }): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(item => withBudget(item, budget));
  const inner = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withBudget(member, budget)]));
  return new Proxy(inner, {
    get(target, key, receiver) {
      budget.left -= 1;
      if (budget.left < 0) throw new RangeError('The schema is too costly to check.');
      return Reflect.get(target, key, receiver);
    },
  });
}
