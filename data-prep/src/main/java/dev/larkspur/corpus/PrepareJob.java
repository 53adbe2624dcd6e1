package dev.larkspur.corpus;

import dev.larkspur.curate.CuratedPart;
import dev.larkspur.curate.Curation;
import dev.larkspur.curate.CurationJob;
import dev.larkspur.document.DataPrepException;
import dev.larkspur.document.DocumentCounts;
import dev.larkspur.document.DocumentReport;
import dev.larkspur.document.DocumentSet;
import dev.larkspur.document.TaskFailures;
import dev.larkspur.pack.TokenWidth;
import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.tokenizer.TokenizerSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Makes a corpus: documents are read, hashed and tokenized; a first shuffle sorts them by hash into
 * buckets, which are cut into blocks; a second one sorts the blocks by a pseudo-random key into
 * shards. Every place depends on content and seed, so the shards are the same bytes however the
 * work is divided, and a run that starts again after a failure ends with what it would have had.
 */
public final class PrepareJob {
  private final SparkSession spark;
  private final PrepareSettings settings;
  private final Configuration conf;
  private final CorpusDirectory directory;
  private final TokenizerSource tokenizerSource;
  private final Tokenizer tokenizer;
  private final DocumentSet documents;
  private final Curation curation;
  private final KeyPartitioner partitioner;

  private PrepareJob(SparkSession spark, PrepareSettings settings) {
    this.spark = spark;
    this.settings = settings;
    this.conf = spark.sparkContext().hadoopConfiguration();
    this.directory = new CorpusDirectory(settings.corpus(), conf);
    this.tokenizerSource = TokenizerSource.read(settings.tokenizer(), conf);
    this.tokenizer = tokenizerSource.tokenizer();
    this.documents = DocumentSet.list(settings.source(), conf);
    this.curation = Curation.load(settings.curation(), conf);
    this.partitioner = new KeyPartitioner(settings);
  }

  /**
   * Prepares a corpus, or finds it prepared.
   *
   * @throws dev.larkspur.document.DataPrepException if settings, documents, tokenizer or the corpus
   *     directory do not allow it; there is then no manifest
   */
  public static PrepareResult run(SparkSession spark, PrepareSettings settings) {
    if (spark.sparkContext().getConf().getBoolean("spark.speculation", false)) {
      throw new CorpusException(
          "Speculation could run two writers of one shard: set spark.speculation to false.");
    }
    try {
      return new PrepareJob(spark, settings).run();
      // Scala code throws checked exceptions without saying so.
    } catch (Exception failure) {
      throw explained(failure, settings);
    } finally {
      spark.sparkContext().setJobDescription(null);
    }
  }

  private static RuntimeException explained(Exception failure, PrepareSettings settings) {
    RuntimeException found = TaskFailures.unwrap(failure);
    if (found instanceof DataPrepException
        || !(TaskFailures.root(failure) instanceof IOException)) {
      return found;
    }
    return new CorpusException(
        "Cannot prepare the corpus in "
            + settings.corpus()
            + " ("
            + TaskFailures.rootMessage(failure)
            + "): see to it that this directory and Spark's local directories can be written and"
            + " have room, and prepare again.",
        failure);
  }

  private PrepareResult run() throws IOException {
    Leftovers leftovers = new Leftovers(directory);
    CorpusManifest finished = leftovers.manifest();
    if (finished != null) {
      new FinishedCorpus(settings, tokenizer.identity(), documents.files(), recipe())
          .check(finished);
      Corpus.open(settings.corpus(), conf);
      return new PrepareResult(finished, PrepareResult.Outcome.ALREADY_DONE);
    }
    leftovers.refuseForeignFiles();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> hadoop =
        context.broadcast(new SerializableConfiguration(conf));
    Broadcast<TokenizerSource> encoder = context.broadcast(tokenizerSource);
    TokenWidth width = TokenWidth.of(tokenizer.vocabulary());

    // Asking for the statistics alone runs the stage before the shuffle; the next phase finds its
    // shuffle files done. So each phase is a job of its own, and bad input stops before any write.
    CurationJob curating = new CurationJob(context, curation, hadoop);
    JavaRDD<CuratedPart> curated = curating.curate(documents.parts(spark));
    JavaRDD<Tuple2<byte[], byte[]>> tokenized =
        SortedShuffle.sort(
            curated.mapPartitions(new TokenizeTask(hadoop, encoder, settings)), partitioner);
    spark.sparkContext().setJobDescription("tokenizing");
    DocumentReport report =
        statistics(tokenized, DocumentReport.class).stream()
            .reduce(DocumentReport.NONE, DocumentReport::plus);
    report.check(settings.limits());
    DocumentCounts counts = report.counts();

    JavaRDD<Tuple2<byte[], byte[]>> packed =
        SortedShuffle.sort(
            tokenized.mapPartitionsWithIndex(new PackTask(partitioner, settings, width), false),
            partitioner);
    spark.sparkContext().setJobDescription("packing blocks");
    List<BucketTotals> buckets = statistics(packed, BucketTotals.class);
    for (Split split : Split.values()) {
      requireBlocks(total(buckets, split), counts);
    }

    spark.sparkContext().setJobDescription("writing shards");
    leftovers.delete();
    List<ShardReport> reports = writeShards(packed, hadoop);
    CorpusManifest manifest = manifest(counts, buckets, reports, width);
    if (tokenizerSource.isFile()) {
      directory.write(CorpusDirectory.TOKENIZER, tokenizerSource.file());
    }
    ShardLengths.check(directory, manifest);
    RejectedFile.write(directory, report.rejected());
    curating.writeDropped(curated, documents.files(), directory.path("dropped"), settings.shards());
    directory.write(CorpusDirectory.MANIFEST, ManifestJson.readable(manifest));
    hadoop.destroy();
    encoder.destroy();
    return new PrepareResult(manifest, PrepareResult.Outcome.PREPARED);
  }

