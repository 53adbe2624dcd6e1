package dev.larkspur.costmodel;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.larkspur.engine.ActivationCheckpointing;
import dev.larkspur.engine.LogitChunk;
import dev.larkspur.engine.Precision;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.FfnConfig.Activation;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.tensor.Shard;

/**
 * Memory of one worker, in bytes, without that of libraries and JVM.
 *
 * @param parameters as 32-bit floats
 * @param gradient as 32-bit floats
 * @param moments both moments of AdamW, as 32-bit floats; the worker's shard if the optimiser is
 *     sharded
 * @param bf16Parameters bf16 copy of the parameters, for matrix products; 0 in fp32
 * @param activations estimate of what one forward pass keeps for the backward pass
 * @param logits of the tokens that the head processes at a time, and their gradient
 * @param residual of a compressed exchange, as 32-bit floats; 0 for an exact one
 */
public record WorkerMemory(
    long parameters,
    long gradient,
    long moments,
    long bf16Parameters,
    long activations,
    long logits,
    long residual) {
  private static final int FP32 = 4;
  private static final int BF16 = 2;
  private static final double MOST_BYTES = 2e18;

  /**
   * Estimates the memory of a worker.
   *
   * @param optimizerShards number of workers that the moments are sharded over; 1 if each has all
   */
  public static WorkerMemory of(
      ModelConfig model, int microBatch, Precision precision, int optimizerShards) {
    long count = ParameterTable.of(model).length();
    boolean bf16 = precision == Precision.BF16;
    long tokens = (long) microBatch * model.context();
    return new WorkerMemory(
        FP32 * count,
        FP32 * count,
        2 * FP32 * Shard.of(count, optimizerShards - 1, optimizerShards).length(),
        bf16 ? BF16 * count : 0,
        saturated((double) tokens * valuesOfToken(model) * (bf16 ? BF16 : FP32)),
        LogitChunk.bytes(tokens, model.hiddenDim(), model.vocabulary(), precision),
        0);
  }

  /** With the inputs of layers only, and what one layer computes again. */
  WorkerMemory with(ActivationCheckpointing checkpointing, ModelConfig model, long tokens) {
    if (checkpointing == ActivationCheckpointing.NONE) {
      return this;
    }
    long inputs = saturated((double) FP32 * tokens * model.hiddenDim() * model.layers());
    return new WorkerMemory(
        parameters,
        gradient,
        moments,
        bf16Parameters,
        inputs + activations / model.layers(),
        logits,
        residual);
  }

  /** With the residual of a compressed exchange, as long as the gradient. */
  WorkerMemory withResidual() {
    return new WorkerMemory(
        parameters, gradient, moments, bf16Parameters, activations, logits, gradient);
  }

  /** Limits absurdly large estimates, so that the sum does not overflow. */
  private static long saturated(double bytes) {
    return (long) Math.min(bytes, MOST_BYTES);
  }

  private static long valuesOfToken(ModelConfig model) {
    AttentionConfig attention = model.attention();
    // Queries, keys, values, output, and the scores of one token against the full context.
    long perLayer =
        2L * attention.dim()
            + 2L * attention.kvDim()
            + (long) attention.queryHeads() * model.context();
    // Both residual sums and both norms' outputs; the FFN around its activation.
    perLayer += 4L * model.hiddenDim();
    perLayer += (long) model.ffn().activation().innerValues() * model.ffn().dim();
    long values = perLayer * model.layers();
    for (int layer = 0; layer < model.layers(); layer++) {
      values += betweenFactors(model.ffn().structureOf(layer), model);
    }
    return values;
  }

  private static long betweenFactors(FfnStructure structure, ModelConfig model) {
    int hidden = model.hiddenDim();
    int inner = model.ffn().dim();
    long up = structure.innerWidth(inner, hidden);
    long down = structure.innerWidth(hidden, inner);
    return model.ffn().activation() == Activation.SWIGLU ? 2 * up + down : up + down;
  }

  @JsonProperty
  public long total() {
    return parameters + gradient + moments + bf16Parameters + activations + logits + residual;
  }
}
