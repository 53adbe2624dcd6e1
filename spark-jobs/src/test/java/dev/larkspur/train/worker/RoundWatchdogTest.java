package dev.larkspur.train.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.EngineException;
import dev.larkspur.settings.StrategySettings.RoundSettings;
import dev.larkspur.strategy.RoundTrainer;
import dev.larkspur.strategy.RoundTrainer.RoundResult;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.HeapVector;
import dev.larkspur.train.TrainingException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RoundWatchdogTest {
  private static final RoundResult RESULT = new RoundResult(3, 0.1);

  private static RoundWatchdog watchdog(Duration stall) {
    return new RoundWatchdog(new RoundSettings(10, 5, 1e-4, 0.2, stall), "some-strategy");
  }

  /** A library that trains as a test says. */
  private abstract static class Library implements RoundTrainer {
    final AtomicLong iterations = new AtomicLong();

    @Override
    public long progress() {
      return iterations.get();
    }

    @Override
    public FlatVector parameters() {
      return new HeapVector(1);
    }

    @Override
    public Map<String, FlatVector> optimizerState() {
      return Map.of();
    }

    @Override
    public void close() {
      // It holds nothing.
    }
  }

  private static final class Hanging extends Library {
    final CountDownLatch interrupted = new CountDownLatch(1);

    @Override
    public RoundResult train(long firstStep, int steps) {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        interrupted.countDown();
      }
      return RESULT;
    }
  }

  @Test
  void aRoundThatHangsFailsAndIsInterrupted() throws InterruptedException {
    Hanging library = new Hanging();

    assertThatThrownBy(() -> watchdog(Duration.ofMillis(50)).train(library, 20, 10, () -> false))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("some-strategy has done no iteration")
        .hasMessageContaining("training.dl4j.stall-timeout")
        .hasMessageContaining("after step 20");
    library.interrupted.await();
  }

  /** Longer than the patience, but every look at it finds an advance. */
  @Test
  void aRoundThatAdvancesMayTakeItsTime() {
    CountDownLatch looks = new CountDownLatch(10);
    Library library =
        new Library() {
          @Override
          public long progress() {
            looks.countDown();
            return iterations.incrementAndGet();
          }

          @Override
          public RoundResult train(long firstStep, int steps) {
            try {
              looks.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException("the watchdog has given up the round", e);
            }
            return RESULT;
          }
        };

    assertThat(watchdog(Duration.ofMillis(50)).train(library, 0, 10, () -> false)).contains(RESULT);
  }

  @Test
  void aRoundIsGivenUpWhenTheProcessEnds() throws InterruptedException {
    Hanging library = new Hanging();

    assertThat(watchdog(Duration.ofMillis(500)).train(library, 0, 10, () -> true)).isEmpty();
    library.interrupted.await();
  }

  @Test
  void aFailureKeepsItsReason() {
    Library library =
        new Library() {
          @Override
          public RoundResult train(long firstStep, int steps) {
            throw new IllegalStateException("leaked workspace pointer");
          }
        };

    assertThatThrownBy(() -> watchdog(Duration.ofMinutes(1)).train(library, 7, 10, () -> false))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("leaked workspace pointer")
        .hasMessageContaining("after step 7");
  }

  @Test
  void aMessageForTheUserIsKeptAsItIs() {
    Library library =
        new Library() {
          @Override
          public RoundResult train(long firstStep, int steps) {
            throw new EngineException("executors [1] were lost");
          }
        };

    assertThatThrownBy(() -> watchdog(Duration.ofMinutes(1)).train(library, 7, 10, () -> false))
        .hasMessage(
            "some-strategy failed in the round after step 7: executors [1] were lost. The same command resumes from there");
  }

  @Test
  void roundsThatDoNothingOrFallApartAreRefused() {
    RoundWatchdog watchdog = watchdog(Duration.ofMinutes(1));

    assertThatCode(() -> watchdog.check(10, 1e-3, RESULT)).doesNotThrowAnyException();
    assertThatThrownBy(() -> watchdog.check(10, 0, RESULT))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("0.0e+00 of their norm")
        .hasMessageContaining("UDP");
    assertThatThrownBy(() -> watchdog.check(10, 1e-3, new RoundResult(3, 0.3)))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("0.300")
        .hasMessageContaining("training.dl4j.max-replica-distance = 0.2");
    assertThatThrownBy(() -> watchdog.check(10, 1e-3, new RoundResult(3, Double.NaN)))
        .hasMessageContaining("max-replica-distance");
    assertThatThrownBy(() -> watchdog.check(10, Double.NaN, RESULT))
        .hasMessageContaining("diverged");
    assertThatThrownBy(() -> watchdog.check(10, 1e-3, new RoundResult(Double.NaN, 0.1)))
        .hasMessageContaining("diverged");
  }

  @Test
  void distancesAreRelativeToTheVectorBefore() {
    FlatVector before = new HeapVector(3f, 4f, 0f);
    FlatVector after = new HeapVector(3f, 4f, 1f);

    assertThat(RoundWatchdog.distance(after, before)).isCloseTo(0.2, within(1e-12));
    assertThat(RoundWatchdog.distance(before, before)).isZero();
  }
}
