package dev.larkspur.engine.torch;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Attention as products of batches of heads, for CPUs, where LibTorch's fused attention is many
 * times slower. Queries are processed in blocks, each against the keys up to its end, so that most
 * of what the mask would hide is not computed.
 */
final class BatchedAttention implements AttentionCore {
  /**
   * Queries of a block, at least: small blocks skip more of what the mask hides, but are slower.
   */
  private static final long LEAST_QUERIES = 128;

  /** Blocks of a sequence, at most. */
  private static final long MOST_BLOCKS = 4;

  /** Not in the Java binding. */
  private final OperatorHandle softmaxBackward =
      Dispatcher.singleton().findSchemaOrThrow("aten::_softmax_backward_data", "");

  @Override
  public CorePass pass(Tensor q, Tensor k, Tensor v, SavedTensors saved) {
    long sharing = q.size(1) / k.size(1);
    Tensor queries = saved.save(batch(q));
    Tensor keys = saved.save(batch(repeat(k, sharing)));
    Tensor values = saved.save(batch(repeat(v, sharing)));
    Tensor output = torch.empty_like(queries);
    List<Block> blocks = new ArrayList<>();
    long length = q.size(2);
    long size = Math.max(LEAST_QUERIES, (length + MOST_BLOCKS - 1) / MOST_BLOCKS);
    for (long from = 0; from < length; from += size) {
      Block block = new Block(from, Math.min(size, length - from));
      try (PointerScope scope = new PointerScope()) {
        Tensor scores = block.queries(queries).bmm(block.keys(keys).transpose(1, 2));
        scores.narrow(2, from, block.size).add_(hidden(block.size, scores));
        Tensor probabilities = torch.softmax(scores, 2);
        block.queries(output).copy_(probabilities.bmm(block.keys(values)));
        block.probabilities = saved.save(probabilities);
      }
      blocks.add(block);
    }
    long[] shape = shape(q);
    return new CorePass(
        output.view(shape),
        gradient -> {
          Gradients gradients = backward(batch(gradient), queries, keys, values, blocks);
          return new Gradients(
              gradients.q().view(shape),
              sumOfShared(gradients.k().view(shape), sharing),
              sumOfShared(gradients.v().view(shape), sharing));
        });
  }

  private Gradients backward(
      Tensor gradient, Tensor queries, Tensor keys, Tensor values, List<Block> blocks) {
    Tensor queryGradient = torch.empty_like(queries);
    Tensor keyGradient = torch.empty_like(keys);
    Tensor valueGradient = torch.empty_like(keys);
    // The last block attends to all keys, so it goes first, and nothing need be set to zero.
    int last = blocks.size() - 1;
    for (int i = last; i >= 0; i--) {
      Block block = blocks.get(i);
      try (PointerScope scope = new PointerScope()) {
        Tensor part = block.queries(gradient);
        Tensor probabilities = block.probabilities;
        Tensor ofValues = probabilities.transpose(1, 2).bmm(part);
        Tensor scoreGradient =
            softmaxGradient(part.bmm(block.keys(values).transpose(1, 2)), probabilities);
        block.queries(queryGradient).copy_(scoreGradient.bmm(block.keys(keys)));
        Tensor ofKeys = scoreGradient.transpose(1, 2).bmm(block.queries(queries));
        if (i == last) {
          valueGradient.copy_(ofValues);
          keyGradient.copy_(ofKeys);
        } else {
          block.keys(valueGradient).add_(ofValues);
          block.keys(keyGradient).add_(ofKeys);
        }
      }
    }
    return new Gradients(queryGradient, keyGradient, valueGradient);
  }

  private Tensor softmaxGradient(Tensor gradient, Tensor probabilities) {
    IValueVector arguments =
        new IValueVector(
            new IValue(gradient),
            new IValue(probabilities),
            new IValue(2L),
            new IValue((long) probabilities.scalar_type().value));
    softmaxBackward.callBoxed(arguments);
    return arguments.get(0).toTensor();
  }

  /** Minus infinity above the diagonal, else 0: [size, size]. */
  private static Tensor hidden(long size, Tensor like) {
    return torch
        .full(new long[] {size, size}, new Scalar(Double.NEGATIVE_INFINITY), like.options())
        .triu_(1);
  }

  /** [sequences, heads, length, headDim] to [sequences · heads, length, headDim] */
  private static Tensor batch(Tensor x) {
    return x.reshape(-1, x.size(2), x.size(3));
  }

  /** Repeats each head for the queries that share it. */
  private static Tensor repeat(Tensor x, long sharing) {
    return sharing == 1
        ? x
        : x.unsqueeze(2)
            .expand(x.size(0), x.size(1), sharing, x.size(2), x.size(3))
            .reshape(x.size(0), x.size(1) * sharing, x.size(2), x.size(3));
  }

  /** The gradient of {@link #repeat}. */
  private static Tensor sumOfShared(Tensor x, long sharing) {
    return sharing == 1
        ? x
        : x.view(x.size(0), x.size(1) / sharing, sharing, x.size(2), x.size(3)).sum(2);
  }

  private static long[] shape(Tensor x) {
    return new long[] {x.size(0), x.size(1), x.size(2), x.size(3)};
  }

  /** Consecutive queries, which attend to all keys up to the last of them. */
  private static final class Block {
    private final long from;
    private final long size;

    /** [sequences · heads, size, from + size] */
    private Tensor probabilities;

    Block(long from, long size) {
      this.from = from;
      this.size = size;
    }

    Tensor queries(Tensor all) {
      return all.narrow(1, from, size);
    }

    Tensor keys(Tensor all) {
      return all.narrow(1, 0, from + size);
    }
  }
}
