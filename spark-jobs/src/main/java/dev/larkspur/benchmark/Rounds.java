package dev.larkspur.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * Measures parts in turn: each is warmed up, then each is measured once per round, so that other
 * load on the machine affects all of them alike.
 */
public final class Rounds {
  private static final double NANOS = 1e9;

  private final int rounds;
  private final double secondsEach;

  /**
   * Plans the rounds.
   *
   * @param rounds how often each part is measured, at least 1
   * @param secondsEach least processor time of a measurement and of the warm-up; a shorter part is
   *     repeated
   */
  public Rounds(int rounds, double secondsEach) {
    if (rounds < 1) {
      throw new IllegalArgumentException("rounds must be at least 1, not " + rounds);
    }
    this.rounds = rounds;
    this.secondsEach = secondsEach;
  }

  /**
   * Measures all parts.
   *
   * @param progress receives what comes next
   */
  public List<Measured> measure(List<? extends Part> parts, Consumer<String> progress) {
    List<Long> tokens = new ArrayList<>();
    for (Part part : parts) {
      progress.accept("warming up: " + part.name());
      tokens.add(part.run());
      speed(part);
    }
    List<List<Double>> speeds = new ArrayList<>();
    parts.forEach(part -> speeds.add(new ArrayList<>()));
    for (int round = 1; round <= rounds; round++) {
      for (int i = 0; i < parts.size(); i++) {
        progress.accept("round %d of %d: %s".formatted(round, rounds, parts.get(i).name()));
        speeds.get(i).add(speed(parts.get(i)));
      }
    }
    List<Measured> measured = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      measured.add(new Measured(parts.get(i).name(), tokens.get(i), speeds.get(i)));
    }
    return measured;
  }

  private double speed(Part part) {
    long begin = part.clock().nanos();
    long tokens = 0;
    double seconds;
    do {
      tokens += part.run();
      seconds = (part.clock().nanos() - begin) / NANOS;
    } while (seconds < secondsEach);
    return tokens / seconds;
  }

  /** Repeatable work to measure. */
  public interface Part {
    /** Unique name for reports. */
    String name();

    /** Whose processor time is measured. */
    CpuClock clock();

    /** Does the work once; returns the number of tokens processed. */
    long run();
  }

  /** Processor time, in nanoseconds. */
  public enum CpuClock {
    /** Processor time of the calling thread. */
    THREAD {
      @Override
      long nanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      }
    },
    /** Processor time of all threads, including garbage collector and JIT compiler. */
    PROCESS {
      @Override
      long nanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
      }
    };

    abstract long nanos();
  }

  /**
   * The measured speed of a part.
   *
   * @param name of the part
   * @param tokens processed in one run
   * @param tokensPerCpuSecond by round
   */
  public record Measured(String name, long tokens, List<Double> tokensPerCpuSecond) {
    /** Copies the list. */
    public Measured {
      tokensPerCpuSecond = List.copyOf(tokensPerCpuSecond);
    }

    /** The median of the rounds. */
    public double median() {
      return new Median()
          .evaluate(tokensPerCpuSecond.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** The slowest round. */
    public double least() {
      return tokensPerCpuSecond.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    /** The fastest round. */
    public double most() {
      return tokensPerCpuSecond.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }
  }
}
