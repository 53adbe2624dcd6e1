package dev.larkspur.cli;

import dev.larkspur.metrics.Progress;
import dev.larkspur.metrics.StepMetrics;
import dev.larkspur.metrics.ValidationMetrics;
import dev.larkspur.train.TrainingObserver;
import java.util.Locale;

/** Shows a training: a bar on a terminal, else a line for each line of metrics. */
final class TrainingDisplay implements TrainingObserver {
  private static final int BAR = 24;

  private final Console console;
  private long loggedStep = -1;
  private long validatedStep = -1;
  private boolean started;

  TrainingDisplay(Console console) {
    this.console = console;
  }

  @Override
  public synchronized void progress(Progress progress) {
    if (!started && progress.activity() != Progress.Activity.STARTING) {
      started = true;
      if (progress.firstStep() > 0) {
        console.say("  going on from the checkpoint of step %,d".formatted(progress.firstStep()));
      }
    }
    StepMetrics training = progress.training();
    if (training != null && training.step() > loggedStep) {
      loggedStep = training.step();
      if (!console.isTerminal()) {
        console.say(line(progress, training));
      }
    }
    ValidationMetrics validation = progress.validation();
    if (validation != null && validation.step() > validatedStep) {
      validatedStep = validation.step();
      console.say(
          "  step %,d: validation loss %.3f, perplexity %,.1f"
              .formatted(
                  validation.step(),
                  validation.validationLoss(),
                  validation.validationPerplexity()));
    }
    console.status(bar(progress));
  }

  @Override
  public void note(String sentence) {
    console.say("  " + sentence);
  }

  private static String line(Progress progress, StepMetrics training) {
    return String.format(
        Locale.ROOT,
        "  step %,d/%,d  loss %.3f  %,.0f tokens/s%s",
        training.step(),
        progress.steps(),
        training.loss(),
        training.tokensPerSecond(),
        left(progress));
  }

  private static String bar(Progress progress) {
    double share = (double) progress.step() / Math.max(1, progress.steps());
    int full = (int) Math.round(share * BAR);
    String numbers =
        progress.training() == null
            ? ""
            : String.format(
                Locale.ROOT,
                "  loss %.3f  %,.0f tokens/s",
                progress.training().loss(),
                progress.training().tokensPerSecond());
    return String.format(
        Locale.ROOT,
        "  %s%s %3.0f %%  step %,d/%,d%s%s%s",
        "█".repeat(full),
        "░".repeat(BAR - full),
        100 * share,
        progress.step(),
        progress.steps(),
        numbers,
        left(progress),
        activity(progress));
  }

  private static String left(Progress progress) {
    long done = progress.step() - progress.firstStep();
    if (done < 1) {
      return "";
    }
    double seconds = progress.secondsInSteps() / done * (progress.steps() - progress.step());
    return "  " + Durations.text(seconds) + " left";
  }

  private static String activity(Progress progress) {
    return switch (progress.activity()) {
      case STARTING -> "  starting";
      case TRAINING -> "";
      case VALIDATING -> "  validating";
      case WRITING_CHECKPOINT -> "  writing a checkpoint";
    };
  }
}
