package dev.larkspur.report.chart;

import dev.larkspur.report.chart.LineChart.Scale;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/** Positions of labels: where the data are, or at 1, 2 and 5 times powers of ten. */
final class Ticks {
  private static final int ABOUT = 6;

  /** A logarithmic range narrower than this ratio has too few such values and gets linear ticks. */
  private static final double NARROW = 8;

  /** In a range wider than this ratio, only powers of ten are labelled. */
  private static final double WIDE = 300;

  private static final double ROUNDING = 1e-9;

  private static final int MOST_AT_DATA = 9;
  private static final int LONGEST_AT_DATA = 6;
  private static final double CHARACTER = 7.5;

  private Ticks() {}

  /** Ticks in [least, most], in ascending order. */
  static List<Tick> of(double least, double most, Scale scale) {
    List<Double> values =
        scale == Scale.LOG && most / least >= NARROW
            ? logarithmic(least, most)
            : linear(least, most);
    return values.stream().map(value -> new Tick(value, TickLabels.of(value))).toList();
  }

  /**
   * Ticks where the data are.
   *
   * @param positions of the data, in ascending order
   * @param pixel place of a position
   * @return empty if they are many, or their labels are long or too close to each other
   */
  static Optional<List<Tick>> at(List<Double> positions, DoubleUnaryOperator pixel) {
    if (positions.isEmpty() || positions.size() > MOST_AT_DATA) {
      return Optional.empty();
    }
    List<Tick> ticks =
        positions.stream().map(value -> new Tick(value, TickLabels.of(value))).toList();
    double end = Double.NEGATIVE_INFINITY;
    for (Tick tick : ticks) {
      double half = CHARACTER * tick.label().length() / 2;
      double at = pixel.applyAsDouble(tick.value());
      if (tick.label().length() > LONGEST_AT_DATA || at - half < end) {
        return Optional.empty();
      }
      end = at + half + CHARACTER;
    }
    return Optional.of(ticks);
  }

  private static List<Double> linear(double least, double most) {
    double step = step((most - least) / ABOUT);
    List<Double> values = new ArrayList<>();
    long last = (long) Math.floor(most / step + ROUNDING);
    for (long i = (long) Math.ceil(least / step - ROUNDING); i <= last; i++) {
      values.add(i * step);
    }
    return values;
  }

  /** The smallest value of 1, 2 or 5 times a power of ten that is at least {@code least}. */
  private static double step(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (int factor : new int[] {1, 2, 5}) {
      if (factor * power >= least * (1 - ROUNDING)) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  private static List<Double> logarithmic(double least, double most) {
    int first = (int) Math.floor(Math.log10(least));
    int last = (int) Math.ceil(Math.log10(most));
    int stride = Math.max(1, (last - first) / (2 * ABOUT));
    int[] factors = most / least > WIDE ? new int[] {1} : new int[] {1, 2, 5};
    List<Double> values = new ArrayList<>();
    for (int exponent = first; exponent <= last; exponent++) {
      for (int factor : factors) {
        double value = factor * Math.pow(10, exponent);
        boolean inside = value >= least * (1 - ROUNDING) && value <= most * (1 + ROUNDING);
        if (inside && Math.floorMod(exponent, stride) == 0) {
          values.add(value);
        }
      }
    }
    return values;
  }

  /** A labelled position on an axis. */
  record Tick(double value, String label) {}

  /** Formats numbers for an axis: plain if short, else with a power of ten. */
  static final class TickLabels {
    private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
    private static final double LEAST_PLAIN = 1e-3;
    private static final double FIRST_SCIENTIFIC = 1e5;
    private static final MathContext DIGITS = new MathContext(10);

    private TickLabels() {}

    static String of(double value) {
      double size = Math.abs(value);
      if (size == 0) {
        return "0";
      }
      if (size >= LEAST_PLAIN && size < FIRST_SCIENTIFIC) {
        return plain(value);
      }
      // A rounding error of the logarithm would turn 10³ into 9.99…·10².
      BigDecimal exact = new BigDecimal(value).round(DIGITS).stripTrailingZeros();
      int exponent = exact.precision() - exact.scale() - 1;
      String mantissa = exact.scaleByPowerOfTen(-exponent).toPlainString();
      String power = "10" + superscript(exponent);
      return switch (mantissa) {
        case "1" -> power;
        case "-1" -> "-" + power;
        default -> mantissa + "·" + power;
      };
    }

    private static String plain(double value) {
      return new BigDecimal(value).round(DIGITS).stripTrailingZeros().toPlainString();
    }

    private static String superscript(int exponent) {
      StringBuilder text = new StringBuilder(exponent < 0 ? "⁻" : "");
      Integer.toString(Math.abs(exponent))
          .chars()
          .forEach(digit -> text.append(SUPERSCRIPTS.charAt(digit - '0')));
      return text.toString();
    }
  }
}
