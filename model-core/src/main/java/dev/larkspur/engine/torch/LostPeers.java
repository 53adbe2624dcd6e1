package dev.larkspur.engine.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Who is missing from a group.
 *
 * @param ranks numbers of the workers, ascending; empty if that cannot be told
 * @param description for people
 */
record LostPeers(List<Integer> ranks, String description) {
  static final LostPeers UNKNOWN = new LostPeers(List.of(), "who is missing cannot be told");

  /** Workers that give no sign of life. */
  static LostPeers silent(List<Integer> ranks, List<String> hosts) {
    return new LostPeers(
        ranks,
        named(ranks, hosts)
            + " gives no sign of life: it has died, is frozen, or cannot be reached");
  }

  /** Workers that have left in good order, after an error of their own. */
  static LostPeers left(List<Integer> ranks, List<String> hosts) {
    return new LostPeers(ranks, named(ranks, hosts) + " has left");
  }

  /** Worker 0, which keeps the store where the others would be asked for. */
  static LostPeers keeperOfStore(String host) {
    return silent(List.of(0), List.of(host));
  }

  /**
   * Workers that live, but have not come.
   *
   * @param counts collectives that each has entered
   */
  static LostPeers late(long[] counts, List<String> hosts) {
    long most = Arrays.stream(counts).max().orElse(0);
    List<Integer> late = new ArrayList<>();
    for (int rank = 0; rank < counts.length; rank++) {
      if (counts[rank] < most) {
        late.add(rank);
      }
    }
    return late.isEmpty()
        ? new LostPeers(
            List.of(), "all workers live: the network between them is down or far too slow")
        : new LostPeers(
            late,
            named(late, hosts)
                + " lives, but does not come: it hangs elsewhere, or needs longer than training.collective-timeout");
  }

  private static String named(List<Integer> ranks, List<String> hosts) {
    return ranks.stream()
        .map(rank -> "worker %d (%s)".formatted(rank, hosts.get(rank)))
        .collect(Collectors.joining(", "));
  }
}
