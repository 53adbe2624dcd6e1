package dev.larkspur.report.chart;

/** The scale of an axis. */
public enum Scale {
  LINEAR {
    @Override
    double position(double value) {
      return value;
    }

    @Override
    double value(double position) {
      return position;
    }
  },
  /** For values above 0. */
  LOG {
    @Override
    double position(double value) {
      return Math.log10(value);
    }

    @Override
    double value(double position) {
      return Math.pow(10, position);
    }
  };

  /** The position of a value: equal distances on the axis are equal differences of positions. */
  abstract double position(double value);

  /** The value at a position. */
  abstract double value(double position);
}
