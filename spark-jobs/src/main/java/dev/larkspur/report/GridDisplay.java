package dev.larkspur.report;

import dev.larkspur.report.Durations.FlopText;
import dev.larkspur.scaling.Grid.GridRun;
import dev.larkspur.scaling.GridJob.GridObserver;
import dev.larkspur.scaling.Results;
import dev.larkspur.scaling.RunResult;
import dev.larkspur.settings.Count;
import dev.larkspur.train.driver.TrainingObserver;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Shows the progress of a grid: a headline for each training, its progress, and an estimate of the
 * remaining time.
 */
public final class GridDisplay implements GridObserver {
  private final Console console;
  private final LongSupplier nanos;
  private final Consumer<Results> found;
  private double flopsToDo;
  private double flopsDone;
  private double secondsDone;
  private long began;
  private boolean training;

  /**
   * @param flops of all trainings
   * @param nanos a monotonic clock
   * @param found receives the results so far
   */
  public GridDisplay(Console console, double flops, LongSupplier nanos, Consumer<Results> found) {
    this.console = console;
    this.flopsToDo = flops;
    this.nanos = nanos;
    this.found = found;
  }

  @Override
  public void started(GridRun run, int number, int all) {
    String left =
        flopsDone > 0
            ? "; about %s left in all"
                .formatted(Durations.text(secondsDone / flopsDone * flopsToDo))
            : "";
    console.say(
        String.format(
            Locale.ROOT,
            "[%d of %d] %s, %s, seed %d: %s, %,d tokens, %s FLOPs%s",
            number,
            all,
            run.size().label(),
            run.kind().label(),
            run.seed(),
            Count.of(run.steps(), "step"),
            run.tokens(),
            FlopText.of(run.flops()),
            left));
    began = nanos.getAsLong();
    training = true;
  }

  @Override
  public TrainingObserver training() {
    return new TrainingDisplay(console);
  }

  @Override
  public void done(GridRun run, List<RunResult> soFar) {
    console.clearStatus();
    flopsToDo -= run.flops();
    if (training) {
      flopsDone += run.flops();
      secondsDone += (nanos.getAsLong() - began) / 1e9;
    }
    RunResult result = soFar.get(soFar.size() - 1);
    console.say(
        String.format(
            Locale.ROOT,
            "  %s%s, %s, seed %d: validation loss %.4f, perplexity %.2f",
            training ? "" : "already done: ",
            result.size(),
            result.kind(),
            result.seed(),
            result.loss(),
            result.perplexity()));
    training = false;
    found.accept(Results.of(soFar));
  }
}
