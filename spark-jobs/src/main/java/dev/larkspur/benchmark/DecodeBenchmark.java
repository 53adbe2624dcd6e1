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
import dev.larkspur.model.Parameter;
import dev.larkspur.settings.Count;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Measures decoding with factors and with merged factors (the paper's pre-merge), by kind and by
 * batch size, which is the number of tokens in flight.
 */
public final class DecodeBenchmark {
  /** Of memory that is read at a time. */
  private static final long MOST_BYTES = 1L << 29;

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
   * Measures every kind with every batch size.
   *
   * @param base the model; its feed-forward networks are replaced, those of the first layer too
   *     unless they are dense
   * @param sequences batch sizes
   * @param tokens that each sequence reads
   * @param progress receives what is being done
   */
  public DecodeReport measure(
      ModelConfig base, List<Integer> sequences, int tokens, Consumer<String> progress) {
    List<DecodeMeasured> measured = new ArrayList<>();
    for (FfnKind kind : FfnKind.all()) {
      ModelConfig model = kind.in(base);
      progress.accept("drawing the weights of " + kind.label());
      try (Replica replica = engine.replica(model, device, precision)) {
        replica.initialize(1);
        for (int rows : sequences) {
          progress.accept("%s, %s".formatted(kind.label(), Count.of(rows, "sequence")));
          measured.add(
              kind.isStructured(base.hiddenDim())
                  ? measure(kind.label(), replica, rows, tokens, model.vocabulary())
                  : dense(kind.label(), replica, rows, tokens, model.vocabulary()));
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
      List<Seconds> seconds =
          inTurn(replica, List.of(factors, merged, chosen), rows, tokens, vocabulary);
      return new DecodeMeasured(
          kind, rows, seconds.get(0), seconds.get(1), seconds.get(2), limit(seconds.get(3)));
    }
  }

  private DecodeMeasured dense(String kind, Replica replica, int rows, int tokens, int vocabulary) {
    try (DecodingSession decoding = replica.decoding(rows, tokens, FactorMerge.NEVER)) {
      List<Seconds> seconds = inTurn(replica, List.of(decoding), rows, tokens, vocabulary);
      return new DecodeMeasured(kind, rows, null, null, seconds.get(0), limit(seconds.get(1)));
    }
  }

  /** The time of each session, and last that of reading the weights once. */
  private List<Seconds> inTurn(
      Replica replica, List<DecodingSession> sessions, int rows, int tokens, int vocabulary) {
    List<Runnable> works = new ArrayList<>();
    for (DecodingSession decoding : sessions) {
      // The first token is the prompt.
      works.add(new DecodingWork(decoding, rows, 1, tokens - 1, vocabulary));
    }
    // As many bytes as the weights, as caches may hold some of them.
    long bytes = bytesOfToken(replica);
    MemoryReading reading = new MemoryReading(device.threads(), Math.min(bytes, MOST_BYTES));
    works.add(reading);
    List<Seconds> seconds = new ArrayList<>(rounds.measure(works, round -> {}));
    double readings = (double) bytes / reading.bytes();
    seconds.add(
        new Seconds(
            seconds.remove(works.size() - 1).rounds().stream()
                .map(each -> readings * each)
                .toList()));
    return seconds;
  }

  /** The memory of GPUs is not measured. */
  private Seconds limit(Seconds reading) {
    return device.type() == Device.Type.CPU ? reading : null;
  }

  /** Bytes of the weights that one token needs. */
  private long bytesOfToken(Replica replica) {
    long weights = 0;
    for (Parameter parameter : replica.table().parameters()) {
      boolean looksUp =
          (parameter.name().equals("embedding.weight") && hasOwnHead(replica))
              || parameter.name().equals("positions.weight");
      weights += looksUp ? 0 : parameter.size();
    }
    return weights * bytesPerWeight();
  }

  private static boolean hasOwnHead(Replica replica) {
    return replica.table().parameters().stream()
        .anyMatch(parameter -> parameter.name().equals("head.weight"));
  }

  private int bytesPerWeight() {
    return switch (precision) {
      case FP32 -> Float.BYTES;
      case BF16 -> Short.BYTES;
      case FP64 -> Double.BYTES;
    };
  }

  /**
   * The result of a {@link DecodeBenchmark}.
   *
   * @param machine what was measured on
   * @param width hidden dimension
   * @param inner inner dimension of the feed-forward networks
   * @param layers of the model
   * @param tokens that each sequence read
   * @param kinds results by kind and batch size
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
     * Decoding with one kind of feed-forward network.
     *
     * @param kind its label
     * @param sequences batch size
     * @param factors seconds for all tokens with separate factors; null for dense
     * @param merged the same with merged factors; null for dense
     * @param auto the same with the choice of {@code --merge auto}
     * @param limit seconds to read the weights, with separate factors, once from memory, which no
     *     token of one sequence is decoded faster than; null on GPUs
     */
    public record DecodeMeasured(
        String kind, int sequences, Seconds factors, Seconds merged, Seconds auto, Seconds limit) {

      /** Speed with merged factors as a multiple of that with separate ones; NaN for dense. */
      public double mergedSpeedup() {
        return factors == null ? Double.NaN : factors.median() / merged.median();
      }

      /**
       * The share of the limit that {@code auto} reaches in each round, in ascending order; empty
       * if there is no limit, or it does not bound several sequences.
       *
       * @param tokens that each sequence read
       */
      public List<Double> sharesOfLimit(int tokens) {
        if (limit == null || sequences > 1) {
          return List.of();
        }
        return IntStream.range(0, auto.rounds().size())
            .mapToObj(round -> tokens * limit.rounds().get(round) / auto.rounds().get(round))
            .sorted()
            .toList();
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
     * @param decoding for at least this number of sequences
     * @param prompt number of tokens of each prompt
     * @param steps number of tokens to read after it
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
