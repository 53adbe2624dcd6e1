package dev.larkspur.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;

/**
 * The run that holds a lease.
 *
 * @param id of the run, unique
 * @param machine name of the host and, on Linux, its process namespace and boot id: process ids are
 *     only meaningful within both
 * @param process its process id
 * @param started when the process started
 * @param beat how many times the lease was renewed
 */
record LeaseHolder(String id, String machine, long process, String started, long beat) {
  private static final Path NAMESPACE = Path.of("/proc/self/ns/pid");

  /** Distinguishes machines of the same name, and boots of a machine. */
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

  static LeaseHolder thisProcess() {
    ProcessHandle self = ProcessHandle.current();
    return new LeaseHolder(
        UUID.randomUUID().toString(), thisMachine(), self.pid(), started(self), 0);
  }

  LeaseHolder renewed() {
    return new LeaseHolder(id, machine, process, started, beat + 1);
  }

  boolean isThisProcess() {
    ProcessHandle self = ProcessHandle.current();
    return machine.equals(thisMachine()) && process == self.pid() && started.equals(started(self));
  }

  /** Whether its process ran on this machine and has ended; false if that is unknown. */
  boolean isKnownDead() {
    return machine.equals(thisMachine())
        && ProcessHandle.of(process)
            .filter(ProcessHandle::isAlive)
            .filter(alive -> started(alive).equals(started))
            .isEmpty();
  }

  private static String started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("");
  }

  private static String thisMachine() {
    try {
      String host = InetAddress.getLocalHost().getHostName();
      String namespace =
          Files.isSymbolicLink(NAMESPACE) ? " " + Files.readSymbolicLink(NAMESPACE) : "";
      String boot = Files.isReadable(BOOT) ? " " + Files.readString(BOOT).strip() : "";
      return host + namespace + boot;
    } catch (UnknownHostException nameless) {
      // A host without a name matches no other: its process ids mean nothing.
      return UUID.randomUUID().toString();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
