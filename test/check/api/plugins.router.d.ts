// The public types of plugins/router/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: Counts, FeatureName, Score, Thresholds, Turn, Weights, countsOf, featureNames, mostLookedAt, router, scoreOf, tierOf, usualThresholds, usualWeights
export {}

declare type Counts = Readonly<Record<FeatureName, number>>

declare type FeatureName = (typeof featureNames)[number]

declare interface Score {
    readonly score: number;
    readonly features: readonly RouteFeature[];
}

declare interface Thresholds {
    readonly balanced: number;
    readonly capable: number;
}

declare interface Turn {
    readonly messages: readonly ModelMessage[];
    readonly tools?: readonly ModelTool[] | undefined;
    readonly thinking?: ThinkingLevel | undefined;
}

declare type Weights = Readonly<Record<FeatureName, number>>

declare function countsOf({ messages, tools, thinking }: Turn): Counts

declare const featureNames: readonly ['length', 'code', 'maths', 'questions', 'parts', 'reasoning', 'tools', 'depth', 'images', 'thinking']

declare const mostLookedAt: {
    readonly head: 8000;
    readonly tail: 4000;
    readonly messages: 20;
}

declare const router: import("nexus-gateway/sdk").Contract<"router", {}, {}, {}, {}, {}>

declare function scoreOf(counts: Counts, weights?: Weights): Score

declare const tierOf: (score: number, { balanced, capable }: Thresholds) => Tier

declare const usualThresholds: Thresholds

declare const usualWeights: Weights
