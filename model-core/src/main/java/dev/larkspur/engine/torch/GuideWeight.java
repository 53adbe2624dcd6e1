package dev.larkspur.engine.torch;

/** α of the guides of one layer, which training changes from step to step; at first 0. */
final class GuideWeight {
  private double alpha;

  void set(double given) {
    if (!(given >= 0 && given <= 1)) {
      throw new IllegalArgumentException("a guide's weight is " + given + ": it is from 0 to 1");
    }
    alpha = given;
  }

  double alpha() {
    return alpha;
  }
}
