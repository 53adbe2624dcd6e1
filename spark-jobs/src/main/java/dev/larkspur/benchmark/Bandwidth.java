package dev.larkspur.benchmark;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;

/**
 * How fast a vector of gradients is summed over all workers, beside a copy over plain sockets of as
 * many bytes as the exchange in fp32 sends and receives.
 *
 * @param values of the vector
 * @param wireBytes that each worker sends in fp32: 2 (W - 1) / W of the vector
 * @param fp32 the all-reduce with fp32 on the wire
 * @param bf16 the all-reduce with bf16 on the wire, half the bytes
 * @param socket the copy
 */
public record Bandwidth(long values, long wireBytes, Seconds fp32, Seconds bf16, Seconds socket)
    implements Serializable {

  /** Gigabytes that each worker sends in a second, in fp32. */
  @JsonProperty
  public double gigabytesPerSecond() {
    return wireBytes / fp32.median() / 1e9;
  }

  /** The same of the copy. */
  @JsonProperty
  public double socketGigabytesPerSecond() {
    return wireBytes / socket.median() / 1e9;
  }

  /** Bandwidth of the all-reduce in fp32 as a share of that of the copy. */
  @JsonProperty
  public double ratio() {
    return socket.median() / fp32.median();
  }
}
