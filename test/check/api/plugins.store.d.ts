// The public types of plugins/store/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: AppendLog, Document, Documents, Lease, LogLine, Store, StoreApi, StoreMetrics, store, storeErrors
export {}

declare interface AppendLog {
    readonly name: string;
    append(line: string | readonly string[]): Promise<{
        readonly offset: number;
        readonly end: number;
    }>;
    read(options?: {
        readonly from?: number;
        readonly limit?: number;
    }): AsyncIterable<LogLine>;
    lastLines(count: number, options?: {
        readonly before?: number;
        readonly maxBytes?: number;
    }): Promise<LogLine[]>;
    readBytes(from: number, max?: number): Promise<Uint8Array>;
    size(): Promise<number>;
    remove(): Promise<boolean>;
}

declare interface Document<T> {
    readonly value: T;
    readonly revision: number;
}

declare interface Documents<T> {
    get(key: string): Promise<Document<T> | undefined>;
    put(key: string, value: T, options?: {
        readonly revision?: number;
    }): Promise<number>;
    delete(key: string, options?: {
        readonly revision?: number;
    }): Promise<boolean>;
    keys(): Promise<string[]>;
}

declare interface Lease {
    readonly token: number;
    readonly expiresAt: number;
    renew(): Promise<void>;
    release(): Promise<void>;
}

declare interface LogLine {
    readonly offset: number;
    readonly end: number;
    readonly text: string;
}

declare const Store: import("nexus-gateway/sdk").ServiceToken<StoreApi>

declare interface StoreApi {
    documents<T = unknown>(collection: string): Documents<T>;
    log(name: string): AppendLog;
    lease(name: string, options: {
        readonly ttlMs: number;
    }): Promise<Lease>;
    metrics(): StoreMetrics;
}

declare interface StoreMetrics {
    readonly pending: number;
    readonly pendingBytes: number;
    readonly maxPendingBytes: number;
    readonly openLogs: number;
    readonly maxOpenLogs: number;
    readonly commits: number;
    readonly appends: number;
    readonly failures: number;
    readonly repairs: number;
}

declare const store: import("nexus-gateway/sdk").Contract<"store", {}, {}, {}, {
    readonly store: import("nexus-gateway/sdk").ServiceToken<StoreApi>;
}, {}>

declare const storeErrors: {
    readonly NEXUS_STORE_NAME: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'plugin "store": this name of a {kind} is not allowed';
        readonly fix: '{rule}';
    };
    readonly NEXUS_STORE_VALUE: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'plugin "store": a document of {collection} is not JSON';
        readonly fix: 'Store strings, finite numbers, booleans, null, arrays and plain objects.';
    };
    readonly NEXUS_STORE_TOO_LARGE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 413;
        readonly text: 'plugin "store": a document of {collection} is larger than {limit} bytes';
        readonly fix: 'Split it, or append it to a log.';
    };
    readonly NEXUS_STORE_LINE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 413;
        readonly text: 'plugin "store": a line for the log {log} has a line break in it or is longer than {limit} bytes';
        readonly fix: 'Append JSON without line breaks, in smaller pieces.';
    };
    readonly NEXUS_STORE_CONFLICT: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly text: 'plugin "store": a document of {collection} was changed in the meantime';
        readonly fix: 'Read it again and repeat the change.';
    };
    readonly NEXUS_STORE_DAMAGED: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 500;
        readonly text: 'plugin "store": a document of {collection} cannot be read: {file} is damaged';
        readonly fix: 'Restore {file} from a backup, or move it away to start without it.';
    };
    readonly NEXUS_STORE_READ: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 500;
        readonly text: 'plugin "store": could not read {what}: {reason}';
        readonly fix: 'Check the disk and the rights of the state directory.';
    };
    readonly NEXUS_STORE_WRITE: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly status: 507;
        readonly text: 'plugin "store": could not write {what}: {reason}';
        readonly fix: 'Check that the disk has space and the state directory is writable, then try again.';
    };
    readonly NEXUS_STORE_BUSY: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly text: 'plugin "store": more than {limit} bytes wait to be written';
        readonly fix: 'Try again in a moment; if it stays so, the disk is too slow.';
    };
    readonly NEXUS_STORE_TTL: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'plugin "store": the time of a lease is out of bounds';
        readonly fix: 'Give ttlMs as a whole number from 1 to {limit}.';
    };
    readonly NEXUS_STORE_LEASED: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly status: 409;
        readonly text: 'plugin "store": the lease is held by another';
        readonly fix: 'Try again when it has expired.';
    };
    readonly NEXUS_STORE_LEASE_LOST: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly text: 'plugin "store": the lease is no longer held';
        readonly fix: 'Stop the work it guarded, and take a new lease.';
    };
    readonly NEXUS_STORE_CLOSED: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly text: 'plugin "store": the store is closed';
        readonly fix: 'Try again after the restart.';
    };
    readonly NEXUS_STORE_LAYOUT: {
        readonly exit: 78;
        readonly text: 'plugin "store": the state directory was written by a newer release (layout {found}, this one knows {known})';
        readonly fix: 'Start the newer release, or restore a backup made before it.';
    };
}
