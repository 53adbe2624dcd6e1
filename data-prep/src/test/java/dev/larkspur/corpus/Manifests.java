package dev.larkspur.corpus;

import dev.larkspur.corpus.CorpusManifest.TokenFormat;
import dev.larkspur.corpus.CorpusPart.InputFile;
import dev.larkspur.corpus.CorpusPart.Output;
import dev.larkspur.corpus.CorpusPart.TextCounts;
import dev.larkspur.corpus.SplitManifest.Shard;
import dev.larkspur.document.DocumentCounts;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.SkipReason;
import dev.larkspur.storage.WrittenFile;
import dev.larkspur.tokenizer.TokenizerIdentity;
import java.util.List;
import java.util.Map;

/** Manifests for tests that need no files. */
final class Manifests {
  private Manifests() {}

  static CorpusManifest of(List<Shard> train, List<Shard> validation) {
    return new CorpusManifest(
        CorpusManifest.VERSION,
        new TokenFormat(new TokenizerIdentity("gpt2", "gpt2", 50257, 50256, ""), 4, 2),
        -7,
        0.05,
        Map.of("fields.content", "content"),
        123.456789,
        List.of(part(train, validation)));
  }

  static CorpusPart part(List<Shard> train, List<Shard> validation) {
    return new CorpusPart(
        DocumentFormat.AUTO,
        List.of(new InputFile("file:/a/ü.jsonl", 1234, "etag x", "")),
        DocumentCounts.of(10, Map.of(SkipReason.NO_CONTENT, 3L)),
        new TextCounts(99, List.of(0L, 2L)),
        List.of(),
        new Output(
            split(train),
            split(validation),
            List.of(new WrittenFile("rejected/records.jsonl", 77, "e".repeat(64)))));
  }

  private static SplitManifest split(List<Shard> shards) {
    long blocks = shards.stream().mapToLong(Shard::rows).sum();
    return new SplitManifest(6, 5 * blocks + 3, 3, blocks, shards);
  }

  static Shard shard(Split split, int index, Integer... rowGroups) {
    return shard(1, split, index, rowGroups);
  }

  static Shard shard(int part, Split split, int index, Integer... rowGroups) {
    long rows = List.of(rowGroups).stream().mapToLong(Integer::longValue).sum();
    return new Shard(split.shardName(part, index), 100, "f".repeat(64), rows, List.of(rowGroups));
  }
}
