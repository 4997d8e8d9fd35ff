import { type Act, createAct } from './load.ts';
import { useOwned } from './owned.ts';

/** An act of a person that belongs to one component. */
export const useAct = (): Act => useOwned(() => ({ ...createAct(), close() {} }));
