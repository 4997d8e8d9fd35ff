// What a test file answers when a server asks: a person by elicitation, a model by sampling, the client by its roots.
import * as z from 'zod';

/** What the client behind the tests can do for a server: a server may look at it before it asks. */
export const testOffers = ['elicitation', 'sampling', 'roots'] as const;
export const TestOffer = z.enum(testOffers);
export type TestOffer = z.infer<typeof TestOffer>;

const Question = z.union([z.string().min(1).max(2_000), z.literal(true)]);

/** One answer to one question. */
export const TestAnswer = z
  .object({
    elicitation: Question.optional().describe('A part of the message that a person would read; true: any'),
    sampling: Question.optional().describe('A part of the text that a model would be sent; true: any'),
    action: z.enum(['accept', 'decline', 'cancel']).optional().describe('Default: accept'),
    content: z.record(z.string(), z.unknown()).optional().describe('What the person fills in, to accept a form'),
    text: z.string().optional().describe('What the model says'),
    optional: z.boolean().optional().describe('true: the test passes also if the server does not ask this'),
  })
  .strict()
  .refine(
    answer => (answer.elicitation === undefined) !== (answer.sampling === undefined),
    'Say what is answered: one of elicitation and sampling.',
  )
  .refine(
    answer => answer.content === undefined || (answer.elicitation !== undefined && isAccepted(answer)),
    'Only an elicitation that is accepted has a content.',
  )
  .refine(
    answer => answer.elicitation === undefined || answer.text === undefined,
    'An elicitation is answered by its content, and not by a text.',
  )
  .refine(
    answer => answer.sampling === undefined || isAccepted(answer) === (answer.text !== undefined),
    'Say what the model answers (text), or decline.',
  )
  .refine(answer => answer.sampling === undefined || answer.action !== 'cancel', 'Sampling is accepted or declined.')
  .meta({ oneOf: [{ required: ['elicitation'] }, { required: ['sampling'] }] });
export type TestAnswer = z.infer<typeof TestAnswer>;

function isAccepted({ action }: { action?: 'accept' | 'decline' | 'cancel' | undefined }): boolean {
  return action === undefined || action === 'accept';
}

/** Of one call, or of a whole file. */
export const TestAnswers = z.array(TestAnswer).max(50);

/** A folder that the client works in. Whether its address is one is the parser's matter, who can say what to write instead. */
export const TestRoot = z
  .object({
    uri: z
      .string()
      .min(1)
      .max(2_048)
      .meta({ pattern: '^file://|\\$\\{' })
      .describe('Its address, for example file:///home/me/project'),
    name: z.string().min(1).max(200).optional().describe('What a person calls it'),
  })
  .strict();
export type TestRoot = z.infer<typeof TestRoot>;

export const TestRoots = z.array(TestRoot).max(50);
