package dev.larkspur.benchmark;

import dev.larkspur.benchmark.EngineTask.Request;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.optim.AdamW;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The process that measures one engine: reads its task and then requests from standard input, and
 * ends when that is closed. {@link EngineProcess} is the other side.
 */
final class EngineWorker {
  /** Prefix of answers, because native libraries print to standard output too. */
  static final String ANSWER = "larkspur engine answer ";

  /** Prefix of the reason of a failure. */
  static final String FAILURE = "larkspur engine failure ";

  private EngineWorker() {}

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
    try (Replica replica =
        Engines.named(task.engine())
            .replica(task.model(), task.device(), task.precision(), AdamW.PAPER)) {
      TrainingStep step =
          TrainingStep.ofPresentWeights(replica, task.model(), task.microBatch(), task.passes());
      while (true) {
        Request request;
        try {
          request = (Request) in.readObject();
        } catch (EOFException end) {
          return;
        }
        out.println(ANSWER + answer(request, task, replica, step));
      }
    }
  }

  private static double answer(
      Request request, EngineTask task, Replica replica, TrainingStep step) {
    return switch (request) {
      case DRAW -> {
        replica.initialize(1);
        VectorFile.write(replica.parameters(), task.parameters());
        yield ParameterTable.of(task.model()).length();
      }
      case GRADIENT -> {
        VectorFile.read(task.parameters(), replica.parameters());
        double loss = step.backward(offset -> {}) / step.tokens();
        VectorFile.write(replica.gradient(), task.gradient());
        yield loss;
      }
      case STEP -> step.run();
    };
  }
}
