// One MCP session with one server, as the features see it: results as the server sent them, errors as problems.
import type { ContentBlock } from '../../shared/api/tool-calls.ts';
import type { JSONSchema } from '../../shared/domain/json-schema.ts';

/** A tool as the server sent it; unknown members are kept. */
export interface WireTool {
  name: string;
  title?: string | undefined;
  description?: string | undefined;
  inputSchema: JSONSchema;
  outputSchema?: JSONSchema | undefined;
  annotations?: Record<string, unknown> | undefined;
  [member: string]: unknown;
}

export interface WireResource {
  uri: string;
  name: string;
  title?: string | undefined;
  description?: string | undefined;
  mimeType?: string | undefined;
}

export interface WirePrompt {
  name: string;
  title?: string | undefined;
  description?: string | undefined;
  arguments?: { name: string; description?: string | undefined; required?: boolean | undefined }[] | undefined;
}

export interface WireCallResult {
  content: ContentBlock[];
  structuredContent?: unknown;
  isError?: boolean | undefined;
  [member: string]: unknown;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
  timeoutSeconds: number;
}

export interface McpSession {
  /** All pages, as far as paged-list.ts goes; what is cut is told in the server’s output. Errors: TOOL_003, TOOL_004, SERVER_003 if the server ends meanwhile. */
  listTools(options: CallOptions): Promise<WireTool[]>;
  /**
   * Errors: TOOL_003 after the time limit (the server is told to stop), TOOL_004 for a protocol error,
   * TOOL_007 for an answer over the message limit; an abort cancels the call at the server and rejects with the signal's reason.
   * A result that is an error of the tool itself (`isError`) is a result.
   */
  callTool(name: string, args: Record<string, unknown>, options: CallOptions): Promise<WireCallResult>;
  /** All pages; empty if the server does not offer any. */
  listResources(options: CallOptions): Promise<WireResource[]>;
  /** All pages; empty if the server does not offer any. */
  listPrompts(options: CallOptions): Promise<WirePrompt[]>;
  ping(options: CallOptions): Promise<void>;
}
