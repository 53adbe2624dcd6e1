package dev.larkspur.report;

import dev.larkspur.benchmark.Agreement;
import dev.larkspur.benchmark.OperatorSampler.OperatorTime;
import dev.larkspur.benchmark.StepReport;
import dev.larkspur.benchmark.StepReport.Ratios;
import dev.larkspur.benchmark.StepReport.StepMeasured;
import dev.larkspur.engine.StepPart;
import dev.larkspur.report.chart.BarChart;
import dev.larkspur.report.chart.BarChart.Bars;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Formats the results of {@code benchmark step}. */
public final class StepReportText {
  private static final double MEBIBYTE = 1 << 20;
  private static final double GIGA = 1e9;
  private static final double PERCENT = 100;
  private static final double MILLI = 1e3;
  private static final int TOP_OPERATORS = 15;

  private StepReportText() {}

  /** The tables of the terminal. */
  public static String of(StepReport report) {
    String heading =
        format(
            "%s; %s; %d layers of width %,d, vocabulary %,d; steps of %,d tokens in sequences of"
                + " %,d",
            report.machine().processor(),
            report.machine().device(),
            report.shape().layers(),
            report.shape().width(),
            report.shape().vocabulary(),
            report.shape().stepTokens(),
            report.shape().context());
    Stream<String> tables =
        Stream.of(
            heading,
            "",
            products(report).text(),
            "",
            speeds(report).text(),
            "",
            "Relative differences from the reference in fp32, same parameters and tokens; of the"
                + " gradients by parameter",
            agreements(report).text(),
            "",
            "Milliseconds of the parts of a step",
            parts(report).text());
    Stream<String> exchange =
        report.steps().stream().anyMatch(step -> step.exchange() != null)
            ? Stream.of(
                "", "Gradient exchange between workers of this machine", exchanges(report).text())
            : Stream.of();
    Stream<String> operators =
        report.steps().stream()
            .filter(step -> !step.operators().isEmpty())
            .flatMap(
                step ->
                    Stream.of(
                        "",
                        name(step) + ": operators that take the most time",
                        operators(step).text()));
    return Stream.of(tables, exchange, operators)
        .flatMap(lines -> lines)
        .collect(Collectors.joining(System.lineSeparator()));
  }

  private static Table exchanges(StepReport report) {
    return new Table(
        List.of("step", "workers", "alone, ms", "waited for, ms", "hidden %", "times one worker"),
        report.steps().stream()
            .filter(step -> step.exchange() != null)
            .map(
                step ->
                    List.of(
                        name(step),
                        format("%d", step.exchange().workers()),
                        format("%,.1f", MILLI * step.exchange().exchange()),
                        format("%,.1f", MILLI * step.exchange().waited()),
                        format("%.0f", PERCENT * step.exchange().hidden()),
                        format("%.2f", step.exchange().speedup())))
            .toList());
  }

  private static Table operators(StepMeasured step) {
    double all = step.operators().stream().mapToDouble(OperatorTime::seconds).sum();
    return new Table(
        List.of("operator", "called by", "part of the step", "ms", "%"),
        step.operators().stream()
            .limit(TOP_OPERATORS)
            .map(
                time ->
                    List.of(
                        time.operator(),
                        time.caller(),
                        time.part() == null ? "-" : label(time.part()),
                        format("%,.1f", MILLI * time.seconds()),
                        format("%.1f", PERCENT * time.seconds() / all)))
            .toList());
  }

  private static Table products(StepReport report) {
    return new Table(
        List.of("matrix product", "GFLOP/s", "least - most"),
        report.products().stream()
            .map(
                product ->
                    List.of(
                        format(
                            "%s [%d, %d] x [%d, %d], beside %s",
                            product.precision(),
                            product.shape().rows(),
                            product.shape().inner(),
                            product.shape().inner(),
                            product.shape().columns(),
                            product.kind()),
                        format("%,.0f", product.flopsPerSecond().median() / GIGA),
                        range("%,.0f", product.flopsPerSecond(), 1 / GIGA)))
            .toList());
  }

  private static Table speeds(StepReport report) {
    return new Table(
        List.of(
            "step",
            "s",
            "CPU s",
            "tokens/s",
            "of plain's speed",
            "least - most",
            "MFU %",
            "least - most",
            "peak MiB"),
        report.steps().stream()
            .map(
                step ->
                    List.of(
                        name(step),
                        format("%.3f", step.time().wall().median()),
                        orNothing("%.2f", step.time().processor().median()),
                        format("%,.0f", tokensPerSecond(report, step)),
                        format("%.2f", step.time().speed().median()),
                        range("%.2f", step.time().speed(), 1),
                        format("%.1f", PERCENT * step.time().mfu().median()),
                        range("%.1f", step.time().mfu(), PERCENT),
                        orNothing("%,.0f", step.peakBytes() / MEBIBYTE)))
            .toList());
  }

