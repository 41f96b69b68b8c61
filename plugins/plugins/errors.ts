import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

const bad = { wire: 'INVALID_REQUEST' } as const
const refused = { wire: 'INVALID_REQUEST', status: 409, exit: 1 } as const
const kept = 'Nothing was changed.'

export const pluginsErrors = {
  NEXUS_PLUGINS_UNKNOWN: { ...bad, status: 404, text: 'no plugin of this gateway has that id', fix: 'See `nexus plugins list`.' },
  NEXUS_PLUGINS_GUARDED: { wire: 'FORBIDDEN', exit: 77, text: 'a {label} may not change which plugins are installed', fix: 'Have an operator do it.' },
  // What was asked for
  NEXUS_PLUGINS_SPEC: { ...bad, exit: 2, text: 'that is no plugin\'s address', fix: 'Give a package such as nexus-weather or nexus-weather@^1, a path that begins with / ./ ../ or ~/ (a tarball, a folder or a file), or git+https:// git+ssh:// git+file:// with #REF at the end if need be.' },
  NEXUS_PLUGINS_NO_PLACE: { ...bad, text: 'there is no such file or folder', fix: 'Check the path; it is the gateway that reads it.' },
  NEXUS_PLUGINS_NOT_LINKABLE: { ...bad, exit: 2, text: 'only a folder or a file can be linked', fix: 'Leave out --link.' },
  NEXUS_PLUGINS_NOT_INSTALLED: { ...bad, status: 404, text: 'no plugin with that id was installed with `nexus plugins add`', fix: 'See `nexus plugins grants` for those that were. One that ships with the gateway is left out with `nexus plugins disable ID`.' },
  NEXUS_PLUGINS_TICKET: { ...bad, status: 404, text: 'there is no such ticket, or it has expired', fix: 'Stage it again; a ticket is good for 15 minutes.' },
  NEXUS_PLUGINS_TICKET_BUSY: { ...refused, retryable: true, text: 'this ticket is not ready', fix: 'Ask `plugins.staged` until its state is "ready".' },
  NEXUS_PLUGINS_TOO_MANY: { wire: 'UNAVAILABLE', status: 429, retryable: true, text: 'too many plugins are being installed at once', fix: 'Commit or discard some of them first.' },
  NEXUS_PLUGINS_ACCEPT: { ...refused, text: 'what was agreed to is not what is there now', fix: `Look at it again. ${kept}` },
  NEXUS_PLUGINS_NO_SETTINGS: { wire: 'UNAVAILABLE', text: 'the settings cannot be changed here', fix: 'Turn on the plugin `config`.' },
  NEXUS_PLUGINS_LIST_ELSEWHERE: { ...refused, text: 'the list `plugins` stands in {place}, not in the settings file itself', fix: 'Change it there by hand.' },
  // What came
  NEXUS_PLUGINS_ARCHIVE: { ...refused, text: 'the package was refused: {reason}', fix: `Tell its author. ${kept}` },
  NEXUS_PLUGINS_ODD_FILE: { ...refused, text: '{file} is neither a file nor a folder', fix: `A plugin may hold no links, pipes or devices. ${kept}` },
  NEXUS_PLUGINS_PACKAGE: { ...refused, text: 'the package is not one that can be installed: {reason}', fix: `Tell its author. ${kept}` },
  NEXUS_PLUGINS_NOT_A_PLUGIN: { ...refused, text: 'the package is no plugin: its package.json has no "nexus"', fix: `If it is yours, run \`nexus plugins pack\`, which writes it. ${kept}` },
  NEXUS_PLUGINS_STUB: { ...refused, text: 'the manifest of "{plugin}" does not say what the plugin does, and its code is not run to find out', fix: `If it is yours, run \`nexus plugins pack\`, which writes the whole manifest, or add it with --link. ${kept}` },
  NEXUS_PLUGINS_RESERVED: { ...refused, text: 'the id "{plugin}" belongs to the gateway itself', fix: `Its author has to choose another one. ${kept}` },
  NEXUS_PLUGINS_OTHER_PACKAGE: { ...refused, text: 'the id "{plugin}" is that of a plugin from another package, {other}', fix: `If it shall take its place, run \`nexus plugins remove {plugin}\` first. ${kept}` },
  NEXUS_PLUGINS_SIMILAR: { ...refused, text: 'the name of the package is easily mistaken for {other}', fix: `Look at the spelling; if it is really meant, add --allow-similar. ${kept}` },
  NEXUS_PLUGINS_DOWNGRADE: { ...refused, text: 'version {version} of "{plugin}" is lower than {current}, which is installed', fix: `If it is really meant, add it with --downgrade. ${kept}` },
  NEXUS_PLUGINS_MISMATCH: { ...refused, text: 'version {version} of "{plugin}" is not what it was when it was installed', fix: 'A version never changes by itself: ask its author, and find out who changed it. The one that is installed stays.' },
  NEXUS_PLUGINS_NEEDS_TRUST: { ...refused, text: 'plugin "{plugin}" runs only inside the gateway\'s process, where nothing contains it', fix: `If you trust its author with all the gateway can do, add it with --trusted. ${kept}` },
  NEXUS_PLUGINS_NATIVE: { ...refused, text: '{what} holds machine code or wants to build some, and the plugin does not declare the capability "native"', fix: `Its author has to declare it, so that you can be asked. ${kept}` },
  NEXUS_PLUGINS_DEPENDENCY: { ...refused, text: 'the dependency {name} does not come from the registry by version', fix: `Its author has to publish it there. ${kept}` },
  NEXUS_PLUGINS_DEPENDENCY_ARCHIVE: { ...refused, text: 'the dependency {name} was refused: {reason}', fix: `Tell its author. ${kept}` },
  NEXUS_PLUGINS_TOO_LARGE: { ...refused, text: 'with its dependencies it is too large: {what}', fix: kept },
  // Policy
  NEXUS_PLUGINS_DENIED: { ...refused, wire: 'FORBIDDEN', status: 403, text: '`pluginPolicy` keeps "{plugin}" out', fix: `Change \`allow\` or \`deny\` of \`pluginPolicy\` in nexus.json5. ${kept}` },
  NEXUS_PLUGINS_TOO_YOUNG: { ...refused, wire: 'FORBIDDEN', status: 403, text: '{what} has not been out for as long as `pluginPolicy.minimumReleaseAge` asks', fix: `Wait, name an older version, or set \`pluginPolicy.minimumReleaseAge\` (0 turns it off). ${kept}` },
  NEXUS_PLUGINS_AGE_UNKNOWN: { ...refused, wire: 'FORBIDDEN', status: 403, text: 'the registry does not say how long {what} has been out', fix: `Set \`pluginPolicy.minimumReleaseAge\` to 0 to do without. ${kept}` },
  NEXUS_PLUGINS_MALICIOUS: { ...refused, wire: 'FORBIDDEN', status: 403, text: 'the scanner calls it malicious: {findings}', fix: kept },
  NEXUS_PLUGINS_SCAN: { ...refused, text: 'the scanner could not look at it: {reason}', fix: `Mend or leave out the plugin that provides scanner/1. ${kept}` },
  // Libraries
  NEXUS_PLUGINS_LIBRARY: { wire: 'UNAVAILABLE', exit: 69, text: 'plugin "{plugin}" needs {libraries}, which is not here ({size} with all that belongs to it)', fix: 'Run `nexus plugins enable {plugin}`, which fetches it.' },
  NEXUS_PLUGINS_LIBRARY_TAMPERED: { wire: 'UNAVAILABLE', exit: 70, text: 'the libraries of plugin "{plugin}" are not what was fetched: {files}', fix: 'Run `nexus plugins enable {plugin}`, which fetches them again, and find out who changed them.' },
  // Machinery
  NEXUS_PLUGINS_NO_PROGRAM: { wire: 'UNAVAILABLE', exit: 69, text: '{program} is not there', fix: 'Install it, or set PATH so that the gateway finds it.' },
  NEXUS_PLUGINS_PROGRAM: { wire: 'UNAVAILABLE', exit: 69, text: '{program} did not manage it: {reason}', fix: `Check the name, the network and the registry. ${kept}` },
  NEXUS_PLUGINS_STOPPED: { wire: 'UNAVAILABLE', exit: 75, text: '{program} was stopped: {why}', fix: `Try again. ${kept}` },
  NEXUS_PLUGINS_LOCK_BUSY: { wire: 'UNAVAILABLE', exit: 75, retryable: true, text: '{file} is being changed by somebody else all the time', fix: 'Try again; if nobody is at it, remove the file.' },
  NEXUS_PLUGINS_DISK: { wire: 'UNAVAILABLE', exit: 73, text: 'the plugin could not be put in place: {reason}', fix: `Check the room and the modes in the state directory. ${kept}` },
  NEXUS_PLUGINS_BAD_LOCK: { wire: 'UNAVAILABLE', exit: 78, text: '{file} cannot be used: {reason}', fix: 'Restore it from a backup, or remove it and install the plugins again.' },
  NEXUS_PLUGINS_NOT_STARTED: { ...refused, text: 'plugin "{plugin}" does not run: {reason}', fix: 'Everything is as before. Tell its author.' },
  // Commands
  NEXUS_PLUGINS_CONSENT: { exit: 2, text: 'nobody has agreed to that', fix: 'Run it on a terminal to be asked, or read what it asks for and add --yes.' },
  NEXUS_PLUGINS_WHICH: { exit: 2, text: 'which plugin is to be updated?', fix: 'Name its id, or give --all.' },
  NEXUS_PLUGINS_SUSPECT: { exit: 2, text: 'the scanner suspects it, which --yes does not cover', fix: 'Run it on a terminal and decide.' },
} as const satisfies ErrorTable

export const fail = failures(pluginsErrors)
