package dev.larkspur.engine.contract;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.Rendezvous.PortRange;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.tensor.FlatVector;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A member of a group in a process of its own, to be killed or frozen while it sums. */
final class PeerProcess implements AutoCloseable {
  /** Of the vectors that are summed: they do not fit into the system's buffers of connections. */
  static final int LENGTH = 1 << 20;

  private static final String STORE = "store ";
  private static final String AT_WORK = "at work";

  private final Process process;
  private final BufferedReader output;

  private PeerProcess(Process process) {
    this.process = process;
    this.output = process.inputReader();
  }

  /**
   * Starts a member.
   *
   * @param engine whose class has a constructor without arguments
   * @param store address of rank 0's store; empty if it is to be rank 0 itself
   */
  static PeerProcess start(Engine engine, int rank, int worldSize, String store, Duration timeout)
      throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            PeerProcess.class.getName(),
            engine.getClass().getName(),
            String.valueOf(rank),
            String.valueOf(worldSize),
            store,
            String.valueOf(timeout.toMillis()));
    return new PeerProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /** The address of the store that it has opened. */
  String store() throws IOException {
    return await(STORE);
  }

  /** Returns once it takes part in sums. */
  void awaitWork() throws IOException {
    await(AT_WORK);
  }

  private String await(String beginning) throws IOException {
    StringBuilder all = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(beginning)) {
        return line.substring(beginning.length());
      }
      all.append(line).append('\n');
    }
    throw new IOException("it ended without '" + beginning + "':\n" + all);
  }

  /** {@code kill -9}. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** {@code kill -STOP}: its connections stay open, and nothing moves on them. */
  void freeze() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-STOP", String.valueOf(process.pid())).start().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** Meets the others and sums until somebody is lost. */
  public static void main(String[] arguments) throws ReflectiveOperationException {
    Engine engine =
        Class.forName(arguments[0]).asSubclass(Engine.class).getDeclaredConstructor().newInstance();
    String store = arguments[3];
    Rendezvous rendezvous =
        new Rendezvous(
            Integer.parseInt(arguments[1]),
            Integer.parseInt(arguments[2]),
            "127.0.0.1",
            PortRange.ANY,
            own -> {
              System.out.println(STORE + own);
              return store.isEmpty() ? own : store;
            },
            Duration.ofMillis(Long.parseLong(arguments[4])));
    try (Collective peers = engine.join(rendezvous, Device.cpu(1))) {
      FlatVector vector = engine.vector(LENGTH, Device.cpu(1));
      peers.allReduceSum(vector);
      System.out.println(AT_WORK);
      while (true) {
        peers.allReduceSum(vector);
      }
    }
  }
}
