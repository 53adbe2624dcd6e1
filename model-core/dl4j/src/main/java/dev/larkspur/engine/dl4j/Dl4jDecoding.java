package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.DecodingLimits;
import dev.larkspur.engine.DecodingSession;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ParameterTable;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Decoding with the parameters of a {@link Dl4jReplica}. */
final class Dl4jDecoding implements DecodingSession {
  private final ModelConfig config;
  private final Dl4jDevice device;
  private final int sequences;
  private final int maxLength;
  private final Pass pass;
  private final DecodingViews views;
  private final CachedDecoder decoder;

  /** Number of tokens read, by row. */
  private int[] lengths = new int[0];

  /**
   * Allocates the memory.
   *
   * @param parameters of the model, which are read in place
   * @param sequences maximum number of sequences
   * @param maxLength maximum number of tokens of a sequence
   * @param merge whether factors are merged
   */
  Dl4jDecoding(
      ModelConfig config,
      Dl4jDevice device,
      INDArray parameters,
      int sequences,
      int maxLength,
      FactorMerge merge) {
    this.config = config;
    this.device = device;
    this.sequences = sequences;
    this.maxLength = maxLength;
    this.pass = new Pass(device.kernels(), parameters.dataType());
    ParameterTable table = ParameterTable.of(config);
    this.views = new DecodingViews(table, parameters);
    try {
      decoder =
          AllocationFailure.explained(
              () -> {
                views.merge(table, merge, device.kernels());
                return new CachedDecoder(config, views, pass, sequences, maxLength);
              },
              this::tooMany);
    } catch (RuntimeException | Error e) {
      views.close();
      pass.close();
      throw e;
    }
  }

  private String tooMany() {
    return "not enough memory for the keys and values of %d sequences of %d tokens on %s: decode fewer at a time, or fewer tokens"
        .formatted(sequences, maxLength, device.device());
  }

  /** Sets the weights of guides. */
  void guide(double[] weights) {
    decoder.guide(weights);
  }

  @Override
  public int rows() {
    return lengths.length;
  }

  @Override
  public int length(int row) {
    return lengths[row];
  }

  @Override
  public float[][] begin(List<int[]> prompts) {
    new DecodingLimits(sequences, maxLength).requirePrompts(prompts);
    lengths = prompts.stream().mapToInt(prompt -> prompt.length).toArray();
    int[] tokens = prompts.stream().flatMapToInt(Arrays::stream).toArray();
    return AllocationFailure.explained(() -> scores(decoder.begin(tokens, lengths)), this::tooMany);
  }

  @Override
  public float[][] next(int[] tokens) {
    new DecodingLimits(sequences, maxLength).requireNext(tokens, lengths);
    float[][] scores =
        AllocationFailure.explained(() -> scores(decoder.next(tokens, lengths)), this::tooMany);
    Arrays.setAll(lengths, row -> lengths[row] + 1);
    return scores;
  }

  @Override
  public void keep(int[] rows) {
    new DecodingLimits(sequences, maxLength).requireRows(rows, lengths.length);
    // In this order no row is overwritten that is still to be copied: the rows ascend.
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] > i) {
        decoder.copy(rows[i], i, lengths[rows[i]]);
      }
    }
    for (int i = rows.length - 1; i >= 0; i--) {
      if (rows[i] < i) {
        decoder.copy(rows[i], i, lengths[rows[i]]);
      }
    }
    lengths = Arrays.stream(rows).map(row -> lengths[row]).toArray();
  }

  private float[][] scores(INDArray logits) {
    float[][] scores = new float[lengths.length][config.vocabulary()];
    for (int row = 0; row < scores.length; row++) {
      long offset = (long) row * config.vocabulary();
      pass.kernels().read(logits.reshape(logits.length()), offset, FloatBuffer.wrap(scores[row]));
    }
    return scores;
  }

  @Override
  public void close() {
    decoder.close();
    views.close();
    pass.close();
  }
}
