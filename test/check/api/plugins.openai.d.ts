// The public types of plugins/openai/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: openai, openaiErrors
export {}

declare const openai: import("nexus-gateway/sdk").Contract<"openai", {}, {}, {
    readonly 'GET /v1/models': {
        readonly scope: "operator.read";
        readonly summary: "The agents of this gateway, as models.";
    };
    readonly 'GET /v1/models/:id': {
        readonly scope: "operator.read";
        readonly summary: "One of them.";
    };
    readonly 'POST /v1/chat/completions': {
        readonly scope: "operator.write";
        readonly summary: "An answer of an agent, at once or as it comes.";
    };
}, {}, {}>

declare const openaiErrors: {
    readonly NEXUS_OPENAI_BODY: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'the body is not a JSON object';
        readonly fix: 'Send the JSON of a chat completion request.';
    };
    readonly NEXUS_OPENAI_TOO_LARGE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 413;
        readonly text: 'the body is larger than {limit} bytes';
        readonly fix: 'Send fewer or smaller messages.';
    };
    readonly NEXUS_OPENAI_INVALID: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'invalid request: {faults}';
        readonly fix: 'Correct the named fields.';
    };
    readonly NEXUS_OPENAI_UNSUPPORTED: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: '"{param}" is not supported: {reason}';
        readonly fix: 'Leave "{param}" out.';
    };
    readonly NEXUS_OPENAI_NO_USER: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: '`messages` holds no user message';
        readonly fix: 'Let the last message be what is to be answered.';
    };
    readonly NEXUS_OPENAI_MODEL: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'there is no such model';
        readonly fix: 'Use one that GET /v1/models lists, such as `nexus`.';
    };
}
