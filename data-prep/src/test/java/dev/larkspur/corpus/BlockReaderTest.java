package dev.larkspur.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.corpus.Corpus.UnreachableCorpusException;
import dev.larkspur.corpus.CorpusManifest.TokenFormat;
import dev.larkspur.corpus.CorpusPart.Output;
import dev.larkspur.corpus.CorpusPart.TextCounts;
import dev.larkspur.corpus.ManifestHistory.ManifestName;
import dev.larkspur.corpus.SplitManifest.Shard;
import dev.larkspur.corpus.TokenOrder.BlockLocation;
import dev.larkspur.document.DocumentCounts;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.prepare.HashingOutput;
import dev.larkspur.prepare.ShardWriter;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.tokenizer.TokenizerIdentity;
import dev.larkspur.tokenizer.TokenizerSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockReaderTest {
  private static final Configuration CONF = new Configuration();
  private static final int VOCABULARY = 50_257;
  private static final int CONTEXT = 1023;
  // Two row groups and a bit: 2,048 blocks of 2 KB fill 4 MB.
  private static final int ROWS = 2 * 2048 + 100;

  @TempDir private Path folder;

  /** Writes a corpus of one training and one validation shard of pseudo-random ids. */
  private Corpus write(int rows, int context, int largestId) throws IOException {
    Tokenizer gpt2 = TokenizerSource.read("gpt2", CONF).tokenizer();
    CorpusDirectory directory = new CorpusDirectory(folder.toString(), CONF);
    List<SplitManifest> splits = new ArrayList<>();
    for (Split split : Split.values()) {
      String name = split.shardName(1, 0);
      HashingOutput output = new HashingOutput(directory.files(), directory.path(name));
      TokenWidth width = TokenWidth.of(VOCABULARY);
      ShardWriter writer = new ShardWriter(output, (context + 1) * width.bytes());
      int count = split == Split.TRAIN ? rows : 3;
      for (int row = 0; row < count; row++) {
        int[] ids = ids(row, context, largestId);
        byte[] block = width.encode(Arrays.copyOf(ids, context), ids[context]);
        writer.append(row, block);
      }
      Shard shard = writer.close(name);
      splits.add(new SplitManifest(1, count * (context + 1L), 0, count, List.of(shard)));
    }
    TokenizerIdentity identity = gpt2.identity();
    CorpusManifest manifest =
        new CorpusManifest(
            CorpusManifest.VERSION,
            new TokenFormat(identity, context, 2),
            0,
            0.5,
            Map.of(),
            1,
            List.of(
                new CorpusPart(
                    DocumentFormat.AUTO,
                    List.of(),
                    DocumentCounts.NONE,
                    TextCounts.NONE,
                    List.of(),
                    new Output(splits.get(0), splits.get(1), List.of()))));
    directory.createNew(ManifestName.FIRST, ManifestJson.file(manifest));
    return Corpus.open(folder.toString(), CONF);
  }

  private static int[] ids(int row, int context, int largestId) {
    return new Random(row).ints(context + 1, 0, largestId + 1).toArray();
  }

  private Path shard() {
    return folder.resolve("train-00000.parquet");
  }

  @Test
  void rowsComeBackInAnyOrder() throws IOException {
    Corpus corpus = write(ROWS, CONTEXT, VOCABULARY - 1);
    assertThat(corpus.manifest().train().shards().get(0).rowGroups())
        .containsExactly(2048, 2048, 100);
    corpus.verify();
    int[] block = new int[CONTEXT + 3];
    try (BlockReader reader = new BlockReader(corpus, Split.TRAIN)) {
      TokenOrder order = new TokenOrder(corpus.manifest(), Split.TRAIN, 4);
      for (long i = 0; i < order.blocks(); i += 13) {
        BlockLocation place = order.locate(i);
        reader.read(place, block, 2);
        int row = 2048 * place.rowGroup() + place.row();
        assertThat(Arrays.copyOfRange(block, 2, block.length))
            .isEqualTo(ids(row, CONTEXT, VOCABULARY - 1));
      }
    }
    assertThat(block[0] + block[1]).isZero();
  }

  @Test
  void anIdOutsideTheVocabularyIsDamage() throws IOException {
    Corpus corpus = write(20, 7, 65_535);
    try (BlockReader reader = new BlockReader(corpus, Split.TRAIN)) {
      assertThatThrownBy(() -> reader.read(new BlockLocation(0, 0, 0), new int[8], 0))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("train-00000.parquet")
          .hasMessageContaining("with a vocabulary of 50257");
    }
  }

  /** Whatever byte is changed: the right ids, or an error that names the shard; never others. */
  @Test
  void noFlippedBitChangesIdsSilently() throws IOException {
    Corpus corpus = write(150, 63, VOCABULARY - 1);
    byte[] whole = Files.readAllBytes(shard());
    List<int[]> ids = read(corpus);
    int errors = 0;
    for (int at = 0; at < whole.length; at += at < 2000 || at > whole.length - 900 ? 1 : 97) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << (at % 8));
      Files.write(shard(), damaged);
      try {
        assertThat(read(corpus))
            .as("byte %d", at)
            .usingElementComparator(Arrays::compare)
            .isEqualTo(ids);
      } catch (BadInputException damage) {
        errors++;
        assertThat(damage).hasMessageContaining("train-00000.parquet is damaged");
        assertThat(damage).hasMessageContaining("prepare again");
      }
      assertThatThrownBy(corpus::verify)
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("train-00000.parquet is damaged");
    }
    assertThat(errors).isGreaterThan(400);
  }

  private static List<int[]> read(Corpus corpus) throws IOException {
    List<int[]> blocks = new ArrayList<>();
    TokenOrder order = TokenOrder.sequential(corpus.manifest(), Split.TRAIN);
    try (BlockReader reader = new BlockReader(corpus, Split.TRAIN)) {
      for (long i = 0; i < order.blocks(); i++) {
        int[] block = new int[corpus.manifest().context() + 1];
        reader.read(order.locate(i), block, 0);
        blocks.add(block);
      }
    }
    return blocks;
  }

  @Test
  void aShardThatIsNotHandedOutIsNotTakenForDamaged() throws IOException {
    Corpus corpus = write(20, 7, 9);
    Files.move(shard(), folder.resolve("elsewhere"));
    try (BlockReader reader = new BlockReader(corpus, Split.TRAIN)) {
      assertThatThrownBy(() -> reader.read(new BlockLocation(0, 0, 0), new int[8], 0))
          .isInstanceOf(UnreachableCorpusException.class)
          .hasMessageContaining("train-00000.parquet on ");
      Files.move(folder.resolve("elsewhere"), shard());
      reader.read(new BlockLocation(0, 0, 0), new int[8], 0);
    }
  }

  @Test
  void cutAndMissingShardsAreNoticedWhenOpening() throws IOException {
    write(20, 7, 9);
    byte[] whole = Files.readAllBytes(shard());
    Files.write(shard(), Arrays.copyOf(whole, whole.length - 1));
    assertRefused("train-00000.parquet has " + (whole.length - 1) + " bytes");
    Files.delete(shard());
    assertRefused("train-00000.parquet is missing");
  }

  @Test
  void unfinishedCorporaAreRefused() throws IOException {
    assertRefused("contains no finished corpus");
    Files.writeString(folder.resolve("manifest.json"), "{\n  \"bytes\" : 99,\n  \"ver");
    assertRefused("manifest.json is truncated");
    Files.writeString(folder.resolve("manifest.json"), "{\"version\":1,");
    assertRefused("manifest.json is damaged");
    Files.writeString(folder.resolve("manifest.json"), "{\"version\":99}");
    assertRefused("has version 99");
  }

  private void assertRefused(String reason) {
    assertThatThrownBy(() -> Corpus.open(folder.toString(), CONF))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(reason);
  }
}
