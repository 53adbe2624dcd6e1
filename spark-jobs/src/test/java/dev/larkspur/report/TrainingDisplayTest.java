package dev.larkspur.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.metrics.Progress;
import dev.larkspur.metrics.Progress.Activity;
import dev.larkspur.metrics.Progress.LatestMetrics;
import dev.larkspur.metrics.Progress.Position;
import dev.larkspur.metrics.StepMetrics;
import dev.larkspur.metrics.StepMetrics.Execution;
import dev.larkspur.metrics.StepMetrics.GradientMetrics;
import dev.larkspur.metrics.StepMetrics.PhaseSeconds;
import dev.larkspur.metrics.ValidationMetrics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainingDisplayTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final StepMetrics training =
      new StepMetrics(
          40,
          4000,
          3.14159,
          1e-3,
          new GradientMetrics(1, Map.of()),
          new Execution(1234.4, 1e9, null, 0, 0),
          PhaseSeconds.NONE);
  private final ValidationMetrics validation = new ValidationMetrics(40, 4000, 3.5, 33.115, 0.2);

  @Test
  void plainLinesWithoutATerminal() {
    TrainingDisplay display = new TrainingDisplay(new Console(out, false, 80));
    Progress progress =
        new Progress(
            Activity.TRAINING,
            new Position(40, 100, 20),
            0,
            10,
            new LatestMetrics(training, validation));
    display.progress(progress);
    display.progress(progress);
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "  resuming from the checkpoint of step 20",
            "  step 40/100  loss 3.142  1,234 tokens/s  30 s left",
            "  step 40: validation loss 3.500, perplexity 33.1");
  }

  @Test
  void oneBarOnATerminal() {
    Console console = new Console(out, true, 120);
    TrainingDisplay display = new TrainingDisplay(console);
    display.progress(
        new Progress(Activity.STARTING, new Position(0, 100, 0), 0, 0, LatestMetrics.NONE));
    display.progress(
        new Progress(
            Activity.VALIDATING,
            new Position(50, 100, 0),
            0,
            10,
            new LatestMetrics(training, null)));
    console.clearStatus();
    String shown = bytes.toString(StandardCharsets.UTF_8);
    assertThat(shown).contains("0 %  step 0/100  starting");
    assertThat(shown)
        .contains(
            "████████████░░░░░░░░░░░░  50 %  step 50/100  loss 3.142  1,234 tokens/s  10 s left "
                + " validating");
    assertThat(shown).endsWith("\r\u001b[K").doesNotContain("\n");
  }

  @Test
  void aNarrowTerminalGetsFewerFields() {
    Progress progress =
        new Progress(
            Activity.WRITING_CHECKPOINT,
            new Position(5000, 10_000, 0),
            0,
            10,
            new LatestMetrics(training, null));

    assertThat(TrainingDisplay.bar(progress, 79))
        .isEqualTo("  50 %  step 5,000/10,000  loss 3.142  10 s left  writing a checkpoint");
    assertThat(TrainingDisplay.bar(progress, 59))
        .isEqualTo("  50 %  step 5,000/10,000  loss 3.142  10 s left");
    assertThat(TrainingDisplay.bar(progress, 30)).isEqualTo("  50 %  step 5,000/10,000");
    assertThat(TrainingDisplay.bar(progress, 10)).isEqualTo("  50 %");
  }

  @Test
  void aSlowStepIsAnnouncedAndWhatCameFirstIsShownFirst() {
    TrainingDisplay display = new TrainingDisplay(new Console(out, false, 80));
    // Two of eight passes.
    display.progress(
        new Progress(Activity.TRAINING, new Position(0, 100, 0, 0.25), 0, 11, LatestMetrics.NONE));
    StepMetrics skipped =
        new StepMetrics(
            41,
            4100,
            Double.NaN,
            1e-3,
            new GradientMetrics(1, Map.of()),
            new Execution(1234.4, 1e9, null, 0, 0),
            PhaseSeconds.NONE);
    display.progress(
        new Progress(
            Activity.TRAINING,
            new Position(41, 100, 0),
            1,
            1804,
            new LatestMetrics(skipped, validation)));
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "  a step takes about 44 s, 100 steps about 1 h 13 min",
            "  step 40: validation loss 3.500, perplexity 33.1",
            "  step 41/100  updates skipped  1,234 tokens/s  43 min 16 s left");
  }

  @Test
  void theFirstPassesOfAFastStepTellNothing() {
    assertThat(
            new Progress(Activity.TRAINING, new Position(3, 9, 3, 0.5), 0, 2, LatestMetrics.NONE)
                .secondsOfStep())
        .isEmpty();
    assertThat(
            new Progress(Activity.TRAINING, new Position(5, 9, 3), 0, 3, LatestMetrics.NONE)
                .secondsOfStep())
        .hasValue(1.5);
  }

  @Test
  void timesReadWell() {
    assertThat(Durations.text(59.4)).isEqualTo("59 s");
    assertThat(Durations.text(185)).isEqualTo("3 min 05 s");
    assertThat(Durations.text(26_000)).isEqualTo("7 h 13 min");
    assertThat(Durations.text(300_000)).isEqualTo("3 d 11 h");
  }
}
