package dev.larkspur.doctor;

import dev.larkspur.benchmark.Processor;
import dev.larkspur.doctor.Rate.Unit;
import java.util.Map;
import java.util.stream.Collectors;

/** Formats what the command doctor has found about a machine. */
public final class DoctorReportText {
  private static final double GIGA = 1e9;
  private static final double MEGA = 1e6;

  private DoctorReportText() {}

  /** Lines, each with its end; the engines are listed by the caller. */
  public static String of(DoctorReport report) {
    MachineFacts machine = report.machine();
    StringBuilder text =
        new StringBuilder(
            """
            machine
              processor    %s
              cores        %s
              memory       %,d MB, of which Java's heap may take %,d MB
              disk         %,d MB free where native libraries are unpacked
              environment  %s
            """
                .formatted(
                    machine.processor().text(),
                    cores(machine.cores(), machine.processor()),
                    megabytes(machine.memory().memory()),
                    megabytes(machine.memory().heap()),
                    megabytes(machine.memory().nativeCacheFree()),
                    machine.environment().isEmpty()
                        ? "no variables for native libraries"
                        : variables(machine.environment())));
    if (!report.rates().isEmpty()) {
      text.append("measured\n");
      report.rates().forEach(rate -> text.append(line(rate)));
    }
    text.append(report.findings().isEmpty() ? "findings\n  none\n" : "findings\n");
    for (Finding finding : report.findings()) {
      text.append("  - %s%n    remedy: %s%n".formatted(finding.problem(), finding.remedy()));
    }
    return text.toString();
  }

  private static String cores(int usable, Processor processor) {
    return processor.installed() > usable
        ? "%d of %d".formatted(usable, processor.installed())
        : String.valueOf(usable);
  }

  private static String variables(Map<String, String> environment) {
    return environment.entrySet().stream()
        .map(variable -> variable.getKey() + "=" + variable.getValue())
        .collect(Collectors.joining(" "));
  }

  private static long megabytes(long bytes) {
    return Math.round(bytes / MEGA);
  }

  private static String line(Rate rate) {
    String value =
        rate.failure() != null
            ? "not measured: " + rate.failure()
            : "%,9.2f %s".formatted(rate.perSecond() / GIGA, unit(rate.quantity().unit()));
    return "  %-38s %s%n".formatted(rate.quantity().label(), value);
  }

  private static String unit(Unit unit) {
    return unit == Unit.BYTES ? "GB/s" : "GFLOP/s";
  }
}
