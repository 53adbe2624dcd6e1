package dev.larkspur.report;

import dev.larkspur.metrics.Progress;
import dev.larkspur.metrics.StepMetrics;
import dev.larkspur.metrics.ValidationMetrics;
import dev.larkspur.settings.Count;
import dev.larkspur.train.driver.TrainingObserver;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Shows the progress of a training: a bar on a terminal, else a line for each line of metrics. */
public final class TrainingDisplay implements TrainingObserver {
  private static final int BAR = 24;

  /** Faster steps need no announcement. */
  private static final double SLOW_SECONDS = 1;

  /** Fields of the bar, from left to right. */
  private enum Field {
    BAR,
    SHARE,
    STEP,
    LOSS,
    SPEED,
    LEFT,
    ACTIVITY
  }

  private static final List<Field> DROPPED_FIRST =
      List.of(Field.SPEED, Field.BAR, Field.ACTIVITY, Field.LEFT, Field.LOSS, Field.STEP);

  private final Console console;
  private long loggedStep = -1;
  private long validatedStep = -1;
  private boolean started;
  private boolean timed;

  public TrainingDisplay(Console console) {
    this.console = console;
  }

  @Override
  public synchronized void progress(Progress progress) {
    if (!started && progress.activity() != Progress.Activity.STARTING) {
      started = true;
      if (progress.firstStep() > 0) {
        console.say("  resuming from the checkpoint of step %,d".formatted(progress.firstStep()));
      }
    }
    announceDuration(progress);
    StepMetrics training = progress.training();
    ValidationMetrics validation = progress.validation();
    boolean validatedBefore =
        training != null && validation != null && validation.step() < training.step();
    if (validatedBefore) {
      validated(validation);
    }
    if (training != null && training.step() > loggedStep) {
      loggedStep = training.step();
      if (!console.isTerminal()) {
        console.say(line(progress, training));
      }
    }
    if (!validatedBefore && validation != null) {
      validated(validation);
    }
    console.status(bar(progress, console.width()));
  }

  /** Announces the duration once, so that slow steps do not look like a hang. */
  private void announceDuration(Progress progress) {
    OptionalDouble seconds = progress.secondsOfStep();
    if (timed || seconds.isEmpty()) {
      return;
    }
    timed = true;
    if (seconds.getAsDouble() >= SLOW_SECONDS) {
      long steps = progress.steps() - progress.firstStep();
      console.say(
          "  a step takes about %s, %s about %s"
              .formatted(
                  Durations.text(seconds.getAsDouble()),
                  Count.of(steps, "step"),
                  Durations.text(seconds.getAsDouble() * steps)));
    }
  }

  private void validated(ValidationMetrics validation) {
    if (validation.step() > validatedStep) {
      validatedStep = validation.step();
      console.say(
          "  step %,d: validation loss %.3f, perplexity %,.1f"
              .formatted(
                  validation.step(),
                  validation.validationLoss(),
                  validation.validationPerplexity()));
    }
  }

  @Override
  public void note(String sentence) {
    console.say("  " + sentence);
  }

  /** The loss, or that all updates were skipped. */
  private static String loss(StepMetrics training) {
    return Double.isFinite(training.loss())
        ? String.format(Locale.ROOT, "loss %.3f", training.loss())
        : "updates skipped";
  }

  private static String line(Progress progress, StepMetrics training) {
    return String.format(
        Locale.ROOT,
        "  step %,d/%,d  %s  %,.0f tokens/s%s",
        training.step(),
        progress.steps(),
        loss(training),
        training.tokensPerSecond(),
        left(progress));
  }

  /** The bar; fields that do not fit into the width are dropped, the least informative first. */
  static String bar(Progress progress, int width) {
    double share = (double) progress.step() / Math.max(1, progress.steps());
    int full = (int) Math.round(share * BAR);
    StepMetrics training = progress.training();
    EnumMap<Field, String> fields = new EnumMap<>(Field.class);
    fields.put(Field.BAR, "  " + "█".repeat(full) + "░".repeat(BAR - full));
    fields.put(Field.SHARE, String.format(Locale.ROOT, " %3.0f %%", 100 * share));
    fields.put(
        Field.STEP,
        String.format(Locale.ROOT, "  step %,d/%,d", progress.step(), progress.steps()));
    if (training != null) {
      fields.put(Field.LOSS, "  " + loss(training));
      fields.put(
          Field.SPEED, String.format(Locale.ROOT, "  %,.0f tokens/s", training.tokensPerSecond()));
    }
    fields.put(Field.LEFT, left(progress));
    fields.put(Field.ACTIVITY, activity(progress));
    for (Field dropped : DROPPED_FIRST) {
      if (String.join("", fields.values()).length() > width) {
        fields.remove(dropped);
      }
    }
    return String.join("", fields.values());
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
