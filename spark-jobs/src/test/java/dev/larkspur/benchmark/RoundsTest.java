package dev.larkspur.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.benchmark.Rounds.CpuClock;
import dev.larkspur.benchmark.Rounds.Measured;
import dev.larkspur.benchmark.Rounds.Part;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {
  /** A part that remembers when it ran. */
  private record Recorded(String name, List<String> log, long tokens) implements Part {
    @Override
    public CpuClock clock() {
      return CpuClock.THREAD;
    }

    @Override
    public long run() {
      log.add(name);
      // Work that the clock can see.
      double sum = 0;
      for (int i = 1; i < 200_000; i++) {
        sum += Math.log(i);
      }
      return sum > 0 ? tokens : 0;
    }
  }

  @Test
  void partsAreMeasuredInTurn() {
    List<String> log = new ArrayList<>();
    List<String> progress = new ArrayList<>();
    List<Measured> measured =
        new Rounds(3, 0)
            .measure(
                List.of(new Recorded("a", log, 10), new Recorded("b", log, 1000)), progress::add);
    assertThat(log).containsExactly("a", "a", "b", "b", "a", "b", "a", "b", "a", "b");
    assertThat(progress).hasSize(8).endsWith("round 3 of 3: a", "round 3 of 3: b");
    assertThat(measured).extracting(Measured::name).containsExactly("a", "b");
    assertThat(measured).extracting(Measured::tokens).containsExactly(10L, 1000L);
    assertThat(measured.get(0).tokensPerCpuSecond()).hasSize(3);
    assertThat(measured.get(1).median()).isGreaterThan(measured.get(0).most());
  }

  @Test
  void aShortPartRunsAgain() {
    List<String> log = new ArrayList<>();
    new Rounds(1, 0.1).measure(List.of(new Recorded("a", log, 10)), any -> {});
    assertThat(log).hasSizeGreaterThan(6);
    assertThatThrownBy(() -> new Rounds(0, 1)).hasMessageContaining("at least 1");
  }

  @Test
  void mediansAreInTheMiddle() {
    assertThat(new Measured("a", 1, List.of(5.0, 1.0, 3.0)).median()).isEqualTo(3);
    Measured even = new Measured("a", 1, List.of(4.0, 1.0, 2.0, 9.0));
    assertThat(even.median()).isEqualTo(3, within(1e-12));
    assertThat(even.least()).isEqualTo(1);
    assertThat(even.most()).isEqualTo(9);
  }
}
