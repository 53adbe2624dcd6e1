package dev.larkspur.settings;

import dev.larkspur.collective.Rendezvous.PortRange;
import dev.larkspur.collective.WireDtype;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and checks how workers meet and exchange gradients. */
final class ExchangeReader {
  private static final Duration LEAST_TIMEOUT = Duration.ofSeconds(1);
  private static final long LEAST_BUCKET = 64L << 10;
  private static final long LARGEST_BUCKET = 2L << 30;
  private static final Pattern PORTS = Pattern.compile("(\\d{1,5})(?:\\s*-\\s*(\\d{1,5}))?");

  private final Values values;

  ExchangeReader(Values values) {
    this.values = values;
  }

  /** Empty if a part is wrong. */
  Optional<ExchangeSettings> read() {
    int problemsBefore = values.problems().size();
    Optional<Duration> timeout = values.duration("training.collective-timeout", LEAST_TIMEOUT);
    Optional<String> networkInterface = values.textOrAuto("training.network-interface");
    Optional<PortRange> ports = ports("training.rendezvous-ports");
    Optional<Long> bucket =
        values.bytes("training.exchange.bucket-bytes", LEAST_BUCKET, LARGEST_BUCKET);
    Optional<WireDtype> wire = values.choice("training.exchange.wire", List.of(WireDtype.values()));
    Optional<Boolean> shard = values.flag("training.shard-optimizer");
    if (values.problems().size() > problemsBefore) {
      return Optional.empty();
    }
    return Optional.of(
        new ExchangeSettings(
            timeout.orElseThrow(),
            networkInterface.orElse(""),
            ports.orElse(PortRange.ANY),
            bucket.orElseThrow(),
            wire.orElseThrow(),
            shard.orElseThrow()));
  }

  private Optional<PortRange> ports(String key) {
    Optional<String> text = values.textOrAuto(key);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Matcher range = PORTS.matcher(text.get().strip());
    if (range.matches()) {
      int first = Integer.parseInt(range.group(1));
      int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
      if (first >= 1 && first <= last && last <= PortRange.HIGHEST) {
        return Optional.of(new PortRange(first, last));
      }
    }
    values.refuse(
        key,
        "must be auto, a port or a range of ports",
        "write, for example, " + key + " = 29500-29531");
    return Optional.empty();
  }
}
