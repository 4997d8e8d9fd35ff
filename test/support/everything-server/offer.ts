// What the server that offers everything says that it has: the tools, prompts and resources that the protocol's own suites ask for.

/** One red pixel, and a tenth of a second of silence. */
export const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
export const wav = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAAAAA==';

const nothing = { type: 'object', properties: {}, additionalProperties: false };
const oneText = (name: string, description: string) => ({
  type: 'object',
  properties: { [name]: { type: 'string', description } },
  required: [name],
});

const plain = (name: string, description: string, more: object = {}) => ({
  name,
  description,
  inputSchema: nothing,
  ...more,
});

/** Draft 2020-12 with what proxies like to drop. */
const draft2020 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};

export const tools = [
  plain('test_simple_text', 'Gives a text'),
  plain('test_image_content', 'Gives an image'),
  plain('test_audio_content', 'Gives a sound'),
  plain('test_embedded_resource', 'Gives a resource'),
  plain('test_multiple_content_types', 'Gives a text, an image and a resource'),
  plain('test_resource_link', 'Gives a link to a resource'),
  plain('test_structured_content', 'Gives what its output schema says', {
    title: 'Structured content',
    annotations: { title: 'Structured', readOnlyHint: true, destructiveHint: false, openWorldHint: false },
    outputSchema: {
      type: 'object',
      properties: { sum: { type: 'number' }, parts: { type: 'array', items: { type: 'number' } } },
      required: ['sum'],
    },
    _meta: { 'example.com/kept': { deep: [1, null, 'two'] } },
  }),
  plain('test_empty_result', 'Gives a result without content'),
  plain('test_error_handling', 'Always fails'),
  plain('test_protocol_error', 'Answers with a JSON-RPC error that has data'),
  plain('test_tool_with_logging', 'Writes to the log while it runs'),
  plain('test_logging_tool', 'Writes to the log'),
  plain('test_tool_with_progress', 'Tells how far it is'),
  plain('test_slow', 'Waits until it is cancelled, ten seconds at most'),
  plain('test_reconnection', 'Closes its stream before it answers'),
  { name: 'test_sampling', description: 'Asks the model', inputSchema: oneText('prompt', 'For the model') },
  { name: 'test_elicitation', description: 'Asks the person', inputSchema: oneText('message', 'For the person') },
  plain('test_elicitation_sep1034_defaults', 'Asks the person, with defaults'),
  plain('test_elicitation_sep1330_enums', 'Asks the person to choose'),
  plain('test_url_elicitation', 'Asks the person to open a page'),
  plain('test_list_roots', 'Asks for the roots'),
  plain('test_streaming_elicitation', 'Tells how far it is, then asks the person'),
  plain('test_missing_capability', 'Needs a client that offers sampling'),
  plain('test_trigger_tool_change', 'Changes the list of tools'),
  plain('test_trigger_prompt_change', 'Changes the list of prompts'),
  plain('test_trigger_resource_update', 'Changes the watched resource'),
  { name: 'json_schema_2020_12_tool', description: 'Has a schema of draft 2020-12', inputSchema: draft2020 },
  {
    name: 'test_custom_header',
    description: 'Wants a parameter in a header as well',
    inputSchema: {
      type: 'object',
      properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
      required: ['region'],
    },
  },
  plain('test_input_required_result_elicitation', 'Needs a name'),
  plain('test_input_required_result_sampling', 'Needs the model'),
  plain('test_input_required_result_list_roots', 'Needs the roots'),
  plain('test_input_required_result_request_state', 'Needs its state back'),
  plain('test_input_required_result_multiple_inputs', 'Needs three things at once'),
  plain('test_input_required_result_multi_round', 'Needs two things one after the other'),
  plain('test_input_required_result_tampered_state', 'Needs its state back unchanged'),
  plain('test_input_required_result_capabilities', 'Needs what the client offers'),
];

export const prompts = [
  { name: 'test_simple_prompt', description: 'A text' },
  {
    name: 'test_prompt_with_arguments',
    description: 'A text with two arguments',
    arguments: [
      { name: 'arg1', description: 'The first', required: true },
      { name: 'arg2', description: 'The second', required: true },
    ],
  },
  {
    name: 'test_prompt_with_embedded_resource',
    description: 'A resource',
    arguments: [{ name: 'resourceUri', description: 'Of which resource', required: true }],
  },
  { name: 'test_prompt_with_image', description: 'An image' },
  { name: 'test_input_required_result_prompt', description: 'Needs to know the context' },
];

export const resources = [
  { uri: 'test://static-text', name: 'Static text', description: 'A text', mimeType: 'text/plain' },
  { uri: 'test://static-binary', name: 'Static binary', description: 'An image', mimeType: 'image/png' },
  { uri: 'test://watched-resource', name: 'Watched', description: 'It changes', mimeType: 'text/plain' },
  { uri: 'test://example-resource', name: 'Example', description: 'A text', mimeType: 'text/plain' },
];

export const resourceTemplates = [
  {
    uriTemplate: 'test://template/{id}/data',
    name: 'Data by its id',
    description: 'A document',
    mimeType: 'application/json',
  },
];
