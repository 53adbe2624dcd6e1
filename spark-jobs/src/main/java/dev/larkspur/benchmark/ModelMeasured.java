package dev.larkspur.benchmark;

/**
 * A model with one kind of feed-forward networks, measured.
 *
 * @param kind its label
 * @param parameters of the model
 * @param step a whole training step
 * @param decodingOne continuing one sequence
 * @param decodingMany continuing several side by side
 */
public record ModelMeasured(
    String kind, long parameters, Compared step, Compared decodingOne, Compared decodingMany) {}
