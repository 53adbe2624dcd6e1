package dev.larkspur.strategy.dl4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.nd4j.parameterserver.distributed.v2.transport.PortSupplier;

/**
 * A separate UDP port for each process, constant during a training. DL4J's suppliers give the
 * driver and executors of one host the same port.
 */
final class OwnPort implements PortSupplier {
  private static final long serialVersionUID = 1L;
  private static final Map<String, Integer> PORTS = new ConcurrentHashMap<>();

  private final String training = UUID.randomUUID().toString();

  @Override
  public int getPort() {
    return PORTS.computeIfAbsent(training, first -> free());
  }

  private static int free() {
    try (DatagramSocket free = new DatagramSocket()) {
      return free.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
