/** The OpenAI-compatible surface. Its clients know it by its paths; other plugins have no business with it. */
import { contract, route } from 'nexus-gateway/sdk'

export { openaiErrors } from './errors.ts'

export const openai = contract({
  id: 'openai',
  paths: ['/v1'],
  routes: {
    'GET /v1/models': route({ scope: 'operator.read', summary: 'The agents of this gateway, as models, and the models that make embeddings.' }),
    'GET /v1/models/:id': route({ scope: 'operator.read', summary: 'One of them.' }),
    'POST /v1/chat/completions': route({ scope: 'operator.write', summary: 'An answer of an agent, at once or as it comes.' }),
    'POST /v1/responses': route({ scope: 'operator.write', summary: 'An answer of an agent as a response, which may be continued.' }),
    'GET /v1/responses/:id': route({ scope: 'operator.read', summary: 'A response that was kept.' }),
    'GET /v1/responses/:id/input_items': route({ scope: 'operator.read', summary: 'What it answered.' }),
    'DELETE /v1/responses/:id': route({ scope: 'operator.write', summary: 'Deletes it.' }),
    'POST /v1/embeddings': route({ scope: 'operator.write', summary: 'Vectors of texts.' }),
  },
})
