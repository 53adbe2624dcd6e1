package dev.larkspur.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.corpus.SplitManifest.Shard;
import dev.larkspur.prepare.Leftovers;
import dev.larkspur.storage.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every byte of the manifests of a corpus of two parts changed, and every length of them: whoever
 * reads them gets what was written or is refused, and nothing is deleted.
 */
class ManifestFuzzTest {
  private static final Configuration CONF = new Configuration(false);
  private static final String FIRST = "manifest.json";
  private static final String SECOND = "manifest-000002.json";

  @TempDir private Path folder;
  private CorpusDirectory directory;
  private CorpusManifest one;
  private CorpusManifest two;
  private Map<String, Long> lengths;

  @BeforeEach
  void write() throws IOException {
    directory = new CorpusDirectory(folder.toString(), CONF);
    one =
        Manifests.of(
            List.of(Manifests.shard(Split.TRAIN, 0, 50, 7)),
            List.of(Manifests.shard(Split.VALIDATION, 0, 3)));
    CorpusPart night =
        Manifests.part(
            List.of(Manifests.shard(2, Split.TRAIN, 0, 9), Manifests.shard(2, Split.TRAIN, 1, 4)),
            List.of(Manifests.shard(2, Split.VALIDATION, 0, 2)));
    two = one.with(night, 99.5);
    for (Split split : Split.values()) {
      for (Shard shard : two.split(split).shards()) {
        Files.write(folder.resolve(shard.file()), new byte[100]);
      }
    }
    Files.write(folder.resolve(FIRST), ManifestJson.file(one));
    Files.write(folder.resolve(SECOND), ManifestJson.file(two));
    lengths = lengths();
    assertThat(open()).isEqualTo(two);
  }

  @AfterEach
  void nothingIsDeleted() throws IOException {
    assertThat(lengths()).isEqualTo(lengths);
  }

  private Map<String, Long> lengths() throws IOException {
    Map<String, Long> found = new TreeMap<>();
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        found.put(file.getFileName().toString(), Files.size(file));
      }
    }
    return found;
  }

  /** As train, evaluate and stats do. */
  private CorpusManifest open() {
    return Corpus.open(folder.toString(), CONF).manifest();
  }

  @Test
  void noChangedByteOfTheNewestManifestIsReadSilently() throws IOException {
    byte[] whole = Files.readAllBytes(folder.resolve(SECOND));
    for (int at = 0; at < whole.length; at++) {
      change(SECOND, whole, at);
      assertRefused(at, this::open);
      assertPrepareAndVerifyAreRefused(at);
    }
    replace(SECOND, whole);
  }

  /** The newest is complete in itself: training on it does not need the others. */
  @Test
  void noChangedByteOfAnEarlierManifestIsReadSilently() throws IOException {
    byte[] whole = Files.readAllBytes(folder.resolve(FIRST));
    for (int at = 0; at < whole.length; at++) {
      change(FIRST, whole, at);
      assertThat(open()).as("byte %d", at).isEqualTo(two);
      assertRefused(at, () -> Corpus.openAsOf(folder.toString(), one.fingerprint(), CONF));
      assertRefused(at, () -> Corpus.open(folder.toString(), 1, CONF));
      assertPrepareAndVerifyAreRefused(at);
    }
    replace(FIRST, whole);
  }

  private void change(String name, byte[] whole, int at) throws IOException {
    byte[] changed = whole.clone();
    changed[at] ^= (byte) (1 << (at % 8));
    replace(name, changed);
  }

  /** Of a file that is truncated, some file systems write the new content to the disk at once. */
  private void replace(String name, byte[] content) throws IOException {
    Files.delete(folder.resolve(name));
    Files.write(folder.resolve(name), content);
  }

  private void assertPrepareAndVerifyAreRefused(int at) {
    assertRefused(at, () -> new Leftovers(directory));
    assertRefused(at, () -> VerifyJob.history(directory).complete());
  }

  @FunctionalInterface
  private interface Reading {
    Object read() throws IOException;
  }

  private static void assertRefused(int at, Reading reading) {
    assertThatThrownBy(reading::read)
        .as("byte %d", at)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("is damaged")
        .hasMessageContaining("restore the file from an intact copy");
  }

  /** A prefix may be what an interrupted run has left of the last manifest, not of another. */
  @Test
  void cutManifestsAreLeftoversOrDamage() throws IOException {
    byte[] second = Files.readAllBytes(folder.resolve(SECOND));
    for (int length = 0; length < second.length; length++) {
      replace(SECOND, Arrays.copyOf(second, length));
      assertThat(open()).as("length %d", length).isEqualTo(one);
      assertThat(new Leftovers(directory).manifest()).contains(one);
      assertThat(VerifyJob.history(directory).truncated()).containsExactly(SECOND);
    }
    replace(SECOND, second);
    byte[] first = Files.readAllBytes(folder.resolve(FIRST));
    for (int length = 0; length < first.length; length++) {
      replace(FIRST, Arrays.copyOf(first, length));
      assertThat(open()).isEqualTo(two);
      assertPrepareAndVerifyAreRefused(length);
    }
    replace(FIRST, first);
  }
}
