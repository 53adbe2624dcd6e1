package dev.larkspur.benchmark;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.larkspur.benchmark.DecodeBenchmark.DecodingWork;
import dev.larkspur.benchmark.ModelBenchmark.ModelReport.Decoding;
import dev.larkspur.benchmark.ModelBenchmark.ModelReport.ModelMeasured;
import dev.larkspur.benchmark.Seconds.Compared;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.AdamW;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Measures a model with each kind of feed-forward network: training steps and decoding, all kinds
 * in turn.
 */
public final class ModelBenchmark {
  private final Engine engine;
  private final Device device;
  private final Precision precision;
  private final Workload workload;

  /**
   * The work with each model.
   *
   * @param rounds how often each is measured
   * @param microBatch sequences of one pass
   * @param passes micro-batches of one step
   * @param prompt number of tokens of a prompt
   * @param decoded number of tokens decoded after it; with the prompt at most the context
   * @param sequences batch size of decoding
   */
  public record Workload(
      WallRounds rounds, int microBatch, int passes, int prompt, int decoded, int sequences) {}

  public ModelBenchmark(Engine engine, Device device, Precision precision, Workload workload) {
    this.engine = engine;
    this.device = device;
    this.precision = precision;
    this.workload = workload;
  }

  /**
   * Measures all kinds.
   *
   * @param base the model; its feed-forward networks are replaced, those of the first layer too
   *     unless they are dense
   * @param progress receives what is being done
   */
  public ModelReport measure(ModelConfig base, Consumer<String> progress) {
    List<FfnKind> kinds = FfnKind.all();
    Deque<Runnable> opened = new ArrayDeque<>();
    List<Long> parameters = new ArrayList<>();
    List<Runnable> steps = new ArrayList<>();
    List<Runnable> alone = new ArrayList<>();
    List<Runnable> together = new ArrayList<>();
    try {
      for (FfnKind kind : kinds) {
        progress.accept("drawing the weights of " + kind.label());
        ModelConfig model = kind.in(base);
        Replica replica = engine.replica(model, device, precision, AdamW.PAPER);
        opened.push(replica::close);
        parameters.add(replica.table().length());
        TrainingStep step =
            new TrainingStep(replica, model, workload.microBatch(), workload.passes());
        steps.add(step::run);
        alone.add(decoding(replica, model, 1, opened));
        together.add(decoding(replica, model, workload.sequences(), opened));
      }
      List<Compared> step = compared(steps, "training steps", progress);
      List<Compared> one = compared(alone, "decoding one sequence", progress);
      List<Compared> many = compared(together, "decoding several", progress);
      List<ModelMeasured> models = new ArrayList<>();
      for (int i = 0; i < kinds.size(); i++) {
        models.add(
            new ModelMeasured(
                kinds.get(i).label(), parameters.get(i), step.get(i), one.get(i), many.get(i)));
      }
      return report(base, models);
    } finally {
      // Closed in the reverse order of opening.
      opened.forEach(Runnable::run);
    }
  }

  private ModelReport report(ModelConfig base, List<ModelMeasured> models) {
    return new ModelReport(
        Machine.of(engine, device, precision),
        base.hiddenDim(),
        base.layers(),
        (long) workload.microBatch() * workload.passes() * base.context(),
        new Decoding(workload.prompt(), workload.decoded(), workload.sequences()),
        models);
  }

  private Runnable decoding(
      Replica replica, ModelConfig model, int sequences, Deque<Runnable> opened) {
    int length = workload.prompt() + workload.decoded();
    DecodingWork work =
        new DecodingWork(
            replica.decoding(sequences, length),
            sequences,
            workload.prompt(),
            workload.decoded(),
            model.vocabulary());
    opened.push(work::close);
    return work;
  }

  private List<Compared> compared(List<Runnable> works, String what, Consumer<String> progress) {
    List<Seconds> seconds =
        workload
            .rounds()
            .measure(works, round -> progress.accept("%s, round %d".formatted(what, round)));
    return seconds.stream().map(each -> Compared.of(each, seconds.get(0))).toList();
  }

  /**
   * The result of a {@link ModelBenchmark}.
   *
   * @param machine what was measured on
   * @param width hidden dimension
   * @param layers decoder layers
   * @param stepTokens tokens of one training step
   * @param decoding what was decoded
   * @param models results by kind
   */
  public record ModelReport(
      @JsonUnwrapped Machine machine,
      int width,
      int layers,
      long stepTokens,
      @JsonUnwrapped Decoding decoding,
      List<ModelMeasured> models) {
    /** Copies the list. */
    public ModelReport {
      models = List.copyOf(models);
    }

    /** Tokens per second of training. */
    public double trained(ModelMeasured model) {
      return stepTokens / model.step().seconds().median();
    }

    /** Tokens per second of decoding one sequence; the time includes its prompt. */
    public double decodedAlone(ModelMeasured model) {
      return decoding.decoded() / model.decodingOne().seconds().median();
    }

    /** Tokens per second of decoding a batch of sequences. */
    public double decodedTogether(ModelMeasured model) {
      return (double) decoding.decoded()
          * decoding.sequences()
          / model.decodingMany().seconds().median();
    }

    /**
     * What was decoded.
     *
     * @param prompt number of tokens of a prompt
     * @param decoded number of tokens decoded after it, of each sequence
     * @param sequences batch size
     */
    public record Decoding(int prompt, int decoded, int sequences) {}

    /**
     * Measurements of a model with one kind of feed-forward network.
     *
     * @param kind its label
     * @param parameters of the model
     * @param step a training step
     * @param decodingOne decoding one sequence
     * @param decodingMany decoding a batch of sequences
     */
    public record ModelMeasured(
        String kind, long parameters, Compared step, Compared decodingOne, Compared decodingMany) {}
  }
}
