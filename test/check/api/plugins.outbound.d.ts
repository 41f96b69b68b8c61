// The public types of plugins/outbound/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: Fetch, FetchApi, FetchOptions, FetchResponse, OutboundHop, OutboundOutcome, outbound, outboundAfter, outboundBefore, outboundErrors
export {}

declare const Fetch: import("nexus-gateway/sdk").ServiceToken<FetchApi>

declare interface FetchApi {
    fetch(url: string | URL, options: FetchOptions): Promise<FetchResponse>;
}

declare interface FetchOptions {
    readonly cause: Cause;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array;
    readonly signal?: AbortSignal;
    readonly maxBytes?: number;
    readonly timeoutMs?: number;
    readonly idleMs?: number;
    readonly redirect?: 'follow' | 'error' | 'manual';
    readonly secretHeaders?: readonly string[];
    readonly allow?: readonly string[];
}

declare interface FetchResponse {
    readonly status: number;
    readonly headers: Headers;
    readonly url: string;
    readonly redirects: number;
    readonly body: AsyncIterable<Uint8Array>;
    bytes(limit?: number): Promise<Uint8Array>;
    text(limit?: number): Promise<string>;
    cancel(): void;
}

declare interface OutboundHop {
    readonly origin: string;
    readonly host: string;
    readonly port: number;
    readonly addresses: readonly string[];
    readonly method: string;
    readonly hop: number;
    readonly cause: Cause;
}

declare interface OutboundOutcome {
    readonly ok: boolean;
    readonly code?: string;
    readonly origin: string | undefined;
    readonly last: string | undefined;
    readonly method: string;
    readonly status?: number;
    readonly redirects: number;
    readonly bytes: number;
    readonly ms: number;
    readonly cause: Cause;
}

declare const outbound: import("nexus-gateway/sdk").Contract<"outbound", {}, {}, {}, {
    readonly fetch: import("nexus-gateway/sdk").ServiceToken<FetchApi>;
}, {}>

declare const outboundAfter: import("nexus-gateway/sdk").HookToken<[OutboundOutcome], void, void>

declare const outboundBefore: import("nexus-gateway/sdk").HookToken<[OutboundHop], void, void>

declare const outboundErrors: {
    readonly NEXUS_OUTBOUND_URL: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'this address cannot be used: {reason}';
        readonly fix: 'Give an http or https address in its plain form, without user name and password.';
    };
    readonly NEXUS_OUTBOUND_REQUEST: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'this request cannot be sent: {reason}';
        readonly fix: 'Correct the method, the headers, the body or the limits.';
    };
    readonly NEXUS_OUTBOUND_RULE: {
        readonly wire: 'INVALID_REQUEST';
        readonly exit: 78;
        readonly text: 'plugin "outbound": entry {entry} of {list} is not a rule: {reason}';
        readonly fix: 'Write HOST, *.DOMAIN, ADDRESS or CIDR, each with :PORT or without; IPv6 with a port stands in brackets, as in [fd00::/8]:8080.';
    };
    readonly NEXUS_OUTBOUND_BLOCKED: {
        readonly wire: 'FORBIDDEN';
        readonly text: 'this destination is not allowed: {reason}';
        readonly fix: 'Use a public address, or let the operator name the destination in `outbound.allow`.';
    };
    readonly NEXUS_OUTBOUND_REFUSED: {
        readonly wire: 'FORBIDDEN';
        readonly text: 'this request was refused: {reason}';
        readonly fix: 'Do without it, or ask the operator.';
    };
    readonly NEXUS_OUTBOUND_BUSY: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly text: '{limit} requests are under way, and no more are taken';
        readonly fix: 'Try again in a moment, or raise `outbound.limits.concurrency`.';
    };
    readonly NEXUS_OUTBOUND_DNS: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 502;
        readonly text: 'the name of the host was not found: {reason}';
        readonly fix: 'Check the address, and the DNS of this machine.';
    };
    readonly NEXUS_OUTBOUND_CONNECT: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 502;
        readonly text: 'the connection failed: {reason}';
        readonly fix: 'Check that the other side serves this address, and its certificate.';
    };
    readonly NEXUS_OUTBOUND_TIMEOUT: {
        readonly wire: 'AGENT_TIMEOUT';
        readonly text: 'the other side was too slow: {phase} took more than {ms} ms';
        readonly fix: 'Try again later, or raise the limits of `outbound`.';
    };
    readonly NEXUS_OUTBOUND_ABORTED: {
        readonly wire: 'UNAVAILABLE';
        readonly text: 'the request was cut off on this side';
        readonly fix: 'Send it again if it is still wanted.';
    };
    readonly NEXUS_OUTBOUND_REDIRECT: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 502;
        readonly text: 'a redirect was not followed: {reason}';
        readonly fix: 'Ask for the final address.';
    };
    readonly NEXUS_OUTBOUND_TOO_LARGE: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 502;
        readonly text: 'the answer is larger than {limit} bytes{how}';
        readonly fix: 'Ask for less, or raise `outbound.limits.maxBytes`.';
    };
    readonly NEXUS_OUTBOUND_RESPONSE: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 502;
        readonly text: 'the answer cannot be used: {reason}';
        readonly fix: 'Ask somebody else, or tell the other side.';
    };
}
