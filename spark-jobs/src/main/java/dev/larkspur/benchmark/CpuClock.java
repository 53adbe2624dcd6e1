package dev.larkspur.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Processor time, in nanoseconds. */
public enum CpuClock {
  /** That of the calling thread. */
  THREAD {
    @Override
    long nanos() {
      return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
  },
  /** That of all threads, the collector's and the compiler's included. */
  PROCESS {
    @Override
    long nanos() {
      return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }
  };

  abstract long nanos();
}
