package dev.larkspur.report;

import dev.larkspur.status.ComparedRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Formats runs as a table, with a column for each setting in which they differ. */
public final class RunsText {
  private static final String NOTHING = "-";
  private static final int LONGEST_VALUE = 32;

  private RunsText() {}

  /** A row for each run. */
  public static String of(List<ComparedRun> runs) {
    List<String> headers =
        new ArrayList<>(List.of("run", "state", "step", "of", "loss", "validation"));
    headers.addAll(runs.get(0).settings().keySet());
    return new Table(headers, runs.stream().map(RunsText::row).toList()).text();
  }

  private static List<String> row(ComparedRun run) {
    List<String> cells = new ArrayList<>();
    cells.add(run.run().substring(run.run().lastIndexOf('/') + 1));
    cells.add(run.state());
    cells.add(run.step() == null ? NOTHING : "%,d".formatted(run.step()));
    cells.add(run.steps() == null ? NOTHING : "%,d".formatted(run.steps()));
    cells.add(loss(run.loss() == null ? null : run.loss().training()));
    cells.add(loss(run.loss() == null ? null : run.loss().validation()));
    run.settings().values().forEach(value -> cells.add(value(value)));
    return cells;
  }

  private static String loss(Double loss) {
    return loss == null ? NOTHING : String.format(Locale.ROOT, "%.3f", loss);
  }

  private static String value(String value) {
    if (value.isEmpty()) {
      return NOTHING;
    }
    return value.length() <= LONGEST_VALUE ? value : value.substring(0, LONGEST_VALUE) + "…";
  }
}