  private <T> List<T> statistics(JavaRDD<Tuple2<byte[], byte[]>> records, Class<T> type) {
    List<T> statistics = new ArrayList<>();
    for (List<Tuple2<byte[], byte[]>> partition :
        records.collectPartitions(new int[] {partitioner.statistics()})) {
      for (Tuple2<byte[], byte[]> record : partition) {
        statistics.add(Statistics.fromBytes(record._2(), type));
      }
    }
    return statistics;
  }

  private static BucketTotals total(List<BucketTotals> buckets, Split split) {
    return buckets.stream()
        .filter(bucket -> bucket.split() == split)
        .reduce(BucketTotals.none(split), BucketTotals::plus);
  }

  private void requireBlocks(BucketTotals total, DocumentCounts counts) {
    if (total.blocks() == 0) {
      boolean train = total.split() == Split.TRAIN;
      throw new CorpusException(
          "The "
              + (train ? "training" : "validation")
              + " split has "
              + total.tokens()
              + " tokens of "
              + total.documents()
              + " documents in "
              + settings.shards(total.split())
              + " buckets, but one block of one bucket takes "
              + (settings.context() + 1)
              + " ("
              + counts.read()
              + " records read, skipped: "
              + counts.skipped()
              + ", dropped: "
              + counts.dropped()
              + "): lower the context or the number of shards, "
              + (train ? "lower" : "raise")
              + " the validation fraction, or add documents.");
    }
  }

  private List<ShardReport> writeShards(
      JavaRDD<Tuple2<byte[], byte[]>> packed, Broadcast<SerializableConfiguration> hadoop)
      throws IOException {
    directory.make();
    int[] shards = IntStream.range(0, partitioner.shards()).toArray();
    List<ShardReport> reports = new ArrayList<>();
    for (List<ShardReport> report :
        packed
            .mapPartitionsWithIndex(
                new ShardTask(hadoop, partitioner, settings, tokenizer.vocabulary()), false)
            .collectPartitions(shards)) {
      reports.addAll(report);
    }
    return reports;
  }

  /** What decides the documents besides their files. */
  private SortedMap<String, String> recipe() {
    SortedMap<String, String> recipe = curation.described();
    recipe.put("fields.content", settings.fields().content());
    recipe.put("fields.url", settings.fields().url());
    return recipe;
  }

  private CorpusManifest manifest(
      DocumentCounts counts,
      List<BucketTotals> buckets,
      List<ShardReport> reports,
      TokenWidth width) {
    return new CorpusManifest(
        CorpusManifest.VERSION,
        tokenizer.identity(),
        settings.context(),
        width.bytes(),
        settings.seed(),
        settings.validationFraction(),
        settings.format(),
        recipe(),
        documents.files(),
        counts,
        split(Split.TRAIN, buckets, reports),
        split(Split.VALIDATION, buckets, reports),
        UnigramPerplexity.of(reports, tokenizer.vocabulary()));
  }

  private static SplitManifest split(
      Split split, List<BucketTotals> buckets, List<ShardReport> reports) {
    BucketTotals total = total(buckets, split);
    List<Shard> shards =
        reports.stream().filter(report -> report.split() == split).map(ShardReport::shard).toList();
    return new SplitManifest(
        total.documents(), total.tokens(), total.tailTokens(), total.blocks(), shards);
  }
}
