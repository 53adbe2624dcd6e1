package dev.larkspur.benchmark;

import dev.larkspur.engine.StepPart;
import dev.larkspur.engine.StepTimer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Finds the operators that take the time of a step, by sampling which function of a native library
 * the thread is in, and who called it. The functions of LibTorch's own profiler are not in its Java
 * binding, so autograd's backward pass is one operator here; it is divided by the parts of the
 * step.
 */
public final class OperatorSampler implements StepTimer, AutoCloseable {
  private static final long PERIOD_MICROS = 2_000;
  private static final String OWN_PACKAGE = "dev.larkspur.";

  private final Thread thread;
  private final ScheduledExecutorService sampling = Executors.newSingleThreadScheduledExecutor();
  private ScheduledFuture<?> samples;
  private final Map<Call, Integer> counts = new HashMap<>();

  /** Samples of the part that has not ended yet. */
  private final List<Call> current = new ArrayList<>();

  /**
   * @param thread that runs the steps
   */
  OperatorSampler(Thread thread) {
    this.thread = thread;
  }

  /** Starts to sample. */
  void start() {
    samples =
        sampling.scheduleAtFixedRate(
            () -> add(thread.getStackTrace()), PERIOD_MICROS, PERIOD_MICROS, TimeUnit.MICROSECONDS);
  }

  /** Adds a sample. */
  synchronized void add(StackTraceElement[] stack) {
    if (stack.length > 0) {
      current.add(Call.of(stack));
    }
  }

  @Override
  public synchronized void ended(StepPart part) {
    current.forEach(call -> counts.merge(call.in(part), 1, Integer::sum));
    current.clear();
  }

  /**
   * The operators by descending time.
   *
   * @param seconds of a step
   */
  synchronized List<OperatorTime> times(double seconds) {
    current.forEach(call -> counts.merge(call, 1, Integer::sum));
    current.clear();
    double all = counts.values().stream().mapToInt(Integer::intValue).sum();
    return counts.entrySet().stream()
        .map(count -> count.getKey().timed(seconds * count.getValue() / all))
        .sorted(Comparator.comparingDouble(OperatorTime::seconds).reversed())
        .toList();
  }

  @Override
  public void close() {
    if (samples != null) {
      samples.cancel(false);
    }
    sampling.shutdownNow();
  }

  /**
   * Time of an operator in a step, for reports.
   *
   * @param part of the step; null outside all parts
   * @param operator function of a native library, or "Java"
   * @param caller class of this project that called it
   * @param seconds of a step
   */
  public record OperatorTime(StepPart part, String operator, String caller, double seconds) {}

  private record Call(StepPart part, String operator, String caller) {

    static Call of(StackTraceElement[] stack) {
      String operator = stack[0].isNativeMethod() ? stack[0].getMethodName() : "Java";
      String caller = "";
      for (StackTraceElement frame : stack) {
        if (frame.getClassName().startsWith(OWN_PACKAGE)) {
          caller = simpleName(frame.getClassName());
          break;
        }
      }
      return new Call(null, operator, caller);
    }

    /** The name of the outermost class, without its package. */
    private static String simpleName(String className) {
      return className
          .substring(className.lastIndexOf('.', className.length() - 1) + 1)
          .replaceAll("\\$.*", "");
    }

    Call in(StepPart ended) {
      return new Call(Objects.requireNonNull(ended), operator, caller);
    }

    OperatorTime timed(double seconds) {
      return new OperatorTime(part, operator, caller, seconds);
    }
  }
}
