// The public types of plugins/workspace/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: FileInfo, FolderEntry, Workspace, WorkspaceApi, WorkspaceFiles, workspace, workspaceErrors
export {}

declare interface FileInfo {
    readonly type: 'file' | 'folder' | 'link' | 'other';
    readonly size: number;
    readonly modifiedAt: number;
    readonly version: string;
}

declare interface FolderEntry {
    readonly name: string;
    readonly type: FileInfo['type'];
}

declare const Workspace: import("nexus-gateway/sdk").ServiceToken<WorkspaceApi>

declare interface WorkspaceApi {
    rootOf(agentId: string): string;
    files(root: string): WorkspaceFiles;
    glance(root: string, names: readonly string[]): Promise<string | undefined>;
}

declare interface WorkspaceFiles {
    stat(path: string): Promise<FileInfo | undefined>;
    read(path: string, options?: {
        readonly maxBytes?: number;
    }): Promise<{
        readonly bytes: Uint8Array;
        readonly version: string;
    }>;
    write(path: string, content: string | Uint8Array, options?: {
        readonly version?: string;
    }): Promise<{
        readonly created: boolean;
        readonly version: string;
    }>;
    list(path: string, options?: {
        readonly limit?: number;
    }): Promise<{
        readonly entries: readonly FolderEntry[];
        readonly more: boolean;
    }>;
}

declare const workspace: import("nexus-gateway/sdk").Contract<"workspace", {}, {}, {}, {
    readonly workspace: import("nexus-gateway/sdk").ServiceToken<WorkspaceApi>;
}, {}>

declare const workspaceErrors: {
    readonly NEXUS_WORKSPACE_PATH: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'this path cannot be used: {reason}';
        readonly fix: 'Give a path relative to the workspace, such as notes/today.md.';
    };
    readonly NEXUS_WORKSPACE_OUTSIDE: {
        readonly wire: 'FORBIDDEN';
        readonly text: 'this path leaves the workspace: {reason}';
        readonly fix: 'Use a file in the workspace itself.';
    };
    readonly NEXUS_WORKSPACE_ROOT: {
        readonly text: 'the workspace cannot be used: {reason}';
        readonly fix: 'Let the operator set an absolute path of a folder that is not part of the gateway\'s own state.';
    };
    readonly NEXUS_WORKSPACE_NOT_FOUND: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'there is nothing at this path';
        readonly fix: 'Look with the tool list.';
    };
    readonly NEXUS_WORKSPACE_NOT_FILE: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'this is not a regular file but {what}';
        readonly fix: 'Name a file.';
    };
    readonly NEXUS_WORKSPACE_NOT_FOLDER: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'this is not a folder';
        readonly fix: 'Name a folder.';
    };
    readonly NEXUS_WORKSPACE_TOO_LARGE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 413;
        readonly text: 'this is larger than {limit} bytes';
        readonly fix: 'Take a part of it.';
    };
    readonly NEXUS_WORKSPACE_CHANGED: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly text: 'the file has changed since it was read';
        readonly fix: 'Read it again.';
    };
    readonly NEXUS_WORKSPACE_IO: {
        readonly text: 'the file system refused: {reason}';
        readonly fix: 'Check permissions and free space of the workspace.';
    };
}
