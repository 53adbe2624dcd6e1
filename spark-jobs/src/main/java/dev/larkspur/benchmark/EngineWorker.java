package dev.larkspur.benchmark;

import dev.larkspur.benchmark.EngineTask.Request;
import dev.larkspur.benchmark.OperatorSampler.OperatorTime;
import dev.larkspur.benchmark.PartClock.PartTimes;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.GemmWorkload;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.StepTimer;
import dev.larkspur.optim.AdamW;
import dev.larkspur.run.Json;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The process that measures one engine: reads its task and then requests from standard input, and
 * ends when that is closed. {@link EngineProcess} is the other side.
 */
final class EngineWorker implements AutoCloseable {
  /** Prefix of answers, because native libraries print to standard output too. */
  static final String ANSWER = "larkspur engine answer ";

  /** Prefix of the reason of a failure. */
  static final String FAILURE = "larkspur engine failure ";

  /** Least time of the measurement of one matrix product. */
  private static final double PRODUCT_SECONDS = 0.2;

  /** Least time of a profile, for some hundred samples. */
  private static final double PROFILE_SECONDS = 1;

  private final EngineTask task;

  // Created when first needed: matrix products need neither.
  private Replica replica;
  private TrainingStep step;

  private EngineWorker(EngineTask task) {
    this.task = task;
  }

  /** Serves requests until standard input is closed. */
  public static void main(String[] arguments) {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    int exitCode = 0;
    try (ObjectInputStream in = new ObjectInputStream(System.in)) {
      serve((EngineTask) in.readObject(), in, out);
    } catch (IOException | ClassNotFoundException | RuntimeException | LinkageError failure) {
      failure.printStackTrace();
      out.println(FAILURE + String.valueOf(failure.getMessage()).lines().findFirst().orElse(""));
      exitCode = 1;
    }
    // Threads of a library must not keep the process alive.
    System.exit(exitCode);
  }

  private static void serve(EngineTask task, ObjectInputStream in, PrintStream out)
      throws IOException, ClassNotFoundException {
    try (EngineWorker worker = new EngineWorker(task)) {
      while (true) {
        Request request;
        try {
          request = (Request) in.readObject();
        } catch (EOFException end) {
          return;
        }
        out.println(ANSWER + Json.mapper().writeValueAsString(worker.answer(request)));
      }
    }
  }

  private Object answer(Request request) {
    return switch (request) {
      case DRAW -> {
        replica().initialize(1);
        VectorFile.write(replica().parameters(), task.parameters());
        yield replica().table().length();
      }
      case GRADIENT -> {
        VectorFile.read(task.parameters(), replica().parameters());
        double loss = step().backward(offset -> {}) / step().tokens();
        VectorFile.write(replica().gradient(), task.gradient());
        yield loss;
      }
      case STEP -> step().run();
      case PARTS -> parts();
      case PROFILE -> profile();
      case EXCHANGE -> ExchangeTime.measure(task);
      case PRODUCTS -> task.products().stream().mapToDouble(this::flopsPerSecond).toArray();
    };
  }

  private Replica replica() {
    if (replica == null) {
      replica =
          Engines.named(task.engine())
              .replica(task.model(), task.device(), task.precision(), AdamW.PAPER);
    }
    return replica;
  }

  private TrainingStep step() {
    if (step == null) {
      step =
          TrainingStep.ofCurrentParameters(
              replica(), task.model(), task.load().microBatch(), task.load().passes());
    }
    return step;
  }

  private PartTimes parts() {
    PartClock clock = new PartClock(System::nanoTime);
    replica().timer(clock);
    clock.start();
    step().run();
    PartTimes times = clock.times();
    replica().timer(StepTimer.NONE);
    return times;
  }

  private List<OperatorTime> profile() {
    try (OperatorSampler sampler = new OperatorSampler(Thread.currentThread())) {
      replica().timer(sampler);
      sampler.start();
      Seconds seconds =
          new WallRounds(1, PROFILE_SECONDS).measure(List.of(step()::run), round -> {}).get(0);
      replica().timer(StepTimer.NONE);
      return sampler.times(seconds.median());
    }
  }

  private double flopsPerSecond(GemmWorkload.Shape shape) {
    try (GemmWorkload product =
        Engines.named(task.engine()).gemmWorkload(shape, task.device(), task.precision())) {
      Seconds seconds =
          new WallRounds(1, PRODUCT_SECONDS).measure(List.of(product::run), round -> {}).get(0);
      return shape.flops() / seconds.median();
    }
  }

  @Override
  public void close() {
    if (replica != null) {
      replica.close();
    }
  }
}
