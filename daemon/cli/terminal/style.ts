import { styleText } from 'node:util';

export type Colour = 'green' | 'red' | 'yellow' | 'cyan' | 'dim' | 'bold';
/** Colours a text, or gives it back as it is where colour is not wanted. */
export type Style = (colour: Colour, text: string) => string;

interface StyledStream {
  isTTY?: boolean;
}

/** Colour is for people at a terminal who did not ask to be spared (no-color.org). */
export function createStyle(stream: StyledStream, environment: NodeJS.ProcessEnv): Style {
  const coloured = stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
  // It was asked for above; Node would ask its own standard output again.
  return coloured ? (colour, text) => styleText(colour, text, { validateStream: false }) : (_, text) => text;
}
