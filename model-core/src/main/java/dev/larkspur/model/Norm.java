package dev.larkspur.model;

/** How the input of each block is normalised. */
public enum Norm {
  /** By mean and variance (Ba et al., arXiv 1607.06450), as in the paper. */
  LAYER_NORM,
  /** By the root mean square, without a bias (Zhang and Sennrich, arXiv 1910.07467). */
  RMS_NORM
}
