/** For plugins that look into other plugins or run them: what the kernel itself goes by. */
export { check } from '../kernel/validate.ts'
export { kernelErrors } from '../kernel/errors.ts'
export { PluginScope } from '../kernel/scope.ts'
export { manifestFaults, manifestOf, parseManifest } from '../kernel/manifest.ts'
export type { Manifest, ManifestCommand } from '../kernel/manifest.ts'
export type { CodeSession, IsolatedCode, Isolator, Served } from '../kernel/isolator.ts'
