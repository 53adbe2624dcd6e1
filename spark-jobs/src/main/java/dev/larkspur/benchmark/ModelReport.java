package dev.larkspur.benchmark;

import java.util.List;

/**
 * What {@link ModelBenchmark} has measured.
 *
 * @param engine name and version of the library
 * @param device processor
 * @param precision of the matrix products
 * @param width hidden width
 * @param layers decoder layers
 * @param stepTokens of one training step
 * @param prompt tokens that a decoding begins with
 * @param decoded tokens that it adds to each sequence
 * @param sequences that are decoded side by side
 * @param models by kind
 */
public record ModelReport(
    String engine,
    String device,
    String precision,
    int width,
    int layers,
    long stepTokens,
    int prompt,
    int decoded,
    int sequences,
    List<ModelMeasured> models) {
  /** Copies the list. */
  public ModelReport {
    models = List.copyOf(models);
  }

  /** Tokens a second of a training step. */
  public double trained(ModelMeasured model) {
    return stepTokens / model.step().seconds().median();
  }

  /** Tokens a second of decoding one sequence, its prompt included in the time. */
  public double decodedAlone(ModelMeasured model) {
    return decoded / model.decodingOne().seconds().median();
  }

  /** Tokens a second of decoding several sequences side by side. */
  public double decodedTogether(ModelMeasured model) {
    return (double) decoded * sequences / model.decodingMany().seconds().median();
  }

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
}
