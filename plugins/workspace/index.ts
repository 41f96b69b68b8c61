/** The tools of an agent's workspace, of the web, and of conversations. */
import { join, isAbsolute } from 'node:path'
import * as v from 'valibot'
import { definePlugin, optional } from 'nexus-gateway/sdk'
import { Fetch } from '../outbound/contract.ts'
import { Sessions } from '../sessions/contract.ts'
import { offerTools } from '../tools/contract.ts'
import type { ToolCall, ToolContext } from '../tools/contract.ts'
import { workspace, workspaceErrors } from './contract.ts'
import { fail } from './errors.ts'
import { fetchTool } from './fetch-tool.ts'
import { fileTools } from './file-tools.ts'
import { createFiles } from './files.ts'
import type { OpenFiles } from './files.ts'
import { createFinder } from './find.ts'
import { createGlance } from './glance.ts'
import { createGuard, workspaceFolder } from './guard.ts'
import { lookTools } from './look-tools.ts'
import { createQueue } from './queue.ts'
import { sessionTools } from './sessions.ts'
import { createWalker } from './walk.ts'

const agentIds = /^[a-z0-9][a-z0-9_-]{0,63}$/

export default definePlugin({
  ...workspace,
  errors: workspaceErrors,
  config: v.strictObject({
    root: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(4_096), v.description('Absolute path of the folder that has a folder for each agent. `workspace` in the state directory without it.'))),
    mounts: v.optional(v.pipe(v.boolean(), v.description('Whether tools enter other file systems that are mounted in a workspace.')), false),
    hardLinks: v.optional(v.pipe(v.boolean(), v.description('Whether tools touch files with several names.')), false),
    sessions: v.optional(v.strictObject({
      visibility: v.optional(v.pipe(v.picklist(['self', 'agent', 'all']), v.description('Which sessions the tools sessions_* show: the one that asks, those of its agent, or all.')), 'agent'),
    }), {}),
  }),
  requires: { sessions: optional(Sessions), web: optional(Fetch) },
  async setup(ctx) {
    const { config: { root: homes = join(ctx.paths.state, workspaceFolder), sessions: { visibility }, ...bounds }, deps } = ctx
    if (!isAbsolute(homes)) throw fail('NEXUS_WORKSPACE_ROOT', { reason: '`workspace.root` is not an absolute path' })
    const walker = await createWalker()
    if (walker.weak) ctx.log.warn('this system has no /proc: workspaces are kept by checks of paths, which programs that run at the same time can outrun')
    const guard = createGuard(ctx.paths)
    const queue = createQueue()

    function files(root: string, within: readonly string[] = []): OpenFiles {
      const open = createFiles(walker, createFinder(walker, guard, bounds, root, within), bounds)
      return { ...open, write: (path, content, options) => queue(root, () => open.write(path, content, options)) }
    }
    function rootOf(agentId: string): string {
      if (!agentIds.test(agentId)) throw fail('NEXUS_WORKSPACE_ROOT', { reason: 'the agent\'s id is no name of a folder' })
      return join(homes, agentId)
    }
    /** A run that others started keeps to what each of them has. */
    function filesOf({ context = { agentId: 'main' } }: ToolCall): OpenFiles {
      const [own, ...above] = rootsOf(context)
      return files(own!, above)
    }
    const rootsOf = ({ workspace: folder, agentId, parent }: ToolContext): string[] => [folder ?? rootOf(agentId), ...(parent ? rootsOf(parent) : [])]

    offerTools(ctx, {
      ...fileTools(filesOf),
      ...lookTools({ walker, bounds, filesOf }),
      ...(deps.web ? fetchTool(deps.web) : {}),
      ...(deps.sessions ? sessionTools(deps.sessions, visibility, ctx.clock) : {}),
    })
    return { provides: { workspace: { rootOf, files: (root) => files(root), glance: createGlance() } } }
  },
})
