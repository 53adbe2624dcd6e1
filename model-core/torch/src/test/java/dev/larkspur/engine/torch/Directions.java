package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.Parameter;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Slopes of the loss of 64-bit models along directions in the space of one parameter. */
final class Directions {
  private static final double STEP = 1e-5;

  private Directions() {}

  static void set(Replica replica, double[] values) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      ((TorchVector) replica.parameters()).tensor().copy_(Tensor.create(values));
    }
  }

  /** The gradient there is against a central difference along a random direction. */
  static void assertSlopeIsDifference(Replica replica, TokenBatch batch, Parameter parameter) {
    try (PointerScope scope = new PointerScope()) {
      Random random = new Random(parameter.offset());
      Tensor along = Tensor.create(random.doubles(parameter.size(), -1, 1).toArray());
      Tensor gradient = ((TorchVector) replica.gradient()).tensor();
      Tensor parameters = ((TorchVector) replica.parameters()).tensor();
      double slope =
          gradient.narrow(0, parameter.offset(), parameter.size()).dot(along).item_double();
      Tensor place = parameters.narrow(0, parameter.offset(), parameter.size());
      double ahead = lossAt(replica, batch, place, along, STEP);
      double behind = lossAt(replica, batch, place, along, -STEP);
      double difference = (ahead - behind) / (2 * STEP);
      assertThat(slope)
          .as(parameter.name())
          .isCloseTo(difference, within(1e-6 + 1e-5 * Math.abs(difference)));
    }
  }

  /** The loss with a parameter moved along a direction, which is then moved back. */
  private static double lossAt(
      Replica replica, TokenBatch batch, Tensor place, Tensor along, double step) {
    try (NoGradGuard noGrad = new NoGradGuard()) {
      Tensor before = place.clone();
      place.add_(along, new Scalar(step));
      double loss = replica.loss(batch);
      place.copy_(before);
      return loss;
    }
  }
}
