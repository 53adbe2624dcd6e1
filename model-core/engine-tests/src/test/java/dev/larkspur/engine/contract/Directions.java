package dev.larkspur.engine.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.Parameter;
import java.nio.FloatBuffer;
import java.util.Random;

/**
 * Slopes of the loss of 64-bit models against central differences. Flat vectors are read and
 * written as 32-bit floats, so all values and steps are multiples of {@link #GRAIN}, which floats
 * below 16 in size hold exactly.
 */
final class Directions {
  private static final double GRAIN = 0x1p-20;
  private static final double STEP = 0x1p-16;

  private Directions() {}

  /** Random values, each below {@code size} in size. */
  static double[] random(long length, double size) {
    double[] values = new Random(3).doubles(length, -size, size).toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.rint(values[i] / GRAIN) * GRAIN;
    }
    return values;
  }

  /** Gives a replica new parameters. */
  static void set(Replica replica, double[] values) {
    write(replica, 0, values);
  }

  /** The gradient there is against a central difference along a random direction. */
  static void assertSlopeIsDifference(Replica replica, TokenBatch batch, Parameter parameter) {
    Random random = new Random(parameter.offset());
    double[] along = new double[Math.toIntExact(parameter.size())];
    for (int i = 0; i < along.length; i++) {
      along[i] = (random.nextInt(33) - 16) / 16.0;
    }
    float[] gradient = new float[along.length];
    replica.gradient().read(parameter.offset(), FloatBuffer.wrap(gradient));
    double slope = 0;
    for (int i = 0; i < along.length; i++) {
      slope += gradient[i] * along[i];
    }
    double difference = difference(replica, batch, parameter.offset(), along);
    assertThat(slope)
        .as(parameter.name())
        .isCloseTo(difference, within(1e-6 + 1e-5 * Math.abs(difference)));
  }

  /**
   * The slope of the loss along a direction from an offset on, by a central difference.
   *
   * @param along multiples of 1/16
   */
  static double difference(Replica replica, TokenBatch batch, long offset, double... along) {
    float[] before = new float[along.length];
    replica.parameters().read(offset, FloatBuffer.wrap(before));
    double[] ahead = new double[along.length];
    double[] behind = new double[along.length];
    for (int i = 0; i < along.length; i++) {
      ahead[i] = before[i] + STEP * along[i];
      behind[i] = before[i] - STEP * along[i];
    }
    write(replica, offset, ahead);
    double loss = replica.loss(batch);
    write(replica, offset, behind);
    loss -= replica.loss(batch);
    replica.parameters().write(offset, FloatBuffer.wrap(before));
    return loss / (2 * STEP);
  }

  private static void write(Replica replica, long offset, double[] values) {
    float[] narrow = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      narrow[i] = (float) values[i];
    }
    replica.parameters().write(offset, FloatBuffer.wrap(narrow));
  }
}
