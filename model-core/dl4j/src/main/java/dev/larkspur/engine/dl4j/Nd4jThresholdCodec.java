package dev.larkspur.engine.dl4j;

import dev.larkspur.collective.compression.ThresholdCodec;
import dev.larkspur.collective.compression.ThresholdCodec.CompressionException;
import dev.larkspur.collective.compression.ThresholdRule;
import dev.larkspur.collective.compression.ThresholdRule.Sparsity;
import dev.larkspur.engine.Device;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.optimize.solvers.accumulation.encoding.ThresholdAlgorithm;
import org.deeplearning4j.optimize.solvers.accumulation.encoding.threshold.AdaptiveThresholdAlgorithm;
import org.deeplearning4j.optimize.solvers.accumulation.encoding.threshold.FixedThresholdAlgorithm;
import org.deeplearning4j.optimize.solvers.accumulation.encoding.threshold.TargetSparsityThresholdAlgorithm;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * ND4J's threshold encoding on CPUs, and Deeplearning4j's algorithms for the threshold. The order
 * of the indices varies between calls. Decoding does not depend on it, as each index occurs once in
 * a message. ND4J's limit on the number of indices (boundary) is not used: it would make a message
 * depend on the threads.
 */
public final class Nd4jThresholdCodec implements ThresholdCodec {

  @Override
  public void prepare(int threads) {
    Nd4jBackendCheck.startedBackend();
    if (Nd4j.getExecutioner().type() != ExecutionerType.NATIVE_CPU) {
      throw new CompressionException(
          "training.exchange.compression = threshold encodes on the CPU, and this"
              + " larkspur-dl4j-spark-*.jar has ND4J for GPUs: build it without the profile"
              + " dl4j-cuda, or set it to none");
    }
    Dl4jDevice.open(Device.cpu(threads), Kernels::ofBackend);
  }

  @Override
  public int[] encode(FloatBuffer values, float threshold) {
    // Null if fewer than two values reach the threshold.
    try (INDArray encoded = Nd4j.getExecutioner().thresholdEncode(view(values), threshold)) {
      return encoded == null ? new int[0] : encoded.toIntVector();
    }
  }

  @Override
  public void decode(int[] message, FloatBuffer sum) {
    try (INDArray encoded = Nd4j.createFromArray(message)) {
      Nd4j.getExecutioner().thresholdDecode(encoded, view(sum));
    }
  }

  /** The algorithms use internal state only for arguments that the caller does not pass. */
  @Override
  public double nextThreshold(ThresholdRule rule, Encoding last) {
    ThresholdAlgorithm algorithm = algorithm(rule);
    return last == null
        ? algorithm.calculateThreshold(0, 0, null, null, null, null)
        : algorithm.calculateThreshold(1, 0, last.threshold(), last.dense(), last.sparsity(), null);
  }

  private static ThresholdAlgorithm algorithm(ThresholdRule rule) {
    double initial = rule.initial();
    Sparsity sparsity = rule.sparsity();
    return switch (rule.algorithm()) {
      case FIXED -> new FixedThresholdAlgorithm(initial);
      case ADAPTIVE ->
          new AdaptiveThresholdAlgorithm(
              initial, sparsity.least(), sparsity.most(), sparsity.decayRate());
      case TARGET_SPARSITY ->
          new TargetSparsityThresholdAlgorithm(initial, sparsity.target(), sparsity.decayRate());
    };
  }

  /** A vector in the buffer's memory, which the buffer still owns. */
  private static INDArray view(FloatBuffer values) {
    if (!values.isDirect()) {
      throw new IllegalArgumentException(
          "a buffer on the heap: a pointer to it would be to a copy");
    }
    long length = values.remaining();
    FloatPointer memory = new FloatPointer(values.slice());
    return Nd4j.create(
        Nd4j.createBuffer(memory, length, DataType.FLOAT),
        new long[] {length},
        new long[] {1},
        0,
        'c');
  }
}
