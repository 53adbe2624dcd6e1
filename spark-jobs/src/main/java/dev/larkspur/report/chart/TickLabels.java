package dev.larkspur.report.chart;

import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers as an axis shows them: plain where they are short, else with a power of ten. */
final class TickLabels {
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
    // The smallest error of a logarithm would turn 10³ into 9.99…·10².
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