  private static Table agreements(StepReport report) {
    return new Table(
        List.of("step", "loss", "gradients: median", "90 %", "99 %", "largest", "of"),
        report.steps().stream()
            .map(
                step -> {
                  Agreement agreement = step.agreement();
                  return List.of(
                      name(step),
                      format("%.0e", agreement.loss()),
                      format("%.1e", agreement.gradient().median()),
                      format("%.1e", agreement.gradient().p90()),
                      format("%.1e", agreement.gradient().p99()),
                      format("%.1e", agreement.gradient().largest().relative()),
                      agreement.gradient().largest().parameter());
                })
            .toList());
  }

  /** One column for each part that any engine reports, and one for the rest of the step. */
  private static Table parts(StepReport report) {
    List<StepPart> reported =
        Stream.of(StepPart.values())
            .filter(
                part -> report.steps().stream().anyMatch(step -> step.parts().containsKey(part)))
            .toList();
    List<String> headers = new ArrayList<>(List.of("step"));
    reported.forEach(part -> headers.add(label(part)));
    return new Table(
        headers,
        report.steps().stream()
            .filter(step -> !step.parts().isEmpty())
            .map(
                step ->
                    Stream.concat(
                            Stream.of(name(step)),
                            reported.stream()
                                .map(
                                    part ->
                                        orNothing(
                                            "%,.0f",
                                            MILLI * step.parts().getOrDefault(part, Double.NaN))))
                        .toList())
            .toList());
  }

  private static String label(StepPart part) {
    return part.name().toLowerCase(Locale.ROOT).replace('_', ' ').replace("ffn", "FFN");
  }

  /** The plots, by file name. */
  public static Map<String, BarChart> charts(StepReport report) {
    Map<String, BarChart> charts = new LinkedHashMap<>();
    String model =
        "%d layers of width %d, %s"
            .formatted(report.shape().layers(), report.shape().width(), report.machine().device());
    charts.put(
        "step",
        new BarChart(
            "Percent of the speed of single matrix products: " + model,
            groups(
                report,
                step -> {
                  double share = PERCENT * step.time().mfu().median();
                  return new Bars.Bar(
                      engine(step),
                      share,
                      format("%.0f %%, %,.0f tokens/s", share, tokensPerSecond(report, step)));
                })));
    charts.put(
        "step-parts",
        new BarChart(
            "Milliseconds of the parts of a step: " + model,
            report.steps().stream()
                .filter(step -> !step.parts().isEmpty())
                .map(StepReportText::partBars)
                .toList()));
    return charts;
  }

  private static List<Bars> groups(StepReport report, Function<StepMeasured, Bars.Bar> bar) {
    Map<String, List<Bars.Bar>> groups = new LinkedHashMap<>();
    for (StepMeasured step : report.steps()) {
      String group = step.subject().kind() + ", " + step.subject().precision();
      groups.computeIfAbsent(group, any -> new ArrayList<>()).add(bar.apply(step));
    }
    return groups.entrySet().stream()
        .map(group -> new Bars(group.getKey(), group.getValue()))
        .toList();
  }

  private static Bars partBars(StepMeasured step) {
    return new Bars(
        name(step),
        step.parts().entrySet().stream()
            .map(
                part ->
                    new Bars.Bar(
                        label(part.getKey()),
                        MILLI * part.getValue(),
                        format("%,.0f", MILLI * part.getValue())))
            .toList());
  }

  private static String name(StepMeasured step) {
    return "%s, %s, %s".formatted(step.subject().kind(), step.subject().precision(), engine(step));
  }

  /** The name without the version. */
  private static String engine(StepMeasured step) {
    return step.subject().engine().split(" ", 2)[0];
  }

  private static double tokensPerSecond(StepReport report, StepMeasured step) {
    return report.shape().stepTokens() / step.time().wall().median();
  }

  private static String range(String number, Ratios values, double factor) {
    return format(number, factor * values.least()) + " - " + format(number, factor * values.most());
  }

  private static String orNothing(String format, double value) {
    return Double.isNaN(value) ? "-" : format(format, value);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
