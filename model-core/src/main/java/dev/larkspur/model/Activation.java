package dev.larkspur.model;

/** What lies between the matrices of a feed-forward network. */
public enum Activation {
  /** down(GELU(up(x))), with the exact GELU x·Φ(x), as in the paper. */
  GELU(2),
  /** down(SiLU(gate(x)) · up(x)) (Shazeer, arXiv 2002.05202), with a third matrix. */
  SWIGLU(4);

  private final int innerValues;

  Activation(int innerValues) {
    this.innerValues = innerValues;
  }

  /** Tensors of the inner width that one network makes on its way. */
  public int innerValues() {
    return innerValues;
  }
}
