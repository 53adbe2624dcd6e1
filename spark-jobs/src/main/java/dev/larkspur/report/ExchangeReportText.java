package dev.larkspur.report;

import dev.larkspur.benchmark.CompressionReport;
import dev.larkspur.benchmark.CompressionReport.StepTime;
import dev.larkspur.benchmark.CompressionReport.Trained;
import dev.larkspur.benchmark.ExchangeReport;
import dev.larkspur.benchmark.ExchangeReport.Bandwidth;
import dev.larkspur.benchmark.ExchangeReport.StepTimes;
import dev.larkspur.benchmark.Seconds;
import dev.larkspur.settings.Count;
import java.util.Locale;

/** Formats the results of {@code benchmark exchange}. */
public final class ExchangeReportText {
  private static final double MEBIBYTE = 1 << 20;

  private ExchangeReportText() {}

  public static String of(ExchangeReport report) {
    StringBuilder text = new StringBuilder();
    text.append("all-reduce of fp32 gradients; GB/s are what each worker sends in fp32\n");
    line(
        text,
        "%8s %10s %10s %10s %8s %8s %8s",
        "MiB",
        "fp32 ms",
        "bf16 ms",
        "socket ms",
        "GB/s",
        "socket",
        "ratio");
    for (Bandwidth each : report.bandwidths()) {
      line(
          text,
          "%8.0f %10.2f %10.2f %10.2f %8.2f %8.2f %7.0f%%",
          each.values() * Float.BYTES / MEBIBYTE,
          millis(each.fp32()),
          millis(each.bf16()),
          millis(each.socket()),
          each.gigabytesPerSecond(),
          each.socketGigabytesPerSecond(),
          100 * each.ratio());
    }
    steps(text, report.steps());
    if (report.compression() != null) {
      compression(text.append('\n'), report.compression());
    }
    return text.toString();
  }

  private static void compression(StringBuilder text, CompressionReport report) {
    line(
        text,
        "%nafter %s on an artificial language of %.2f nats a token",
        Count.of(report.steps(), "step"),
        report.entropy());
    line(text, "%10s %14s", "loss", "bytes a step");
    trained(text, "exact", report.exact());
    trained(text, "compressed", report.compressed());
    line(text, "last threshold %.2g", report.threshold());
    line(
        text,
        "%nms a step over links of a simulated bandwidth, medians of %d",
        report.times().get(0).exact().rounds().size());
    line(text, "%10s %10s %12s %8s", "Mbit/s", "exact", "compressed", "times");
    for (StepTime time : report.times()) {
      line(
          text,
          "%10.0f %10.1f %12.1f %8.2f",
          time.megabits(),
          millis(time.exact()),
          millis(time.compressed()),
          time.speedup());
    }
    text.append(
        report.fasterUpTo().isPresent()
            ? format(
                "a step is faster with compression at these bandwidths up to %.0f Mbit/s",
                report.fasterUpTo().getAsDouble())
            : "a step is not faster with compression at the lowest of these bandwidths");
    text.append(
        format(
            "; after as many steps its loss is %+.3f nats a token",
            report.compressed().loss() - report.exact().loss()));
  }

  private static void trained(StringBuilder text, String exchange, Trained trained) {
    line(text, "%10.3f %,14.0f  %s", trained.loss(), trained.bytes(), exchange);
  }

  private static void steps(StringBuilder text, StepTimes steps) {
    line(
        text,
        "%nstep of %,d tokens a worker, %,d parameters, ms",
        steps.load().tokens(),
        steps.load().parameters());
    line(text, "%10.1f  one worker alone", millis(steps.alone()));
    line(
        text,
        "%10.1f  %s, no exchange",
        millis(steps.apart()),
        Count.of(steps.load().workers(), "worker"));
    line(
        text,
        "%10.1f  %s, exchange overlapped with the backward pass",
        millis(steps.overlapped()),
        Count.of(steps.load().workers(), "worker"));
    line(
        text,
        "%10.1f  of that the slowest waited for the exchange; by itself it takes %.1f: %.0f %% are"
            + " hidden",
        millis(steps.waited()),
        millis(steps.exchange()),
        100 * steps.hidden());
    text.append(
        format(
            "%d workers train %.2f times as fast as one; %.2f times without the exchange, %.2f"
                + " times by processor time",
            steps.load().workers(),
            steps.speedup(),
            steps.speedupWithoutExchange(),
            steps.speedupByProcessorTime()));
  }

  private static double millis(Seconds seconds) {
    return 1e3 * seconds.median();
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(format(format, values)).append('\n');
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
