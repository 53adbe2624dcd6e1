package dev.larkspur.engine.torch;

import dev.larkspur.model.DecoderVariant;

import org.bytedeco.pytorch.Tensor;

/** Normalisation over the last axis. */
interface Norm {

  Tensor apply(Tensor x);

  /** The norm stored under a name. */
  static Norm of(Weights weights, String name, DecoderVariant variant) {
    return switch (variant.norm()) {
      case LAYER_NORM -> new LayerNorm(weights, name, variant.normEpsilon());
      case RMS_NORM -> new RmsNorm(weights, name, variant.normEpsilon());
    };
  }
}
