package dev.larkspur.engine.contract;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.larkspur.collective.Collective;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.AdamW;
import dev.larkspur.tensor.FlatVector;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.Function;

/** One part of what every engine must do; the tests of an engine extend each. */
abstract class EngineContract {

  /** The engine that is tested. */
  protected abstract Engine engine();

  /** A replica; the test is skipped where the engine does not have the precision. */
  final Replica replica(ModelConfig config, Precision precision) {
    assumeTrue(engine().precisions().contains(precision), () -> "no " + precision);
    return engine().replica(config, Device.cpu(1), precision, AdamW.PAPER);
  }

  /** A precision, or FP32 where the engine does not have it. */
  final Precision orFp32(Precision precision) {
    return engine().precisions().contains(precision) ? precision : Precision.FP32;
  }

  final FlatVector vector(float... values) {
    FlatVector vector = engine().vector(values.length, Device.cpu(1));
    vector.write(0, FloatBuffer.wrap(values));
    return vector;
  }

  /** What each of several workers returns, all of them threads of this process. */
  final <T> List<T> onWorkers(int worldSize, Function<Collective, T> work) throws Exception {
    return new Ranks(engine()).run(worldSize, work);
  }

  /** The elements of a vector from one on. */
  static float[] floats(FlatVector vector, long from) {
    float[] values = new float[Math.toIntExact(vector.length() - from)];
    vector.read(from, FloatBuffer.wrap(values));
    return values;
  }

  /** All elements of a vector. */
  static double[] values(FlatVector vector) {
    float[] values = floats(vector, 0);
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
