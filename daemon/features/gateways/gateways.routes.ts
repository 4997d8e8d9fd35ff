import { describePrincipal, type Handlers } from '../../http/context.ts';
import type { GatewayService } from './gateways.service.ts';

type Gateways = 'listGateways' | 'getGateway' | 'startGateway' | 'stopGateway' | 'restartGateway' | 'updateGateway';

export const gatewayHandlers = (gateways: GatewayService): Pick<Handlers, Gateways> => ({
  listGateways: ({ query }) => gateways.list(query),
  getGateway: ({ params }) => gateways.get(params.profile),
  // A start goes on when its caller goes away.
  startGateway: ({ params }, { principal }) => gateways.start(params.profile, describePrincipal(principal)),
  stopGateway: ({ params }) => gateways.stop(params.profile),
  restartGateway: ({ params }, { principal }) => gateways.restart(params.profile, describePrincipal(principal)),
  updateGateway: ({ params, body }) => gateways.setOwnTools(params.profile, body.ownTools),
});
