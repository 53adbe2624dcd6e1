package dev.larkspur.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.corpus.TokenOrder.BlockLocation;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TokenOrderTest {
  private static final CorpusManifest MANIFEST =
      Manifests.of(
          List.of(
              Manifests.shard(Split.TRAIN, 0, 50, 50, 7),
              Manifests.shard(Split.TRAIN, 1),
              Manifests.shard(Split.TRAIN, 2, 50, 33)),
          List.of(Manifests.shard(Split.VALIDATION, 0, 3, 2)));

  private static List<BlockLocation> epoch(TokenOrder order, int epoch) {
    return LongStream.range(epoch * order.blocks(), (epoch + 1) * order.blocks())
        .mapToObj(order::locate)
        .toList();
  }

  @Test
  void everyEpochTakesEveryBlockOnceInAnotherOrder() {
    TokenOrder order = new TokenOrder(MANIFEST, Split.TRAIN, 1);
    assertThat(order.blocks()).isEqualTo(190);
    List<BlockLocation> sequential = epoch(TokenOrder.sequential(MANIFEST, Split.TRAIN), 0);
    assertThat(sequential.subList(105, 109))
        .containsExactly(
            new BlockLocation(0, 2, 5),
            new BlockLocation(0, 2, 6),
            new BlockLocation(2, 0, 0),
            new BlockLocation(2, 0, 1));
    Set<List<BlockLocation>> orders = new HashSet<>(Set.of(sequential));
    for (int epoch = 0; epoch < 5; epoch++) {
      List<BlockLocation> blocks = epoch(order, epoch);
      assertThat(blocks).containsExactlyInAnyOrderElementsOf(sequential);
      assertThat(orders.add(blocks)).as("epoch %d is new", epoch).isTrue();
    }
    assertThat(orders.add(epoch(new TokenOrder(MANIFEST, Split.TRAIN, 2), 0))).isTrue();
  }

  @Test
  void aRowGroupIsTakenWhole() {
    TokenOrder order = new TokenOrder(MANIFEST, Split.TRAIN, 9);
    int changes = 0;
    List<BlockLocation> blocks = epoch(order, 3);
    for (int i = 1; i < blocks.size(); i++) {
      BlockLocation before = blocks.get(i - 1);
      BlockLocation now = blocks.get(i);
      changes += before.shard() != now.shard() || before.rowGroup() != now.rowGroup() ? 1 : 0;
    }
    assertThat(changes).isEqualTo(4);
  }

  @Test
  void whoAsksAndWhenDoesNotMatter() {
    TokenOrder one = new TokenOrder(MANIFEST, Split.TRAIN, 1);
    List<BlockLocation> all = LongStream.range(0, 600).mapToObj(one::locate).toList();
    int readers = 7;
    List<TokenOrder> others =
        IntStream.range(0, readers)
            .mapToObj(i -> new TokenOrder(MANIFEST, Split.TRAIN, 1))
            .toList();
    for (int i = 599; i >= 0; i--) {
      assertThat(others.get(i % readers).locate(i)).isEqualTo(all.get(i));
    }
    TokenOrder shared = new TokenOrder(MANIFEST, Split.TRAIN, 1);
    assertThat(
            IntStream.range(0, 60_000)
                .parallel()
                .allMatch(i -> shared.locate(i * 7 % 600).equals(all.get(i * 7 % 600))))
        .isTrue();
  }

  @Test
  void validationHasItsOwnBlocks() {
    TokenOrder order = TokenOrder.sequential(MANIFEST, Split.VALIDATION);
    assertThat(LongStream.range(3, 7).mapToObj(order::locate))
        .containsExactly(
            new BlockLocation(0, 1, 0),
            new BlockLocation(0, 1, 1),
            new BlockLocation(0, 0, 0),
            new BlockLocation(0, 0, 1));
  }

  @Test
  void indicesBeforeTheFirstAreRefused() {
    TokenOrder order = new TokenOrder(MANIFEST, Split.TRAIN, 1);
    assertThatThrownBy(() -> order.locate(-1)).isInstanceOf(IllegalArgumentException.class);
  }
}
