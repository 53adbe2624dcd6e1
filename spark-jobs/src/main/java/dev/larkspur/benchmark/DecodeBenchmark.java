package dev.larkspur.benchmark;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.larkspur.benchmark.DecodeBenchmark.DecodeReport.DecodeMeasured;
import dev.larkspur.engine.DecodingSession;
import dev.larkspur.engine.DecodingSession.FactorMerge;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.settings.Count;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Decoding with factors, and with their products (the paper's pre-merge), by kind and by the number
 * of sequences side by side: which is how many tokens are in flight.
 */
public final class DecodeBenchmark {
  private final Engine engine;
  private final Device device;
  private final Precision precision;
  private final WallRounds rounds;

  /**
   * @param rounds how often each is measured
   */
  public DecodeBenchmark(Engine engine, Device device, Precision precision, WallRounds rounds) {
    this.engine = engine;
    this.device = device;
    this.precision = precision;
    this.rounds = rounds;
  }

  /**
   * Measures.
   *
   * @param base the model; its feed-forward networks are replaced, those of the first layer too
   *     unless they are dense
   * @param sequences numbers of them
   * @param tokens that each reads
   * @param progress hears what is being done
   */
  public DecodeReport measure(
      ModelConfig base, List<Integer> sequences, int tokens, Consumer<String> progress) {
    List<DecodeMeasured> measured = new ArrayList<>();
    for (FfnKind kind : FfnKind.all()) {
      ModelConfig model = kind.in(base);
      if (kind.isStructured(base.hiddenDim())) {
        progress.accept("drawing the weights of " + kind.label());
        try (Replica replica = engine.replica(model, device, precision)) {
          replica.initialize(1);
          for (int rows : sequences) {
            progress.accept("%s, %s".formatted(kind.label(), Count.of(rows, "sequence")));
            measured.add(measure(kind.label(), replica, rows, tokens, model.vocabulary()));
          }
        }
      }
    }
    return new DecodeReport(
        Machine.of(engine, device, precision),
        base.hiddenDim(),
        base.ffn().dim(),
        base.layers(),
        tokens,
        measured);
  }

  private DecodeMeasured measure(
      String kind, Replica replica, int rows, int tokens, int vocabulary) {
    try (DecodingSession factors = replica.decoding(rows, tokens, FactorMerge.NEVER);
        DecodingSession merged = replica.decoding(rows, tokens, FactorMerge.ALWAYS);
        DecodingSession chosen = replica.decoding(rows, tokens, FactorMerge.AUTO)) {
      List<Runnable> works = new ArrayList<>();
      for (DecodingSession decoding : List.of(factors, merged, chosen)) {
        // The first token is the prompt.
        works.add(new DecodingWork(decoding, rows, 1, tokens - 1, vocabulary));
      }
      List<Seconds> seconds = rounds.measure(works, round -> {});
      return new DecodeMeasured(kind, rows, seconds.get(0), seconds.get(1), seconds.get(2));
    }
  }

  /**
   * What {@link DecodeBenchmark} has measured.
   *
   * @param machine that was measured
   * @param width hidden
   * @param inner width of the feed-forward networks
   * @param layers of the model
   * @param tokens that each sequence read
   * @param kinds by kind and number of sequences
   */
  public record DecodeReport(
      @JsonUnwrapped Machine machine,
      int width,
      int inner,
      int layers,
      int tokens,
      List<DecodeMeasured> kinds) {
    /** Copies the list. */
    public DecodeReport {
      kinds = List.copyOf(kinds);
    }

    /**
     * Decoding of one kind of feed-forward networks.
     *
     * @param kind label
     * @param sequences side by side
     * @param factors seconds for all tokens with factors as they are stored
     * @param merged the same with their products
     * @param auto the same with what {@code --merge auto} chooses
     */
    public record DecodeMeasured(
        String kind, int sequences, Seconds factors, Seconds merged, Seconds auto) {

      /** Speed of the products as a multiple of that of the factors. */
      public double mergedTimesAsFast() {
        return factors.median() / merged.median();
      }
    }
  }

  /** Reads random prompts and continues them by random tokens. */
  static final class DecodingWork implements Runnable, AutoCloseable {
    private final DecodingSession decoding;
    private final int[] prompt;
    private final int[] tokens;
    private final int sequences;
    private final int steps;

    /**
     * @param decoding with room for the sequences
     * @param prompt tokens of each prompt
     * @param steps tokens to read behind it
     */
    DecodingWork(DecodingSession decoding, int sequences, int prompt, int steps, int vocabulary) {
      this.decoding = decoding;
      this.sequences = sequences;
      this.steps = steps;
      Random random = new Random(1);
      this.prompt = random.ints(prompt, 0, vocabulary).toArray();
      this.tokens = random.ints(sequences, 0, vocabulary).toArray();
    }

    @Override
    public void run() {
      decoding.begin(Collections.nCopies(sequences, prompt));
      for (int step = 0; step < steps; step++) {
        decoding.next(tokens);
      }
    }

    @Override
    public void close() {
      decoding.close();
    }
  }
}
