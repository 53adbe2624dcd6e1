package dev.larkspur.prepare;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.larkspur.corpus.BlockReader;
import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.Corpus.ShardLengths;
import dev.larkspur.corpus.CorpusDirectory;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.ManifestCheck;
import dev.larkspur.corpus.ManifestHistory.ManifestName;
import dev.larkspur.corpus.ManifestJson;
import dev.larkspur.corpus.Split;
import dev.larkspur.corpus.SplitManifest.Shard;
import dev.larkspur.corpus.TokenOrder.BlockLocation;
import dev.larkspur.document.DocumentTally.RejectedRecord;
import dev.larkspur.prepare.ShardTask.ShardReport;
import dev.larkspur.prepare.ShuffleKey.KeyPartitioner;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.DriverFile;
import dev.larkspur.storage.Lease;
import dev.larkspur.storage.TryAgainException;
import dev.larkspur.storage.WrittenFile;
import dev.larkspur.tokenizer.TokenizerSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/** Writes the files of one part of a corpus, the manifest last. */
final class PartWriter {
  private final JavaSparkContext context;
  private final PrepareSettings settings;
  private final CorpusDirectory directory;
  private final TokenizerSource tokenizer;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final int part;

  PartWriter(
      JavaSparkContext context,
      PrepareSettings settings,
      CorpusDirectory directory,
      TokenizerSource tokenizer,
      Broadcast<SerializableConfiguration> hadoop,
      int part) {
    this.context = context;
    this.settings = settings;
    this.directory = directory;
    this.tokenizer = tokenizer;
    this.hadoop = hadoop;
    this.part = part;
  }

  /**
   * Writes the shards, each in a task.
   *
   * @param proof that the task writes to the driver's file system
   */
  List<ShardReport> shards(JavaRDD<Tuple2<byte[], byte[]>> packed, DriverFile proof) {
    KeyPartitioner partitioner = new KeyPartitioner(settings);
    int[] shards = IntStream.range(0, partitioner.shards()).toArray();
    ShardTask.Place place = new ShardTask.Place(directory.toString(), proof, part);
    ShardTask task =
        new ShardTask(hadoop, partitioner, settings, tokenizer.tokenizer().vocabulary(), place);
    List<ShardReport> reports = new ArrayList<>();
    for (List<ShardReport> report :
        packed.mapPartitionsWithIndex(task, false).collectPartitions(shards)) {
      reports.addAll(report);
    }
    return reports;
  }

  /** The unigram perplexity of the corpus, with these shards added to the existing ones. */
  double unigramPerplexity(Optional<CorpusManifest> there, List<ShardReport> reports) {
    int vocabulary = tokenizer.tokenizer().vocabulary();
    if (there.isEmpty()) {
      return UnigramPerplexity.of(reports, vocabulary);
    }
    CorpusManifest before = there.get();
    List<Tuple2<Split, Integer>> earlier = new ArrayList<>();
    boolean more = false;
    for (Split split : Split.values()) {
      int shards = before.split(split).shards().size();
      more |= shards < UnigramPerplexity.SHARDS;
      for (int shard = 0; shard < Math.min(shards, UnigramPerplexity.SHARDS); shard++) {
        earlier.add(new Tuple2<>(split, shard));
      }
    }
    if (!more) {
      return before.unigramPerplexity();
    }
    context.setJobDescription("counting tokens");
    List<ShardReport> all =
        new ArrayList<>(
            context
                .parallelize(earlier, earlier.size())
                .map(new CountTask(hadoop, directory.toString(), before.number()))
                .collect());
    all.addAll(reports);
    return UnigramPerplexity.of(all, vocabulary);
  }

  /**
   * Commits the part by writing the manifest.
   *
   * @throws BadInputException if the manifest would be invalid; nothing is then written
   */
  void publish(Lease lease, CorpusManifest manifest) throws IOException {
    requireSound(manifest);
    if (manifest.number() == 1 && tokenizer.isFile()) {
      directory.createNew(tokenizer.tokenizer().identity().fileName(), tokenizer.file());
    }
    ShardLengths.check(directory, manifest);
    lease.requireHeld();
    try {
      directory.createNew(ManifestName.of(manifest.number()), ManifestJson.file(manifest));
    } catch (FileAlreadyExistsException other) {
      throw new TryAgainException(
          "Another run has added part "
              + manifest.number()
              + " to "
              + settings.corpus()
              + " meanwhile: prepare again, which adds what is still missing.",
          other);
    }
  }

  private void requireSound(CorpusManifest manifest) {
    ManifestCheck.problem(manifest)
        .ifPresent(
            problem -> {
              throw new BadInputException(
                  "The manifest of part "
                      + manifest.number()
                      + " of "
                      + settings.corpus()
                      + " would have "
                      + problem
                      + " and is not written: please report this bug in Larkspur.");
            });
  }

  /** Counts the tokens of a shard that an earlier run has written. */
  private static final class CountTask implements Function<Tuple2<Split, Integer>, ShardReport> {
    private static final long serialVersionUID = 1L;

    private final Broadcast<SerializableConfiguration> conf;
    private final String corpus;
    private final int manifest;

    CountTask(Broadcast<SerializableConfiguration> conf, String corpus, int manifest) {
      this.conf = conf;
      this.corpus = corpus;
      this.manifest = manifest;
    }

    @Override
    public ShardReport call(Tuple2<Split, Integer> place) throws IOException {
      Corpus opened = Corpus.open(corpus, manifest, conf.value().value());
      Shard shard = opened.manifest().split(place._1()).shards().get(place._2());
      long[] counts = new long[opened.manifest().tokenizer().vocabulary()];
      int[] ids = new int[opened.manifest().context() + 1];
      try (BlockReader blocks = new BlockReader(opened, place._1())) {
        List<Integer> rowGroups = shard.rowGroups();
        for (int group = 0; group < rowGroups.size(); group++) {
          for (int row = 0; row < rowGroups.get(group); row++) {
            blocks.read(new BlockLocation(place._2(), group, row), ids, 0);
            for (int id : ids) {
              counts[id]++;
            }
          }
        }
      }
      return new ShardReport(place._1(), shard, counts);
    }
  }

  /**
   * The bad records of one part of a corpus, ordered by file and position: {@code
   * rejected/records.jsonl} of the first part, {@code rejected/000002/records.jsonl} of the second.
   */
  static final class RejectedFile {
    private static final String NAME = "/records.jsonl";
    private static final JsonMapper JSON = new JsonMapper();

    private RejectedFile() {}

    /** Writes the records; no file if there are none. */
    static List<WrittenFile> write(
        CorpusDirectory directory, int part, List<RejectedRecord> records) throws IOException {
      if (records.isEmpty()) {
        return List.of();
      }
      ByteArrayOutputStream lines = new ByteArrayOutputStream();
      for (RejectedRecord record : records) {
        lines.write(JSON.writeValueAsBytes(record));
        lines.write('\n');
      }
      String name = CorpusDirectory.ofPart(CorpusDirectory.REJECTED, part) + NAME;
      directory.createNew(name, lines.toByteArray());
      return List.of(WrittenFile.of(name, lines.toByteArray()));
    }
  }
}
