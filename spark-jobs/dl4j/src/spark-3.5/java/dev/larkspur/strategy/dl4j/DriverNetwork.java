package dev.larkspur.strategy.dl4j;

import dev.larkspur.engine.EngineException;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The driver's address, and the network mask by which each executor finds its own address. DL4J
 * needs one network that contains all of them.
 *
 * @param address address of the driver
 * @param mask network mask, such as 10.1.0.0/16
 */
record DriverNetwork(String address, String mask) {
  /** DL4J accepts no longer prefix; the shorter one covers a larger network. */
  private static final int LONGEST_PREFIX = 24;

  /** Uses the address that Spark has for the driver. */
  static DriverNetwork of(JavaSparkContext spark) {
    String host = spark.getConf().get("spark.driver.host");
    try {
      InetAddress address =
          Arrays.stream(InetAddress.getAllByName(host))
              .filter(Inet4Address.class::isInstance)
              .findFirst()
              .orElseThrow(() -> new UnknownHostException("it has no IPv4 address"));
      NetworkInterface network = NetworkInterface.getByInetAddress(address);
      if (network == null) {
        throw new UnknownHostException("no network interface of this host has the address");
      }
      int prefix =
          network.getInterfaceAddresses().stream()
              .filter(of -> of.getAddress().equals(address))
              .mapToInt(InterfaceAddress::getNetworkPrefixLength)
              .findFirst()
              .orElse(LONGEST_PREFIX);
      return new DriverNetwork(
          address.getHostAddress(), mask(address.getAddress(), Math.min(LONGEST_PREFIX, prefix)));
    } catch (IOException e) {
      throw new EngineException(
          "cannot find the network of spark.driver.host = %s (%s): set it to an IPv4 address of this host that the executors are in one network with"
              .formatted(host, e.getMessage()),
          e);
    }
  }

  private static String mask(byte[] address, int prefix) {
    int bits = 0;
    for (byte part : address) {
      bits = (bits << Byte.SIZE) | Byte.toUnsignedInt(part);
    }
    bits &= -1 << (Integer.SIZE - prefix);
    return "%d.%d.%d.%d/%d"
        .formatted(bits >>> 24, (bits >>> 16) & 0xff, (bits >>> 8) & 0xff, bits & 0xff, prefix);
  }
}
