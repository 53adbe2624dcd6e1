package dev.larkspur.report.chart;

/** How values are spread along an axis. */
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

  /** Where a value lies: equal distances on the axis are equal differences of it. */
  abstract double position(double value);

  /** The value that lies there. */
  abstract double value(double position);
}
