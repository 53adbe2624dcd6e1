package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Tensor;

/**
 * BlockDense: U (V x) + bias with V block-diagonal (paper, section 2).
 *
 * @param u [out, inner]
 * @param v [blocks, inner / blocks, in / blocks]
 */
record BlockDenseProjection(WeightMatrix u, WeightMatrix v, Bias bias) implements Projection {

  @Override
  public Pass pass(Tensor x, SavedTensors saved) {
    Tensor features = saved.save(Blocks.split(x, blocks()));
    Tensor inner = saved.save(Blocks.join(v.multiply(features)));
    return new Pass(
        u.multiply(inner, bias),
        gradient -> {
          bias.addGradient(gradient);
          u.addGradient(gradient, inner);
          Tensor innerGradient = Blocks.split(u.multiplyTransposed(gradient), blocks());
          v.addGradient(innerGradient, features);
          return Blocks.join(v.multiplyTransposed(innerGradient));
        });
  }

  private long blocks() {
    return v.value().size(0);
  }
}
