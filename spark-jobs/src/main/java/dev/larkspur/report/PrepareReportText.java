package dev.larkspur.report;

import dev.larkspur.benchmark.Rounds.Measured;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Formats the results of {@code benchmark prepare}: one measurement per line, with its speed as a
 * multiple of its counterpart's.
 */
public final class PrepareReportText {
  /** Suffix of the name of a part that serves as a reference for the part before it. */
  public static final String HUGGING_FACE = ", by Hugging Face";

  private static final String ON_ONE_CORE = ", on 1 core";
  private static final Pattern CORES = Pattern.compile("(.*), on (\\d+) cores");
  private static final String MILLION = "%8.2f";

  private PrepareReportText() {}

  public static String of(List<Measured> measured) {
    int width = measured.stream().mapToInt(each -> each.name().length()).max().orElse(0);
    StringBuilder text = new StringBuilder();
    text.append(
        "%%-%ds  %%s"
            .formatted(width)
            .formatted("", "million tokens per CPU-second: median (least to most), tokens a run"));
    for (Measured each : measured) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n%-" + width + "s " + MILLION + "  (%.2f to %.2f)  %,d%s",
              each.name(),
              each.median() / 1e6,
              each.least() / 1e6,
              each.most() / 1e6,
              each.tokens(),
              comparison(each, measured) + scaling(each, measured)));
    }
    return text.toString();
  }

  /** Suffix of the name of a job on {@code cores} cores. */
  public static String onCores(int cores) {
    return cores == 1 ? ON_ONE_CORE : ", on " + cores + " cores";
  }

  /**
   * The scaling by processor time, which is meaningful on a shared machine too; idle cores do not
   * show in it.
   */
  private static String scaling(Measured each, List<Measured> measured) {
    Matcher name = CORES.matcher(each.name());
    return !name.matches()
        ? ""
        : measured.stream()
            .filter(one -> one.name().equals(name.group(1) + ON_ONE_CORE))
            .map(
                one ->
                    String.format(
                        Locale.ROOT,
                        "  %.2f times as much as one core, each as busy",
                        Integer.parseInt(name.group(2)) * each.median() / one.median()))
            .findFirst()
            .orElse("");
  }

  private static String comparison(Measured each, List<Measured> measured) {
    return measured.stream()
        .filter(other -> other.name().equals(each.name() + HUGGING_FACE))
        .map(
            other ->
                String.format(
                    Locale.ROOT,
                    "  %.1f times as fast as Hugging Face",
                    each.median() / other.median()))
        .findFirst()
        .orElse("");
  }
}
