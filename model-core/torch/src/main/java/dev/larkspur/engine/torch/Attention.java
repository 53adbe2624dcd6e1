package dev.larkspur.engine.torch;

import dev.larkspur.engine.torch.AttentionCore.CorePass;
import dev.larkspur.engine.torch.AttentionCore.Gradients;
import dev.larkspur.engine.torch.KeyValueCache.DecodingStep;
import dev.larkspur.model.AttentionConfig;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Causal grouped-query self-attention, with or without rotary positions. */
final class Attention {
  private final AttentionConfig config;
  private final HeadPositions positions;
  private final Projection qkv;
  private final Projection out;
  private final AttentionCore core;

  Attention(
      AttentionConfig config,
      TorchDevice device,
      HeadPositions positions,
      Weights weights,
      String name) {
    this.config = config;
    this.positions = positions;
    this.qkv = Projection.of(weights, name + ".qkv");
    this.out = Projection.of(weights, name + ".out");
    this.core = device.isCpu() ? new BatchedAttention() : new FusedAttention();
  }

  /**
   * Attention with its backward pass.
   *
   * @param x [sequences · length, hidden], in the type of the computation, as is the output
   */
  Pass pass(Tensor x, long sequences, SavedTensors saved) {
    long length = x.size(0) / sequences;
    int queryHeads = config.queryHeads();
    int kvHeads = config.kvHeads();
    Pass projected = qkv.pass(x, saved);
    long[] shape = {sequences, length, queryHeads + 2L * kvHeads, config.headDim()};
    Tensor heads = projected.output().view(shape);
    CorePass attended =
        core.pass(
            positions.byHead(heads.narrow(2, 0, queryHeads), scale()),
            positions.byHead(heads.narrow(2, queryHeads, kvHeads), 1),
            values(heads).contiguous(),
            saved);
    Pass mixed =
        out.pass(attended.output().transpose(1, 2).reshape(x.size(0), config.dim()), saved);
    return new Pass(
        mixed.output(),
        gradient -> {
          Tensor byToken =
              mixed.backward(gradient).view(sequences, length, queryHeads, config.headDim());
          Gradients gradients = attended.gradients().apply(byToken.transpose(1, 2).contiguous());
          Tensor headGradient = torch.empty(shape, gradient.options(), new MemoryFormatOptional());
          headGradient.narrow(2, 0, queryHeads).copy_(positions.byToken(gradients.q(), scale()));
          headGradient.narrow(2, queryHeads, kvHeads).copy_(positions.byToken(gradients.k(), 1));
          values(headGradient).copy_(gradients.v());
          return projected.backward(headGradient.view(sequences * length, -1));
        });
  }

  /**
   * Attention over prompts, whose keys and values are cached, without a gradient.
   *
   * @param x [sequences · length, hidden], in the type of the computation, as is the result
   */
  Tensor begin(Tensor x, long sequences, KeyValueCache cache) {
    Tensor heads = heads(x, sequences);
    Tensor q = positions.byHead(heads.narrow(2, 0, config.queryHeads()), scale());
    Tensor k = positions.byHead(heads.narrow(2, config.queryHeads(), config.kvHeads()), 1);
    Tensor v = values(heads).contiguous();
    cache.begin(k, v);
    Tensor attended = core.pass(q, k, v, SavedTensors.NONE).output();
    return out.apply(attended.transpose(1, 2).reshape(x.size(0), config.dim()));
  }

  /**
   * The same for the next token of each sequence: x and result [sequences, hidden].
   *
   * @param encoded encodes its position in queries and keys
   */
  Tensor next(Tensor x, KeyValueCache cache, DecodingStep step, UnaryOperator<Tensor> encoded) {
    Tensor heads = heads(x, x.size(0));
    Tensor rotated = encoded.apply(queriesAndKeys(heads));
    cache.append(keys(rotated), values(heads), step);
    Tensor attended = cache.attend(rotated.narrow(2, 0, config.queryHeads()), step);
    return out.apply(attended.reshape(x.size(0), config.dim()).to(heads.scalar_type()));
  }

  /** [sequences, length, queryHeads + 2 kvHeads, headDim] */
  private Tensor heads(Tensor x, long sequences) {
    return qkv.apply(x)
        .view(
            sequences,
            x.size(0) / sequences,
            config.queryHeads() + 2L * config.kvHeads(),
            config.headDim());
  }

  private Tensor queriesAndKeys(Tensor heads) {
    return heads.narrow(2, 0, config.queryHeads() + (long) config.kvHeads());
  }

  /** [sequences, kvHeads, length, headDim] */
  private Tensor keys(Tensor rotated) {
    return rotated.narrow(2, config.queryHeads(), config.kvHeads()).transpose(1, 2);
  }

  /** [sequences, kvHeads, length, headDim] */
  private Tensor values(Tensor heads) {
    return heads
        .narrow(2, config.queryHeads() + (long) config.kvHeads(), config.kvHeads())
        .transpose(1, 2);
  }

  private double scale() {
    return 1 / Math.sqrt(config.headDim());
  }
}
