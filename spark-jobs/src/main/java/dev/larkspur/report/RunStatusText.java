package dev.larkspur.report;

import dev.larkspur.run.AttemptHistory.RecordedAttempt;
import dev.larkspur.status.RunState;
import dev.larkspur.status.RunStatus;
import dev.larkspur.status.RunStatus.TrainingProgress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Formats the state of runs: one in full, several as a table. */
public final class RunStatusText {
  private static final String NOTHING = "-";
  private static final int NAME_WIDTH = 12;
  private static final int LONGEST_REASON = 160;

  private RunStatusText() {}

  /** One run in full; several as a table, and below it why some are not as they should be. */
  public static String of(List<RunStatus> runs) {
    return runs.size() == 1 ? full(runs.get(0)) : table(runs);
  }

  private static String full(RunStatus run) {
    Map<String, String> lines = new LinkedHashMap<>();
    TrainingProgress progress = run.progress();
    if (progress != null) {
      lines.put("step", steps(progress) + activity(progress));
      lines.put("loss", losses(progress));
      lines.put("speed", speed(progress));
    }
    if (run.checkpoint() != null) {
      lines.put(
          "checkpoint",
          "step %,d, %s old"
              .formatted(run.checkpoint().step(), Durations.text(run.checkpoint().ageSeconds())));
    }
    if (run.standing().heartbeat() != null) {
      lines.put(
          "heartbeat",
          "%s old, of process %d on %s"
              .formatted(
                  Durations.text(run.standing().heartbeat().ageSeconds()),
                  run.standing().heartbeat().process(),
                  run.standing().heartbeat().host()));
    }
    if (!run.standing().workers().isEmpty()) {
      lines.put("workers", workers(run.standing().workers()));
    }
    lines.put("attempts", Integer.toString(run.attempts().count()));
    String body =
        lines.entrySet().stream()
            .filter(line -> !line.getValue().isEmpty())
            .map(line -> "  " + pad(line.getKey()) + line.getValue())
            .collect(Collectors.joining("\n"));
    return Stream.of(headline(run), body, attempts(run))
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining("\n"));
  }

  private static String headline(RunStatus run) {
    String title = run.name() == null ? run.run() : "%s (%s)".formatted(run.name(), run.run());
    String reason = run.standing().reason();
    return "%s: %s%s".formatted(title, run.state().word(), reason == null ? "" : ". " + reason);
  }

  private static String pad(String name) {
    return name + " ".repeat(NAME_WIDTH - name.length());
  }

  private static String steps(TrainingProgress progress) {
    return progress.steps() == null
        ? "%,d".formatted(progress.step())
        : "%,d of %,d (%.0f %%)"
            .formatted(
                progress.step(),
                progress.steps(),
                100.0 * progress.step() / Math.max(1, progress.steps()));
  }

  private static String activity(TrainingProgress progress) {
    String doing = progress.activity() == null ? "" : ", " + progress.activity().replace('-', ' ');
    return progress.ageSeconds() == null
        ? doing
        : doing + "; the workers reported %s ago".formatted(Durations.text(progress.ageSeconds()));
  }

  private static String losses(TrainingProgress progress) {
    List<String> known = new ArrayList<>();
    if (progress.loss().training() != null) {
      known.add("%.3f".formatted(progress.loss().training()));
    }
    if (progress.loss().validation() != null) {
      known.add(
          "validation %.3f, perplexity %,.1f"
              .formatted(progress.loss().validation(), Math.exp(progress.loss().validation())));
    }
    return String.join("; ", known);
  }

  private static String speed(TrainingProgress progress) {
    if (progress.tokensPerSecond() == null) {
      return "";
    }
    String left =
        progress.secondsLeft() == null
            ? ""
            : ", %s left".formatted(Durations.text(progress.secondsLeft()));
    return "%,.0f tokens/s".formatted(progress.tokensPerSecond()) + left;
  }

  /** Each host once, with the number of its workers if there are several. */
  private static String workers(List<String> hosts) {
    Map<String, Long> counts =
        hosts.stream()
            .collect(Collectors.groupingBy(host -> host, TreeMap::new, Collectors.counting()));
    return "%d: %s"
        .formatted(
            hosts.size(),
            counts.entrySet().stream()
                .map(
                    host ->
                        host.getValue() == 1
                            ? host.getKey()
                            : "%s (%d)".formatted(host.getKey(), host.getValue()))
                .collect(Collectors.joining(", ")));
  }

  private static String attempts(RunStatus run) {
    List<RecordedAttempt> newest = run.attempts().newest();
    return newest.stream()
        .map(
            attempt ->
                "    %d  began %s, %s"
                    .formatted(
                        attempt.number(),
                        attempt.began() == null ? "at an unknown time" : attempt.began(),
                        ending(attempt, isCurrent(run, attempt))))
        .collect(Collectors.joining("\n"));
  }

  private static boolean isCurrent(RunStatus run, RecordedAttempt attempt) {
    return attempt.number() == run.attempts().count() && run.state().isActive();
  }

  private static String ending(RecordedAttempt attempt, boolean current) {
    if (attempt.end() == null) {
      return "import".equals(attempt.application())
          ? "an import"
          : current ? "runs" : "and its driver ended without a word";
    }
    String reason = attempt.end().reason();
    return "%s %s at step %,d%s"
        .formatted(
            attempt.end().ending(),
            attempt.end().ended(),
            attempt.end().step(),
            reason == null ? "" : ": " + shortened(reason));
  }

  private static String shortened(String reason) {
    String line = reason.lines().findFirst().orElse("");
    return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON) + " …";
  }

  private static String table(List<RunStatus> runs) {
    List<List<String>> rows = runs.stream().map(RunStatusText::row).toList();
    List<String> headers =
        List.of("run", "state", "step", "loss", "tokens/s", "left", "checkpoint", "heartbeat");
    String notes =
        runs.stream()
            .filter(run -> run.standing().reason() != null && run.state() != RunState.STOPPED)
            .map(run -> title(run) + ": " + shortened(run.standing().reason()))
            .collect(Collectors.joining("\n"));
    String table = new Table(headers, rows).text();
    return notes.isEmpty() ? table : table + "\n\n" + notes;
  }

  /** The directory, which is unique, and not the name. */
  private static String title(RunStatus run) {
    return run.run().substring(run.run().lastIndexOf('/') + 1);
  }

  private static List<String> row(RunStatus run) {
    TrainingProgress progress = run.progress();
    return List.of(
        title(run),
        run.state().word(),
        progress == null ? NOTHING : steps(progress),
        progress == null || progress.loss().training() == null
            ? NOTHING
            : String.format(Locale.ROOT, "%.3f", progress.loss().training()),
        progress == null || progress.tokensPerSecond() == null
            ? NOTHING
            : String.format(Locale.ROOT, "%,.0f", progress.tokensPerSecond()),
        progress == null || progress.secondsLeft() == null
            ? NOTHING
            : Durations.text(progress.secondsLeft()),
        run.checkpoint() == null ? NOTHING : Durations.text(run.checkpoint().ageSeconds()),
        run.standing().heartbeat() == null
            ? NOTHING
            : Durations.text(run.standing().heartbeat().ageSeconds()));
  }
}
