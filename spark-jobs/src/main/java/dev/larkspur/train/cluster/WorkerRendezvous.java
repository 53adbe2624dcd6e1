package dev.larkspur.train.cluster;

import dev.larkspur.collective.Rendezvous;
import dev.larkspur.settings.ExchangeSettings;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.train.TrainingException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Collectors;
import org.apache.spark.BarrierTaskContext;

/** How the tasks of a barrier stage find each other: through Spark's own all-gather. */
public final class WorkerRendezvous {
  private WorkerRendezvous() {}

  /**
   * The rendezvous of a task.
   *
   * @throws TrainingException if this host lacks the network interface of the settings
   */
  public static Rendezvous of(BarrierTaskContext task, ExchangeSettings settings) {
    return new Rendezvous(
        task.partitionId(),
        task.numPartitions(),
        WorkerAddress.of(task, settings.networkInterface()),
        settings.rendezvousPorts(),
        own ->
            Arrays.stream(task.allGather(own)).filter(a -> !a.isEmpty()).findFirst().orElseThrow(),
        settings.timeout());
  }

  /** The address at which a worker's peers reach it. */
  static final class WorkerAddress {
    private WorkerAddress() {}

    /**
     * The address of a network interface of this host or, without one, the address that Spark uses
     * for the host.
     *
     * @param networkInterface its name; empty for Spark's address
     * @throws BadInputException if this host has no such interface, or it has no address
     */
    static String of(BarrierTaskContext task, String networkInterface) {
      return networkInterface.isEmpty()
          ? ofSpark(task.getTaskInfos()[task.partitionId()].address())
          : ofInterface(networkInterface);
    }

    private static String ofSpark(String address) {
      int colon = address.lastIndexOf(':');
      String host = colon < 0 ? address : address.substring(0, colon);
      return host.equals("localhost") ? "127.0.0.1" : host;
    }

    /** IPv4 before IPv6, because an IPv6 address may be link-local. */
    static String ofInterface(String name) {
      try {
        NetworkInterface found = NetworkInterface.getByName(name);
        if (found == null) {
          throw refusal(name, "this host has no such interface; it has " + names());
        }
        return found
            .inetAddresses()
            .filter(address -> !address.isLinkLocalAddress())
            .min(Comparator.comparing(address -> !(address instanceof Inet4Address)))
            .map(InetAddress::getHostAddress)
            .orElseThrow(() -> refusal(name, "the interface has no address on this host"));
      } catch (SocketException e) {
        throw refusal(name, "the interfaces of this host cannot be listed: " + e.getMessage());
      }
    }

    private static BadInputException refusal(String name, String why) {
      return new BadInputException(
          "training.network-interface = %s: %s. Name one that every host has, or set it to auto"
              .formatted(name, why));
    }

    private static String names() throws SocketException {
      return NetworkInterface.networkInterfaces()
          .map(NetworkInterface::getName)
          .sorted()
          .collect(Collectors.joining(", "));
    }
  }
}
