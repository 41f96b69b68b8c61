/** The OpenAI-compatible surface. Its clients know it by its paths; other plugins have no business with it. */
import { contract, route } from 'nexus-gateway/sdk'

export { openaiErrors } from './errors.ts'

export const openai = contract({
  id: 'openai',
  paths: ['/v1'],
  routes: {
    'GET /v1/models': route({ scope: 'operator.read', summary: 'The agents of this gateway, as models.' }),
    'GET /v1/models/:id': route({ scope: 'operator.read', summary: 'One of them.' }),
    'POST /v1/chat/completions': route({ scope: 'operator.write', summary: 'An answer of an agent, at once or as it comes.' }),
  },
})
