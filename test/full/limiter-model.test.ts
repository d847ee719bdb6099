/** The limiter's model over four times as many fleets as every day. */
process.env.MODEL_RUNS ??= '12';
await import('../limiter/model.test.ts');
