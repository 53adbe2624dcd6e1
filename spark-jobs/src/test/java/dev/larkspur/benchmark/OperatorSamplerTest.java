package dev.larkspur.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.benchmark.OperatorSampler.OperatorTime;
import dev.larkspur.engine.StepPart;
import org.junit.jupiter.api.Test;

class OperatorSamplerTest {
  private static final int NATIVE = -2;

  @Test
  void samplesBelongToThePartThatEndsAfterThem() {
    try (OperatorSampler sampler = new OperatorSampler(Thread.currentThread())) {
      StackTraceElement[] product = {
        frame("org.bytedeco.pytorch.global.torch", "linear", NATIVE),
        frame("dev.larkspur.engine.torch.Projection$Blocks", "apply", 7),
        frame("dev.larkspur.engine.torch.FeedForward", "apply", 9)
      };
      sampler.add(product);
      sampler.add(product);
      sampler.ended(StepPart.FFN);
      sampler.add(product);
      sampler.ended(StepPart.ATTENTION);
      sampler.add(product);
      sampler.ended(StepPart.FFN);
      sampler.add(
          new StackTraceElement[] {
            frame("java.util.ArrayList", "add", 3), frame("dev.larkspur.benchmark.Steps", "run", 5)
          });
      // A thread that has ended has no frames.
      sampler.add(new StackTraceElement[0]);

      assertThat(sampler.times(10))
          .containsExactlyInAnyOrder(
              new OperatorTime(StepPart.FFN, "linear", "Projection", 6),
              new OperatorTime(StepPart.ATTENTION, "linear", "Projection", 2),
              new OperatorTime(null, "Java", "Steps", 2))
          .first()
          .extracting(OperatorTime::seconds)
          .isEqualTo(6.0);
    }
  }

  private static StackTraceElement frame(String type, String method, int line) {
    return new StackTraceElement(type, method, "", line);
  }
}
