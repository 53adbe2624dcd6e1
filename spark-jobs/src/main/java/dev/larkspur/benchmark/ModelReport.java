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
}
