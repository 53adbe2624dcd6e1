package dev.larkspur.watch;

import dev.larkspur.run.AttemptEnd;
import dev.larkspur.run.AttemptEnd.Ending;
import dev.larkspur.run.AttemptHistory;
import dev.larkspur.run.AttemptLog;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.status.RunStatusReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;

/** A run directory as a training of 1,000 tokens a step would write it. */
final class RunFixture {
  private static final int TOKENS = 1000;

  private final RunDirectory run;

  RunFixture(Path directory) {
    this.run = new RunDirectory(directory.toString(), new Configuration());
  }

  static RunStatusReader reader() {
    return new RunStatusReader(new Configuration(), InstantSource.system(), Duration.ofMinutes(15));
  }

  RunDirectory directory() {
    return run;
  }

  /** Settings, as far as they are told. */
  RunFixture settings(String name, String hocon) {
    run.write(RunDirectory.CONFIG, "run.name = %s%n%s%n".formatted(name, hocon));
    return this;
  }

  /** A summary of 2 FLOPs a token. */
  RunFixture summary(String status, long step, long steps) {
    run.write(
        RunDirectory.SUMMARY,
        """
        {"status": "%s", "failure": null, "step": %d, "tokens": %d, "steps": %d,
         "trainingLoss": 3.25, "validationLoss": 3.5, "validationPerplexity": 33.1,
         "tokensPerSecond": 500.0, "wallSeconds": 128.0, "trainingFlops": %d}
        """
            .formatted(status, step, step * TOKENS, steps, 2 * step * TOKENS));
    return this;
  }

  /** An attempt that failed. */
  RunFixture failure(long step, String reason) {
    int number = new AttemptLog(run).begin("app-1");
    new AttemptHistory(run).ended(AttemptEnd.now(number, Ending.FAILED, step, reason));
    return this;
  }

  /** Lines of steps from one to another, 500 tokens a second and 2 s a step. */
  RunFixture metrics(long first, long last, DoubleUnaryOperator loss) {
    String lines =
        LongStream.rangeClosed(first, last)
            .mapToObj(step -> line(step, loss.applyAsDouble((double) step)))
            .collect(Collectors.joining());
    return file("%08d-%08d.jsonl".formatted(first, last), lines);
  }

  /** A line of a validation. */
  RunFixture validation(long step, double loss) {
    return file(
        "%1$08d-%1$08d_2.jsonl".formatted(step),
        String.format(
            Locale.ROOT,
            "{\"step\":%d,\"tokens\":%d,\"validationLoss\":%s,\"seconds\":3.0}%n",
            step,
            step * TOKENS,
            loss));
  }

  RunFixture file(String name, String text) {
    run.write("metrics/" + name, text);
    return this;
  }

  static String line(long step, double loss) {
    return String.format(
        Locale.ROOT,
        "{\"step\":%d,\"tokens\":%d,\"loss\":%s,\"learningRate\":0.001,\"tokensPerSecond\":500.0,"
            + "\"seconds\":{\"data\":0.5,\"compute\":1.5}}%n",
        step,
        step * TOKENS,
        Double.isFinite(loss) ? loss : null);
  }
}
