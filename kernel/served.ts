/** A plugin's own modules as JavaScript, for a process that must not read or transform them itself. */
import type { CodeSession, IsolatedCode } from './isolator.ts'
import type { Road } from './outside.ts'

/** `started` is awaited before a session loads anything, and may refuse. */
export function servedCode(about: Omit<IsolatedCode, 'session'>, road: Road, started: (session: CodeSession) => Promise<void>): IsolatedCode {
  void road
  void started
  return { ...about, session: () => Promise.reject(new Error('not yet')) }
}
