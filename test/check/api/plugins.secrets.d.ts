// The public types of plugins/secrets/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: SecretEntry, SecretName, Secrets, SecretsApi, secrets, secretsErrors
export {}

declare interface SecretEntry {
    readonly name: string;
    readonly createdAt: number;
    readonly updatedAt: number;
}

declare const SecretName: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>

declare const Secrets: import("nexus-gateway/sdk").ServiceToken<SecretsApi>

declare interface SecretsApi {
    get(name: string): Promise<string>;
    list(): Promise<readonly SecretEntry[]>;
}

declare const secrets: import("nexus-gateway/sdk").Contract<"secrets", {
    readonly 'secrets.list': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{}, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly secrets: v.ArraySchema<v.StrictObjectSchema<{
            readonly name: v.StringSchema<undefined>;
            readonly createdAt: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly updatedAt: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>, undefined>;
        readonly key: v.PicklistSchema<["file", "keyring"], undefined>;
    }, undefined>>>;
    readonly 'secrets.set': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
        readonly value: v.SchemaWithPipe<readonly [v.UnionSchema<[v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>]>, v.InstanceSchema<typeof import("nexus-gateway/sdk").Secret, undefined>], undefined>, v.MetadataAction<string | import("nexus-gateway/sdk").Secret, {
            readonly secret: true;
            readonly description?: string;
        }>, v.TransformAction<string | import("nexus-gateway/sdk").Secret, import("nexus-gateway/sdk").Secret>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly name: v.StringSchema<undefined>;
        readonly created: v.BooleanSchema<undefined>;
    }, undefined>>>;
    readonly 'secrets.remove': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly name: v.StringSchema<undefined>;
    }, undefined>>>;
    readonly 'secrets.rotate': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{}, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly secrets: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>>>;
}, {
    readonly 'secrets.changed': import("nexus-gateway/sdk").Event<v.StrictObjectSchema<{
        readonly names: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>;
}, {}, {
    readonly secrets: import("nexus-gateway/sdk").ServiceToken<SecretsApi>;
}, {}>

declare const secretsErrors: {
    readonly NEXUS_SECRETS_UNKNOWN: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly exit: 66;
        readonly text: 'there is no stored secret of that name';
        readonly fix: 'See `nexus secrets list`, or store it with `nexus secrets set NAME`.';
    };
    readonly NEXUS_SECRETS_VALUE: {
        readonly wire: 'INVALID_REQUEST';
        readonly exit: 65;
        readonly text: 'the value is empty, longer than {limit} bytes, or no text';
        readonly fix: 'Give 1 to {limit} bytes of UTF-8 on standard input.';
    };
    readonly NEXUS_SECRETS_FULL: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 413;
        readonly text: 'the store of secrets is full: it takes {names} names and {bytes} bytes';
        readonly fix: 'Remove secrets that nobody uses.';
    };
    readonly NEXUS_SECRETS_LABEL: {
        readonly wire: 'FORBIDDEN';
        readonly text: 'secrets are not changed on behalf of a {label}';
        readonly fix: 'Let an operator do it: `nexus secrets set NAME`.';
    };
    readonly NEXUS_SECRETS_BUSY: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly text: 'too many wait for the store of secrets';
        readonly fix: 'Try again in a moment.';
    };
    readonly NEXUS_SECRETS_KEY_FILE: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 500;
        readonly exit: 77;
        readonly text: 'the key file {file} cannot be used: {reason}';
        readonly fix: 'Correct its owner and mode, or restore it from a backup.';
    };
    readonly NEXUS_SECRETS_KEY_MISSING: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 500;
        readonly exit: 66;
        readonly text: 'there are secrets in {file}, and the key to them is not there';
        readonly fix: 'Restore {key} from a backup, or unlock the keyring that has it. Without it, move {file} away and set the secrets anew.';
    };
    readonly NEXUS_SECRETS_KEYRING: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 500;
        readonly exit: 69;
        readonly text: 'the keyring of this system cannot be used: {reason}';
        readonly fix: 'Install @napi-rs/keyring where the gateway can import it and unlock the keyring, or set `secrets.key` to "file".';
    };
    readonly NEXUS_SECRETS_DAMAGED: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 500;
        readonly exit: 65;
        readonly text: '{file} cannot be read as a store of secrets: {reason}';
        readonly fix: 'Restore {file} and its key from one backup.';
    };
    readonly NEXUS_SECRETS_READ: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 500;
        readonly exit: 66;
        readonly text: 'cannot read {file}: {reason}';
        readonly fix: 'Check the disk and the rights of the state directory.';
    };
    readonly NEXUS_SECRETS_WRITE: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 507;
        readonly exit: 73;
        readonly retryable: true;
        readonly text: 'cannot write {file}: {reason}';
        readonly fix: 'Check that the disk has space and the state directory is writable. What was stored before is as it was.';
    };
    readonly NEXUS_SECRETS_LIBRARY: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 500;
        readonly exit: 69;
        readonly text: 'the plugin "secrets" needs the library age-encryption, which is not installed';
        readonly fix: 'Run `nexus plugins enable secrets`, which fetches it.';
    };
}
