// The addresses of the endpoint: all servers, those of one Docker profile, or one server alone.

export type Place =
  | { readonly kind: 'all' }
  | { readonly kind: 'profile'; readonly profile: string }
  | { readonly kind: 'server'; readonly server: string };

export const everything: Place = { kind: 'all' };

/** For records and as a key: `/mcp`, `/mcp/dev_tools`, `/mcp/server/files`. */
export const pathOf = (place: Place): string => {
  if (place.kind === 'all') return '/mcp';
  return place.kind === 'profile' ? `/mcp/${place.profile}` : `/mcp/server/${place.server}`;
};
