// The public types of plugins/openai/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: openai, openaiErrors
export {}

declare const openai: import("nexus-gateway/sdk").Contract<"openai", {}, {}, {
    readonly 'GET /v1/models': {
        readonly scope: "operator.read";
        readonly summary: "The agents of this gateway, as models, and the models that make embeddings.";
    };
    readonly 'GET /v1/models/:id': {
        readonly scope: "operator.read";
        readonly summary: "One of them.";
    };
    readonly 'POST /v1/chat/completions': {
        readonly scope: "operator.write";
        readonly summary: "An answer of an agent, at once or as it comes.";
    };
    readonly 'POST /v1/responses': {
        readonly scope: "operator.write";
        readonly summary: "An answer of an agent as a response, which may be continued.";
    };
    readonly 'GET /v1/responses/:id': {
        readonly scope: "operator.read";
        readonly summary: "A response that was kept.";
    };
    readonly 'GET /v1/responses/:id/input_items': {
        readonly scope: "operator.read";
        readonly summary: "What it answered.";
    };
    readonly 'DELETE /v1/responses/:id': {
        readonly scope: "operator.write";
        readonly summary: "Deletes it.";
    };
    readonly 'POST /v1/embeddings': {
        readonly scope: "operator.write";
        readonly summary: "Vectors of texts.";
    };
}, {}, {}>

declare const openaiErrors: {
    readonly NEXUS_OPENAI_BODY: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'the body is not a JSON object';
        readonly fix: 'Send the JSON of a request, as OpenAI\'s API describes it.';
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
        readonly text: '`{param}` holds nothing to be answered';
        readonly fix: 'Let a message of the user, or the output of a tool, be the last.';
    };
    readonly NEXUS_OPENAI_IMAGE: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'an image cannot be taken: {reason}';
        readonly fix: 'Send a PNG, JPEG, GIF or WebP image of at most 5 MiB, best as a data: URL.';
    };
    readonly NEXUS_OPENAI_MODEL: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'there is no such model';
        readonly fix: 'Use one that GET /v1/models lists, such as `nexus`.';
    };
    readonly NEXUS_OPENAI_RESPONSE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'there is no such response, or not any more, or it is somebody else\'s';
        readonly fix: 'Use the id of a response that says `store: true`.';
    };
    readonly NEXUS_OPENAI_PREVIOUS: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'the response before is not there, or not any more, or it is somebody else\'s';
        readonly fix: 'Send the whole conversation as `input`, without `previous_response_id`.';
    };
}
