package dev.larkspur.store;

/**
 * What a checkpoint holds besides the tensors.
 *
 * @param step updates done; also AdamW's count
 * @param tokens trained on so far
 * @param seed the run's. It is the whole random state: whatever is drawn in training is a function
 *     of the seed and of the step
 * @param trainingLoss mean of the last log interval, in nats a token
 * @param provenance where the checkpoint comes from
 */
public record TrainingState(
    long step, long tokens, long seed, double trainingLoss, Provenance provenance) {}
