// What a server says of its tool, with the protocol's defaults for what it does not say (MCP 2025-11-25, ToolAnnotations).

export interface ToolHints {
  readOnly: boolean;
  destructive: boolean;
  openWorld: boolean;
}

/** Missing or of another type: not read-only, destructive, open world. A tool that only reads destroys nothing. */
export function toHints(annotations: Record<string, unknown> | undefined): ToolHints {
  const readOnly = annotations?.['readOnlyHint'] === true;
  return {
    readOnly,
    destructive: !readOnly && annotations?.['destructiveHint'] !== false,
    openWorld: annotations?.['openWorldHint'] !== false,
  };
}
